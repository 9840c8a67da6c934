"""Reads of obligations: with their date and why it is that date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agreements.clauses.duties import BY_KEY, From
from agreements.enums import ObligationState
from agreements.models import Obligation
from agreements.periods import Period
from wsr.deadlines.models import Clock
from wsr.deadlines.queries import zone_of_program

_WAITS_FOR_PARTY = ("agreements.obligation_due", "agreements.obligation_returned")
WAITING = (ObligationState.OPEN, ObligationState.RETURNED, ObligationState.SUBMITTED)


def obligations() -> QuerySet[Obligation]:
    """Obligations of the active program with `due_at` and `due_on` (the day in the program's time zone; None where no clock runs), their
    clause, agreement and participant."""
    clocks = Clock.objects.filter(
        subject_type=Obligation._meta.label_lower, subject_id=OuterRef("pk"), kind__in=_WAITS_FOR_PARTY
    ).order_by(F("ended_at").desc(nulls_first=True), "-due_at")
    rows = Obligation.objects.annotate(due_at=Subquery(clocks.values("due_at")[:1]))
    return rows.annotate(due_on=TruncDate("due_at", tzinfo=zone_of_program())).select_related(
        "clause", "agreement", "participation", "party"
    )


def clock_of(obligation: Obligation) -> Clock | None:
    """The clock that waits for the party, or the last one that did."""
    rows = Clock.objects.of(obligation).filter(kind__in=_WAITS_FOR_PARTY)
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-due_at").first()


def period_of(obligation: Obligation) -> str:
    """The period in words; empty for what is owed once."""
    if obligation.period_end is None:
        return ""
    return str(Period(obligation.period_start, obligation.period_end))


def reason_of(obligation: Obligation, clock: Clock | None) -> str:
    """Why it is due on its day: “30 days after April 30, 2026, the end of the period, by clause 7 (Reporting).”"""
    clause = obligation.clause
    if clause is None:
        return _reason_of_decision(clock)
    where = {"reference": clause.reference, "title": clause.title}
    if clock is None:
        return _("Clause %(reference)s (%(title)s) gives no time limit, so no date is counted.") % where
    zone = ZoneInfo(clock.time_zone)
    said = {
        **where,
        "length": f"{clock.length_value + clock.extended_by} {clock.get_length_unit_display()}",
        "day": formats.date_format(clock.started_at.astimezone(zone), "DATE_FORMAT"),
    }
    if clock.kind == "agreements.obligation_returned":
        return _("%(length)s after %(day)s, when the answer was returned.") % said
    return _FROM[_counted(obligation)] % said


def _reason_of_decision(clock: Clock | None) -> str:
    if clock is None:
        return _("The decision of the committee names no day.")
    if clock.kind == "agreements.obligation_returned":
        length = f"{clock.length_value + clock.extended_by} {clock.get_length_unit_display()}"
        day = formats.date_format(clock.started_at.astimezone(ZoneInfo(clock.time_zone)), "DATE_FORMAT")
        return _("%(length)s after %(day)s, when the answer was returned.") % {"length": length, "day": day}
    return _("The day that the decision of the committee names.")


def why_decided(obligation: Obligation) -> str:
    """Why staff have it among their work: an answer waits."""
    said = {"name": obligation.participation.name}
    if obligation.clause is None:
        return _("%(name)s has answered a decision of the committee; accept or return it.") % said
    return _("%(name)s has answered (clause %(reference)s); accept or return it.") % {
        **said,
        "reference": obligation.clause.reference,
    }


def passed_over(clock: Clock) -> str:
    """How many days were not counted; empty where all were."""
    if not clock.skipped:
        return ""
    count = len(clock.skipped)
    return ngettext("%(count)s day was not counted.", "%(count)s days were not counted.", count) % {
        "count": count
    }


@dataclass(frozen=True)
class Entry:
    """One line of an obligation's timeline. `tone` and `tag` mark decisions; `proofs`: (id, name) of files."""

    at: datetime
    what: str
    who: str = ""
    detail: str = ""
    tag: str = ""
    tone: str = ""
    proofs: tuple[tuple[str, str], ...] = ()


TONES = {
    ObligationState.OPEN: "due",
    ObligationState.SUBMITTED: "info",
    ObligationState.RETURNED: "warn",
    ObligationState.ACCEPTED: "ok",
}


def timeline(obligation: Obligation, *, with_names: bool) -> list[Entry]:
    """What happened, the latest first. Names of the program's people only `with_names`."""
    entries = [Entry(obligation.opened_at, _("Opened")), *_answers(obligation)]
    rows = obligation.decisions.select_related("decided_by") if with_names else obligation.decisions.all()
    for decision in rows:  # a portal reads no directory of people, so it joins none
        at, reason, state = decision.decided_at, decision.reason, ObligationState(decision.outcome)
        who = str(decision.decided_by or _("by rule")) if with_names else _("The program")
        entries.append(Entry(at, str(state.label), who, reason, str(state.label), TONES.get(state, "")))
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _answers(obligation: Obligation) -> Iterator[Entry]:
    for answer in obligation.answers.prefetch_related("proofs__file"):
        files = tuple((str(proof.file_id), proof.file.name) for proof in answer.proofs.all())
        words = _("Answered")
        yield Entry(answer.sent_at, words, answer.sent_by_name, answer.note, words, "info", files)


def _counted(obligation: Obligation) -> From:
    duty = BY_KEY.get(obligation.duty)
    if duty is None or duty.counted == From.EVENT:
        return From.EVENT
    return duty.counted if obligation.period_end is not None else From.START


_FROM = {
    From.START: gettext_lazy(
        "%(length)s after %(day)s, the day this took effect, by clause %(reference)s (%(title)s)."
    ),
    From.PERIOD_START: gettext_lazy(
        "%(length)s after %(day)s, the start of the period, by clause %(reference)s (%(title)s)."
    ),
    From.PERIOD_END: gettext_lazy(
        "%(length)s after %(day)s, the end of the period, by clause %(reference)s (%(title)s)."
    ),
    From.EVENT: gettext_lazy("%(length)s after %(day)s, by clause %(reference)s (%(title)s)."),
}
