"""Reports: given to the supplier, replied to, issued, replaced; what each act refuses, and what its body never says."""

import datetime as dt
import json

import pytest

from audits.enums import InspectionState, ReportStage
from audits.models import Reply, Report
from audits.operations import reporting, reviewing, visits
from audits.operations.states import CannotMove
from tests import factories
from tests.audits import making
from tests.audits.reported import LATER, issue, portal, rule, send_back, share, submit_again
from tests.factories import AT
from wsr.accounts.models import OrganizationKind
from wsr.errors import DomainError
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspector(program):
    return factories.member(program, "inspector_in_charge")


@pytest.fixture
def workplace(program):
    organization = factories.organization(OrganizationKind.SUPPLIER)
    supplier = factories.supplier(program, name="Acme", organization=organization)
    return factories.workplace(program, supplier=supplier, name="Plant 1")


@pytest.fixture
def submitted(program, inspector, workplace):
    return visited(program, inspector, workplace)


@pytest.fixture
def manager(program, workplace):
    return factories.member(program, "supplier_manager", organization=workplace.supplier.organization)


def visited(program, inspector, workplace=None, present=120, interviewed=62, affected=30, **fields):
    """An unannounced visit with two findings and interviews, submitted."""
    made = making.under_way(
        program, planner=inspector, workplace=workplace, present=present, kind="fire", **fields
    )
    for number in (1, 2):
        making.finding(program, made, title=f"Finding {number}", workers_affected=affected)
    making.interview(program, made, workers=interviewed)
    with making.as_auditor(program, made.lead):
        visits.submit(inspection_id=made.pk, by=made.lead, at=AT)
    return making.fresh(program, made)


def test_shared_replied_and_issued(program, inspector, submitted, manager, workplace):
    rule(program, "clocks.report_reply", 14, unit="days")
    brand = factories.brand(program, organization=factories.organization())
    factories.sourcing(program, brand=brand, supplier=workplace.supplier)
    factories.brand(program, organization=factories.organization())  # buys elsewhere: told nothing

    report = share(program, submitted)

    assert (report.stage, report.number, report.shared_at) == (ReportStage.FOR_REPLY, 1, AT)
    assert report.reply_due_at.date() == AT.date() + dt.timedelta(days=14)
    assert report.body["interviews"]["workers"] == {"count": 62, "is_few": False}
    finding = report.body["findings"][0]["id"]
    with portal(program, manager, workplace.supplier):
        said = {"report_id": report.pk, "by": manager, "at": AT + dt.timedelta(days=2)}
        reporting.reply(finding_id=finding, text="The door was opened the same day.", **said)
        reporting.reply(text="We thank the team.", **said)

    issued = issue(program, submitted, at=AT + dt.timedelta(days=3))

    assert (issued.pk, issued.stage, issued.issued_by) == (report.pk, ReportStage.ISSUED, inspector)
    texts = issued.body["reply"]["texts"]
    assert [(one["finding_id"], one["text"]) for one in texts] == [
        (finding, "The door was opened the same day."),
        (None, "We thank the team."),
    ]
    assert manager.name not in json.dumps(issued.body)
    with program_scope(program.pk):
        submitted.refresh_from_db()
        assert (submitted.state, submitted.issued_at) == (InspectionState.ISSUED, AT + dt.timedelta(days=3))
        told = Outbox.objects.filter(kind="report_to_read").values_list("to", flat=True)
        assert {one["organization"] for one in told} == {
            str(workplace.supplier.organization_id),
            str(brand.organization_id),
        }
        assert Outbox.objects.get(kind="report_issued").context == {
            "report": str(report.pk),
            "inspection": str(submitted.pk),
        }
        events = Event.objects.filter(subject_id=report.pk).order_by("at", "pk")
        assert list(events.values_list("event", flat=True)) == [
            "report.shared",
            "report.replied",
            "report.replied",
            "report.issued",
        ]


def test_not_before_the_supplier_was_heard(program, inspector, submitted):
    rule(program, "clocks.report_reply", 14, unit="days")
    with pytest.raises(reporting.CannotIssue, match="Share the report"):
        issue(program, submitted, reason="In a hurry")
    share(program, submitted)
    with pytest.raises(reporting.CannotIssue, match="until 2026-03-16"):
        issue(program, submitted, at=AT + dt.timedelta(days=1), reason="In a hurry")

    assert issue(program, submitted, at=LATER).stage == ReportStage.ISSUED


def test_without_a_limit_the_reason_says_why_there_is_no_reply(program, inspector, submitted):
    with pytest.raises(DomainError, match="Say why"):
        issue(program, submitted, reason=" ")

    report = issue(program, submitted, reason="The owner cannot be reached.")

    assert (report.stage, report.number, report.shared_at) == (ReportStage.ISSUED, 1, LATER)


@pytest.mark.parametrize("stage", ["issued", "replaced"])
def test_a_reply_is_taken_until_the_report_is_issued(
    program, inspector, submitted, manager, workplace, stage
):
    report = share(program, submitted)
    if stage == "issued":
        issue(program, submitted, reason="No answer")
    else:
        send_back(program, submitted)
    with portal(program, manager, workplace.supplier), pytest.raises(reporting.CannotReply, match="any more"):
        reporting.reply(report_id=report.pk, text="Late", by=manager, at=LATER)


def test_a_reply_has_words_and_a_finding_of_this_report(program, inspector, submitted, manager, workplace):
    report = share(program, submitted)
    with portal(program, manager, workplace.supplier):
        with pytest.raises(reporting.CannotReply, match="Write your reply"):
            reporting.reply(report_id=report.pk, text=" ", by=manager, at=AT)
        with pytest.raises(reporting.CannotReply, match="not in the report"):
            reporting.reply(report_id=report.pk, text="x", finding_id=report.pk, by=manager, at=AT)
        assert not Reply.objects.exists()


def test_staff_write_down_what_came_on_paper(program, inspector, submitted):
    report = share(program, submitted)
    with program_scope(program.pk, person_id=inspector.pk):
        made = reporting.reply(report_id=report.pk, text="We agree.", name="The owner", by=inspector, at=AT)
    assert (made.name, made.is_recorded) == ("The owner", True)


def test_a_new_version_replaces_the_issued_one_when_it_is_issued(program, inspector, submitted):
    first = issue(program, submitted, reason="No account")
    send_back(program, submitted)
    with program_scope(program.pk, person_id=inspector.pk):
        first.refresh_from_db()
        assert first.stage == ReportStage.ISSUED  # it holds until the next one does
    making.finding(program, submitted, title="A third finding")
    submit_again(program, submitted)

    second = issue(program, submitted, reason="No account")

    with program_scope(program.pk, person_id=inspector.pk):
        first.refresh_from_db()
        assert (first.stage, second.number, second.reason) == (
            ReportStage.REPLACED,
            2,
            "The number was corrected.",
        )
        assert len(second.body["findings"]) == 3
        assert first.pdf_sha256 != second.pdf_sha256
        assert first.file.path.exists()


def test_returned_with_a_reason_and_the_shared_version_is_taken_back(program, inspector, submitted):
    rule(program, "clocks.report_reply", 14, unit="days")
    report = share(program, submitted)
    with program_scope(program.pk, person_id=inspector.pk):
        with pytest.raises(DomainError, match="Say what"):
            reviewing.return_to_auditors(inspection_id=submitted.pk, reason=" ", by=inspector, at=AT)
        reviewing.return_to_auditors(
            inspection_id=submitted.pk, reason="Interviews are missing.", by=inspector, at=AT
        )
        report.refresh_from_db()
        assert report.stage == ReportStage.REPLACED
        from wsr.deadlines.models import Clock

        assert Clock.objects.get(kind="audits.report_reply").state == "cancelled"


@pytest.mark.parametrize("act", ["share", "issue", "return"])
def test_a_visit_under_way_gives_nothing_out(program, inspector, workplace, act):
    inspection = making.under_way(program, planner=inspector, workplace=workplace)
    acts = {
        "share": lambda: share(program, inspection),
        "issue": lambda: issue(program, inspection, reason="Now"),
        "return": lambda: reviewing.return_to_auditors(
            inspection_id=inspection.pk, reason="x", by=inspector, at=AT
        ),
    }
    with pytest.raises(CannotMove), program_scope(program.pk, person_id=inspector.pk):
        acts[act]()
    with program_scope(program.pk):
        assert not Report.objects.exists()


def test_small_numbers_of_workers_are_not_said(program, inspector, workplace):
    making.floor(program, "50")
    farm = visited(program, inspector, workplace, present=5, interviewed=5)
    body = share(program, farm).body

    few = {"count": None, "is_few": True}
    said = body["interviews"]
    assert (said["workers"], said["present"], said["needed"], said["is_met"]) == (few, few, few, True)
    assert {one["workers_affected"]["is_few"] for one in body["findings"]} == {True}


def test_the_program_says_what_a_small_number_is_and_whether_inspectors_are_named(
    program, inspector, workplace
):
    rule(program, "disclosure.smallest_group", 3, unit="count")
    auditor = factories.member(
        program, "auditor", person=factories.person("aud@example.org", name="Nadia Field")
    )
    team = [(auditor, "lead")]
    report = share(program, visited(program, inspector, workplace, present=5, interviewed=4, team=team))
    assert report.body["interviews"]["workers"] == {"count": 4, "is_few": False}
    assert report.body["inspected_by"] == [{"role": "lead", "count": 1, "names": []}]
    assert "Nadia Field" not in json.dumps(report.body)

    rule(program, "inspection.inspectors_named", True, unit="yes_no")
    other = share(program, visited(program, inspector, team=team))
    assert other.body["inspected_by"][0]["names"] == ["Nadia Field"]


def test_another_programs_inspection_is_not_there(program, other_program, inspector, submitted):
    stranger = factories.member(other_program, "inspector_in_charge")
    from audits.models import Inspection

    with program_scope(other_program.pk, person_id=stranger.pk), pytest.raises(Inspection.DoesNotExist):
        reporting.issue(inspection_id=submitted.pk, by=stranger, at=AT, reason="x")
