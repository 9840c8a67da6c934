"""Template tags of inspections: `{% load inspections %}`."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import template
from django.utils import formats

from audits.enums import Answer, AssignmentState, InspectionKind
from audits.models import Inspection, Response, TeamMember
from audits.tables.inspections import state_tone

register = template.Library()


register.filter(state_tone)


@register.filter
def days(visit: Inspection) -> str:
    """Its days in words: “March 2, 2026”, or with the last day."""
    first, last = (formats.date_format(day, "DATE_FORMAT") for day in (visit.starts_on, visit.ends_on))
    return first if visit.starts_on == visit.ends_on else f"{first} – {last}"


@register.filter
def short_days(visit: Inspection) -> str:
    """Its days without the year, for cards."""

    def said(day: date) -> str:
        return formats.date_format(day, "MONTH_DAY_FORMAT")

    return (
        said(visit.starts_on)
        if visit.starts_on == visit.ends_on
        else f"{said(visit.starts_on)} – {said(visit.ends_on)}"
    )


_ON_TEAM = {
    AssignmentState.ASKED: "due",
    AssignmentState.ACCEPTED: "ok",
    AssignmentState.DECLINED: "warn",
    AssignmentState.BARRED: "bad",
}
_ANSWERS = {
    Answer.MET: "ok",
    Answer.PARTLY_MET: "warn",
    Answer.NOT_MET: "bad",
    Answer.NOT_VERIFIED: "info",
}


@register.filter
def answer_tone(row: TeamMember | Response) -> str:
    """The tone of a place on a team, or of an answer to the checklist."""
    if isinstance(row, TeamMember):
        return _ON_TEAM.get(AssignmentState(row.state), "")
    return _ANSWERS.get(Answer(row.answer), "")


@register.filter
def kinds(keys: list[str]) -> str:
    """Kinds of inspection in words."""
    return ", ".join(str(InspectionKind(key).label) for key in keys)


@register.filter
def name_in(person_id: UUID, names: dict[UUID, str]) -> str:
    """The name of whoever wrote a record, as the team knows her."""
    return names.get(person_id, "")


@register.filter
def came_later(row: Any) -> bool:
    """Whether the server's time of a record lies more than five minutes from the device's, so that both are worth showing."""
    return abs(row.received_at - row.noted_at) > timedelta(minutes=5)
