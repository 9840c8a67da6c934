"""The clocks of reports by the real sweep, two people who issue at once, and the printed report."""

import datetime as dt
import hashlib
import io
import threading

import pytest
from pypdf import PdfReader

from audits.enums import ReportStage
from audits.models import Report
from audits.operations import reporting
from audits.operations.states import CannotMove
from tests import factories
from tests.audits import making
from tests.audits.reported import LATER, issue, portal, rule, share
from tests.factories import AT
from wsr.accounts.models import OrganizationKind
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope


@pytest.fixture
def visited(transactional_db):
    program = factories.program("garment")
    rule(program, "clocks.report_reply", 14, unit="days")
    rule(program, "clocks.report_issued", 30, unit="days")
    organization = factories.organization(OrganizationKind.SUPPLIER)
    supplier = factories.supplier(program, organization=organization, name="Acme")
    workplace = factories.workplace(program, supplier=supplier, name="Plant 1")
    made = making.submitted(program, workplace=workplace, findings=2, interviewed=62, kind="fire")
    made.program_row, made.supplier_row = program, supplier
    return made


def test_the_limit_of_the_reply_passes_and_the_report_may_be_issued(visited):
    program = visited.program_row
    sweep(at=AT)  # the auditor's submission left the start of the clock to the next tick
    with program_scope(program.pk):
        clock = Clock.objects.get(kind="audits.report_issued")
        assert (clock.subject_id, clock.due_at.date()) == (visited.pk, dt.date(2026, 4, 1))
    report = share(program, visited)
    with pytest.raises(reporting.CannotIssue):
        issue(program, visited, at=AT + dt.timedelta(days=13))

    for _twice in range(2):
        sweep(at=AT + dt.timedelta(days=16))

    with program_scope(program.pk):
        assert Event.objects.filter(event="report.not_replied", subject_id=report.pk).count() == 1
        assert Outbox.objects.filter(kind="report_not_replied").count() == 1
    issue(program, visited, at=AT + dt.timedelta(days=16), reason="")
    with program_scope(program.pk):
        states = dict(Clock.objects.values_list("kind", "state"))
        assert states == {"audits.report_issued": "met", "audits.report_reply": "cancelled"}


def test_a_reply_meets_its_clock(visited):
    program = visited.program_row
    report = share(program, visited)
    manager = factories.member(program, "supplier_manager", organization=visited.supplier_row.organization)
    with portal(program, manager, visited.supplier_row):
        reporting.reply(report_id=report.pk, text="We agree.", by=manager, at=AT)
    sweep(at=AT + dt.timedelta(minutes=1))

    with program_scope(program.pk):
        assert Clock.objects.get(kind="audits.report_reply").state == "met"


def test_two_people_who_issue_at_once_issue_once(visited):
    program = visited.program_row
    share(program, visited)
    ready, outcomes = threading.Barrier(2), []

    def act():
        from django.db import connections

        ready.wait()
        try:
            outcomes.append(issue(program, visited, at=LATER, reason="").stage)
        except CannotMove as refused:
            outcomes.append(str(refused))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=len) == [
        ReportStage.ISSUED,
        "An inspection that is “Report issued” cannot become “Report issued”.",
    ]
    with program_scope(program.pk):
        assert Report.objects.count() == 1
        assert Outbox.objects.filter(kind="report_issued").count() == 1


def test_the_printed_report(visited):
    program = visited.program_row
    report = share(program, visited)
    manager = factories.member(program, "supplier_manager", organization=visited.supplier_row.organization)
    with portal(program, manager, visited.supplier_row):
        said = {"report_id": report.pk, "by": manager, "at": AT}
        reporting.reply(text="The exit was opened.", finding_id=report.body["findings"][0]["id"], **said)
    issued = issue(program, visited, at=AT, reason="")

    with program_scope(program.pk):
        content = issued.file.path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == issued.pdf_sha256
    paper = PdfReader(io.BytesIO(content))
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for words in (
        "Fire safety inspection of Plant 1",
        "Reply of the supplier",
        "The exit was opened.",
        "62",
        "120",
    ):
        assert words in text
    assert issued.seal_sha256 in text.replace(" ", "")
    assert "Lead auditor" in text
    for name in (visited.lead.name, visited.planner.name, manager.name):
        assert name not in text
    catalog = paper.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"].value
    assert catalog["/Lang"] == "en"
    assert paper.metadata.title.startswith("Fire safety inspection of Plant 1")
    assert "/StructTreeRoot" in catalog
