"""What can be done with several workplaces, sessions or endorsements at once. Each calls the operation that the row's own page calls."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.enums import EducationKind, Precision
from programs.forms import LinesField
from programs.forms.endorsing import DeclineForm
from programs.models import EducationSession, Endorsement, Workplace
from programs.operations import endorsements, workplaces
from programs.operations.education import sessions
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.tenancy.models import Program
from wsr.ui.acts import Act

P = Permission
_ONE_PER_LINE = _("One per line.")

# ── Workplaces ───────────────────────────────────────────────────────────────────────────────────


class PrecisionForm(forms.Form):
    """What the public learns of where they are."""

    disclosure_precision = forms.ChoiceField(
        label=_("Location in public"), choices=Precision.choices, widget=forms.RadioSelect
    )


class SectorForm(forms.Form):
    """What is made there."""

    sector = forms.CharField(label=_("Sector"), max_length=100)


class ProductsForm(forms.Form):
    """What is made there, beside what is on record."""

    more = LinesField(label=_("Products or crops to add"), help_text=_ONE_PER_LINE)


class LanguagesForm(forms.Form):
    """What is spoken there, beside what is on record."""

    more = LinesField(label=_("Languages to add"), help_text=_ONE_PER_LINE)


def _set(row: Workplace, *, by: Person, at: datetime, **fields: Any) -> None:
    workplaces.change(workplace_id=row.pk, by=by, at=at, **fields)


def _add(name: str) -> Any:
    """Adds lines to a list of a workplace; what is there stays."""

    def add(row: Workplace, *, more: list[str], **said: Any) -> None:
        there = getattr(row, name)
        known = {line.casefold() for line in there}
        _set(row, **said, **{name: [*there, *(line for line in more if line.casefold() not in known)]})

    return add


def _listed(name: str) -> Any:
    return lambda row: ", ".join(getattr(row, name))


def _place(name: str, label: Any, form: type[forms.Form], now: Any, do: Any = _set) -> Act:
    return Act(name, label, P.WORKPLACE_CHANGE, do, form, now=now, restores=(name,), undo=_set)


OF_WORKPLACES = [
    _place(
        "disclosure_precision",
        _("Set the location in public"),
        PrecisionForm,
        lambda row: row.get_disclosure_precision_display(),
    ),
    _place("sector", _("Set the sector"), SectorForm, lambda row: row.sector),
    _place("products", _("Add products or crops"), ProductsForm, _listed("products"), _add("products")),
    _place("languages", _("Add languages"), LanguagesForm, _listed("languages"), _add("languages")),
]

# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────


class MoveForm(forms.Form):
    """By how many days."""

    days = forms.IntegerField(
        label=_("Days"),
        min_value=-366,
        max_value=366,
        help_text=_("A number with a minus sign moves them to an earlier day. The hour stays."),
    )


class LeaderForm(forms.Form):
    """Who leads."""

    leader_id = forms.TypedChoiceField(label=_("Led by"), coerce=UUID)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Among the educators and directors of the program."""
        super().__init__(*args, **kwargs)
        self.fields["leader_id"].choices = [(str(one.pk), str(one)) for one in sessions.leaders()]


class CancelForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The supplier reads it, and so does whoever plans the next one."),
    )


def _plan_of(row: EducationSession) -> sessions.Plan:
    """A session as it is planned."""
    return sessions.Plan(
        kind=EducationKind(row.kind),
        starts_at=row.starts_at,
        minutes=row.minutes,
        leader_id=row.leader_id,
        languages=row.languages,
        number=row.number,
        place=row.place,
        topics=row.topics,
        worker_educators=row.worker_educators,
    )


def _change(row: EducationSession, *, by: Person, at: datetime, **fields: Any) -> None:
    sessions.change(session_id=row.pk, plan=replace(_plan_of(row), **fields), by=by, at=at)


def _move(row: EducationSession, *, days: int, by: Person, at: datetime) -> None:
    """To the same hour of another day, as the clocks of the program show it."""
    begins = _in_zone(row) + timedelta(days=days)
    if row.starts_at > at and begins <= at:
        raise sessions.CannotPlan(gettext("It would be on a day that has passed."))
    _change(row, starts_at=begins, by=by, at=at)


def _cancel(row: EducationSession, **said: Any) -> None:
    sessions.cancel(session_id=row.pk, **said)


def _in_zone(row: EducationSession) -> datetime:
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=row.program_id)
    return row.starts_at.astimezone(ZoneInfo(zone))


def _begins(row: EducationSession) -> str:
    return date_format(timezone.make_naive(_in_zone(row), _in_zone(row).tzinfo), "DATETIME_FORMAT")


OF_SESSIONS = [
    Act(
        "move",
        _("Move to another day"),
        P.EDUCATION_CHANGE,
        _move,
        MoveForm,
        now=_begins,
        restores=("starts_at",),
        watches=("state", "access"),
        undo=_change,
    ),
    Act(
        "leader",
        _("Let somebody else lead"),
        P.EDUCATION_CHANGE,
        _change,
        LeaderForm,
        now=lambda row: row.leader_name,
        restores=("leader_id",),
        watches=("state",),
        undo=_change,
    ),
    Act(
        "cancel",
        _("Call off"),
        P.EDUCATION_CHANGE,
        _cancel,
        CancelForm,
        now=lambda row: row.get_state_display(),
        watches=("state", "starts_at"),
    ),
]

# ── Endorsements ─────────────────────────────────────────────────────────────────────────────────


def _accept(row: Endorsement, **said: Any) -> None:
    endorsements.accept(endorsement_id=row.pk, **said)


def _decline(row: Endorsement, **said: Any) -> None:
    endorsements.decline(endorsement_id=row.pk, **said)


def _state(row: Endorsement) -> str:
    return row.get_state_display()


OF_ENDORSEMENTS = [
    Act("accept", _("Count them"), P.ENDORSEMENT_MODERATE, _accept, now=_state, watches=("state",)),
    Act(
        "decline",
        _("Decline them"),
        P.ENDORSEMENT_MODERATE,
        _decline,
        DeclineForm,
        now=_state,
        watches=("state",),
    ),
]
