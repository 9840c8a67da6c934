"""The public log: one summary of each complaint that was closed, written for the public, cleared by a second person, agreed to by her who complained.

In the shape of the Accord's log (`domain.md` 2.5: A34, A30): the workplace's name or that it is withheld, a number of the log that is not the
worker's number, the month it was filed in, by whom by category, where it stands, what it was about, how it ended. Nothing while it is open;
while it is appealed or worked on again the outcome is withheld.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.enums import ComplaintState, FiledBy, Recipient, Said
from complaints.models import CaseSummary, Complainant, Complaint, Consent
from complaints.queries.public import ENDED, LOG, RULES, decided, may_do_without_consent
from programs.disclosure import decisions
from programs.models import Workplace
from programs.queries import rule_value, today
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Ref, Since
from wsr.registry.enums import Reason
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

CASE = "complaint_case"
STATUS = {
    "resolved": _("Resolved"),
    "referred": _("Outside the scope, referred"),
    "not_covered": _("Workplace not covered"),
    "open_again": _("Looked at again"),
}
_STATUS_OF = {
    ComplaintState.CLOSED: "resolved",
    ComplaintState.REFERRED: "referred",
    ComplaintState.NOT_COVERED: "not_covered",
}
KINDS = [
    PublicKind(
        CASE,
        "complaint_cases",
        _("Complaint"),
        _("Complaints, case by case"),
        (
            Column("name", _("Number in the log"), "Year of filing and a random number of the public log."),
            Column("workplace", _("Workplace"), "Where, unless the name is withheld."),
            Column("filed_in", _("Filed in"), "Month (ISO 8601, year and month)."),
            Column("filed_by", _("Filed by"), "By category only.", words=dict(FiledBy.choices)),
            Column(
                "status",
                _("Status"),
                "resolved, referred, not_covered or open_again.",
                words=STATUS,
            ),
            Column("description", _("What it was about"), "In words written for the public.", may_name=True),
            Column("outcome", _("How it ended"), "In words written for the public.", may_name=True),
        ),
    )
]


def standing(on: date) -> QuerySet[CaseSummary]:
    """Summaries that were cleared, not taken back, and that may still be told: the consent of everyone stands, or none is needed.

    None is needed where the program's rule says so and the workplace is not named; a consent that was withdrawn always counts.
    """
    rows = CaseSummary.objects.filter(cleared_at__isnull=False, taken_back_at=None)
    public = Consent.objects.filter(recipient=Recipient.PUBLIC, said=Said.FACTS)
    given = public.filter(withdrawn_at=None, complainant=OuterRef("pk"))
    silent = Complainant.objects.filter(~Exists(given), complaint=OuterRef("complaint"))
    withdrawn = Complainant.objects.filter(
        ~Exists(given), Exists(public.filter(complainant=OuterRef("pk"))), complaint=OuterRef("complaint")
    )
    agreed = ~Exists(silent)
    if may_do_without_consent(on):
        agreed |= Q(names_workplace=False) & ~Exists(withdrawn)
    return rows.filter(agreed)


def present(kind: str) -> QuerySet[CaseSummary]:
    """What the program shows of its log."""
    day = today(timezone.now())
    return standing(day) if decided(day) in LOG else CaseSummary.objects.none()


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records; of these subjects only, if they are named."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    zone = ZoneInfo(Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id()))
    is_named = rule_value("disclosure.supplier_names", on=as_of) == "published"
    for summary in rows.select_related("complaint__workplace").order_by("log_number"):
        yield _record(summary, zone, is_named=is_named)


def changed(kind: str, since: Since) -> set[UUID]:
    """Summaries, complaints, consents or workplaces written since; all of them where a decision changed."""
    rows = CaseSummary.objects.all()
    if decisions.changed(since, *RULES):
        return set(rows.values_list("pk", flat=True))
    complaints = since.changed_ids(Complaint.objects.all()) | since.changed_ids(
        Consent.objects.all(), "complaint_id"
    )
    renamed = since.changed_ids(Workplace.objects.all())
    touched = rows.filter(Q(complaint__in=complaints) | Q(complaint__workplace__in=renamed))
    return since.changed_ids(rows) | set(touched.values_list("pk", flat=True))


def _record(summary: CaseSummary, zone: ZoneInfo, *, is_named: bool) -> PublicRecord:
    complaint = summary.complaint
    names = is_named and summary.names_workplace and complaint.workplace is not None
    is_over = complaint.state in ENDED
    withheld = {} if names else {"workplace": Reason.WITHHELD_FOR_SAFETY.value}
    if not is_over:
        withheld["outcome"] = Reason.UNDER_APPEAL.value
    content: dict[str, Any] = {
        "name": summary.log_number,
        "workplace": Ref("workplace", complaint.workplace_id, complaint.workplace.name) if names else "",
        "filed_in": f"{complaint.received_at.astimezone(zone):%Y-%m}",
        "filed_by": complaint.filed_by,
        "status": _STATUS_OF.get(ComplaintState(complaint.state), "open_again"),
        "description": summary.description,
        "outcome": summary.outcome if is_over else "",
    }
    return PublicRecord(CASE, summary.pk, content, withheld)
