"""Giving a report out: to the supplier for its reply, then issued to everyone who may read it. Every version stays."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.queries.duties import brands_buying
from audits.documents import reports as documents
from audits.enums import InspectionState, ReportStage
from audits.models import Inspection, IssuedDocument, Reply, Report, Seal
from audits.operations.actions import await_plan, propose_from
from audits.operations.report_clocks import ISSUE_CLOCK, REPLY_CLOCK
from audits.operations.reviewing import replace
from audits.operations.states import explained, locked, move
from audits.queries import report_bodies as bodies
from audits.queries.remediation import progress_of
from programs.models import Participation
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.lengths import limits_of
from wsr.errors import DomainError
from wsr.files.operations import store
from wsr.history.operations import record
from wsr.notices.operations import emit, tell_role
from wsr.reactions import react
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program


class CannotIssue(DomainError):
    """The report cannot be given out yet; the message says what has to come first."""


class CannotReply(DomainError):
    """The reply cannot be kept as it was sent."""


@atomic
def share_with_supplier(*, inspection_id: UUID, by: Person, at: datetime) -> Report:
    """Give the supplier the report for its reply; the clock of the reply runs where the program has set its length.

    Raises Inspection.DoesNotExist, CannotMove and CannotIssue.
    """
    inspection = locked(inspection_id)
    move(inspection, InspectionState.WITH_SUPPLIER, by=by, at=at)
    report = _new_version(inspection, ReportStage.FOR_REPLY, at=at, shared_at=at)
    clock = clocks.start(
        kind=REPLY_CLOCK,
        subject=report,
        started_at=at,
        at=at,
        by=by,
        title=_("Reply to the report of inspection %(number)s") % {"number": inspection.number},
        url=reverse("audits:reply", args=[_program().slug, report.pk]),
        responsible_participation_id=inspection.supplier_id,
        calendar_country=inspection.country,
    )
    if clock is not None:
        report.reply_due_at = clock.due_at
        report.body["reply"]["due_on"] = today(clock.due_at).isoformat()
        report.save(update_fields=["reply_due_at", "body"])
    record(
        "report.shared",
        report,
        by=by,
        at=at,
        after={
            "inspection": inspection.number,
            "version": report.number,
            "reply_due_at": report.reply_due_at,
        },
        reason=report.reason,
    )
    propose_from(report, by=by, at=at)
    _tell(inspection.supplier, "report_shared", report, at=at)
    if inspection.supplier.organization_id is None:  # nobody to write to; webhooks hear of it all the same
        emit(kind="report_shared", key=f"report_shared:{report.pk}", at=at, context=_context(report))
    return report


@atomic
def reply(
    *, report_id: UUID, text: str, by: Person, at: datetime, finding_id: UUID | None = None, name: str = ""
) -> Reply:
    """What the supplier says about one finding, or about the whole report. Only added; taken until the report is issued, also late.

    `name`: whoever replied, where staff write down what came on paper; from the portal it is the person herself. Raises
    Report.DoesNotExist and CannotReply.
    """
    report = Report.objects.get(pk=report_id)
    if report.stage != ReportStage.FOR_REPLY:
        raise CannotReply(_("The report is not with you for a reply any more. Write to the program."))
    if not text.strip():
        raise CannotReply(_("Write your reply, or leave the page without sending."))
    if finding_id is not None and str(finding_id) not in {one["id"] for one in report.body["findings"]}:
        raise CannotReply(_("This finding is not in the report any more. Reply to the report as a whole."))
    made = Reply.objects.create(
        report=report,
        supplier_id=report.supplier_id,
        finding_id=finding_id,
        text=text.strip(),
        by=by,
        name=name.strip() or by.name,
        said_at=at,
        is_recorded=bool(name.strip()),
    )
    clocks.meet(kind=REPLY_CLOCK, subject=report, at=at, by=by)
    record("report.replied", report, by=by, at=at, after={"about_a_finding": finding_id is not None})
    tell_role(
        kind="report_replied",
        key=f"report_replied:{report.pk}:{at.isoformat()}",
        permission=Permission.INSPECTION_REVIEW,
        at=at,
        context={"inspection": str(report.inspection_id), "report": str(report.pk)},
    )
    return made


@atomic
def issue(*, inspection_id: UUID, by: Person, at: datetime, reason: str = "") -> Report:
    """Issue the report with the supplier's reply beside it, as page and PDF; the version that held before is replaced.

    Not before the supplier replied or the time for it has passed. Where the program has set no such time, `reason` says why there is no
    reply. Raises Inspection.DoesNotExist, CannotMove and CannotIssue.
    """
    inspection = locked(inspection_id)
    move(inspection, InspectionState.ISSUED, by=by, at=at, reason=reason.strip(), issued_at=at)
    report = (
        Report.objects.select_for_update(of=("self",))
        .filter(inspection=inspection, stage=ReportStage.FOR_REPLY)
        .first()
    )
    replies = list(Reply.objects.filter(report=report).order_by("said_at", "pk")) if report else []
    _check_right_of_reply(report, replies, reason=reason, at=at)
    for old in Report.objects.select_for_update(of=("self",)).filter(
        inspection=inspection, stage=ReportStage.ISSUED
    ):
        replace(old, by=by, at=at, reason=report.reason if report else reason.strip())
    if report is None:
        report = _new_version(
            inspection,
            ReportStage.ISSUED,
            at=at,
            shared_at=at,
            issued_at=at,
            issued_by=by,
            reason=reason.strip(),
        )
    report.body = {
        **bodies.with_replies(report.body, replies),
        "progress": progress_of(inspection.workplace_id),
    }
    report.stage, report.issued_at, report.issued_by = ReportStage.ISSUED, at, by
    _keep_pdf(report, by=by, at=at)
    report.save(update_fields=["body", "stage", "issued_at", "issued_by", "file", "pdf_sha256"])
    _end_clocks(inspection, report, by=by, at=at, was_replied=bool(replies))
    record(
        "report.issued",
        report,
        by=by,
        at=at,
        after={"inspection": inspection.number, "version": report.number, "sha256": report.pdf_sha256},
        reason=reason.strip() or report.reason,
    )
    propose_from(report, by=by, at=at)
    await_plan(inspection, by=by, at=at)
    react("report.issued", report=report, inspection=inspection, by=by, at=at)
    _tell_issued(inspection, report, at=at)
    return report


def reply_limit_passed(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: the report may be issued without a reply; those who review inspections are told."""
    report = Report.objects.filter(pk=clock.subject_id, stage=ReportStage.FOR_REPLY).first()
    if report is None:
        return
    record("report.not_replied", report, by=None, at=at, after={"version": report.number})
    tell_role(
        kind="report_not_replied",
        key=f"report_not_replied:{report.pk}",
        permission=Permission.INSPECTION_REVIEW,
        at=at,
        context={"inspection": str(report.inspection_id), "report": str(report.pk)},
    )


def _check_right_of_reply(report: Report | None, replies: list[Reply], *, reason: str, at: datetime) -> None:
    """Raises CannotIssue while the supplier may still be heard, and where it was not and nobody says why."""
    if replies or (report and report.reply_due_at and report.reply_due_at <= at):
        return
    if report and report.reply_due_at:
        raise CannotIssue(
            _("The supplier may reply until %(day)s. Issue the report after its reply, or after that day.")
            % {"day": today(report.reply_due_at).isoformat()}
        )
    if report is None and _reply_length(at):
        raise CannotIssue(
            _("Share the report with the supplier first: the program gives it time for a reply.")
        )
    explained(reason, _("Say why the report is issued without a reply of the supplier."))


def _reply_length(at: datetime) -> object | None:
    limits = limits_of("clocks.report_reply", on=today(at))
    return limits.runs_on if limits else None


def _new_version(
    inspection: Inspection, stage: ReportStage, *, at: datetime, reason: str = "", **fields: Any
) -> Report:
    """The next version, on the records as they were sealed last. A later one says why there is another."""
    seal = Seal.objects.filter(inspection=inspection).order_by("-number").first()
    if seal is None:
        raise CannotIssue(_("The inspection was not sealed. The auditors submit it first."))
    last = Report.objects.filter(inspection=inspection).order_by("-number").first()
    return Report.objects.create(
        inspection=inspection,
        supplier_id=inspection.supplier_id,
        workplace_id=inspection.workplace_id,
        number=last.number + 1 if last else 1,
        stage=stage,
        reason=(seal.reason or reason) if last else "",
        body=bodies.compose(inspection, seal, on=today(at)),
        seal_sha256=seal.sha256,
        **fields,
    )


def _keep_pdf(report: Report, *, by: Person, at: datetime) -> None:
    """Print the version once and keep it by its hash."""
    file = store(
        chunks=[documents.pdf(report, _program(), at=at)],
        name=documents.file_name(report),
        media_type="application/pdf",
        by=by,
        at=at,
        participation_id=report.supplier_id,
    )
    report.file, report.pdf_sha256 = file, file.sha256
    IssuedDocument.objects.create(sha256=file.sha256, number=report.number, issued_on=today(at))


def _end_clocks(
    inspection: Inspection, report: Report, *, by: Person, at: datetime, was_replied: bool
) -> None:
    clocks.meet(kind=ISSUE_CLOCK, subject=inspection, at=at, by=by)
    if not was_replied:
        said = _("The report was issued without a reply.")
        clocks.cancel(kind=REPLY_CLOCK, subject=report, reason=said, at=at, by=by)


def _tell_issued(inspection: Inspection, report: Report, *, at: datetime) -> None:
    """The supplier, and each brand that buys there. Webhooks hear once, whoever reads it."""
    readers: Iterable[Participation] = [
        inspection.supplier,
        *brands_buying(inspection.supplier, on=today(at)),
    ]
    for reader in readers:
        _tell(reader, "report_to_read", report, at=at)
    emit(kind="report_issued", key=f"report_issued:{report.pk}", at=at, context=_context(report))


def _tell(reader: Participation, kind: str, report: Report, *, at: datetime) -> None:
    if reader.organization_id is None:
        return
    tell_role(
        kind=kind,
        key=f"{kind}:{report.pk}:{reader.pk}",
        permission=Permission.REPORT_READ,
        organization_id=reader.organization_id,
        at=at,
        context=_context(report),
    )


def _context(report: Report) -> dict[str, object]:
    return {"report": str(report.pk), "inspection": str(report.inspection_id)}


def _program() -> Program:
    return Program.objects.get(pk=current_program_id())
