"""The public log: written by one, cleared by another, with everybody's consent, without a name or number of the case; taken back for good."""

import datetime as dt
import json
import re

import pytest
from django.db import DatabaseError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints import disclosure
from complaints.enums import ComplaintState, Part, Recipient, Said
from complaints.models import CaseSummary, Complainant, Consent
from complaints.operations import parts, summaries
from complaints.operations.giveaways import GivesAway
from complaints.operations.states import NotInvolved
from complaints.operations.summaries import CannotTell
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_counting import count, receive
from tests.factories import sign_in
from tests.registry.conftest import Office
from tests.registry.test_redaction import files_saying, tables_saying
from wsr.tenancy import engine_scope, program_scope, worker_scope
from wsr.tenancy.models import Program
from wsr.vault.operations import seal

WORDS = {
    "description": "A worker said that the exit of a hall was locked at night.",
    "outcome": "The lock was removed, and the workers of the hall were told.",
}


@pytest.fixture
def office(transactional_db):
    """A program with a log, a closed complaint that may be told, its handler and a second person."""
    office = Office()
    office.ana, office.ben = (factories.member(office.program, "case_handler") for _one in range(2))
    factories.decide(office.program, "complaint_cases", "case_log")
    workplace = factories.workplace(office.program, name="Padma Mill", worker_count=300)
    office.complaint = closed(office, workplace=workplace, supplier=workplace.supplier)
    office.workplace = workplace
    return office


def closed(office, **fields):
    made = making.complaint(office.program, **fields)
    making.take(office.program, made, office.ana)
    with scope(office, office.ana):
        asked = parts.ask(
            complaint_id=made.pk, person_id=office.ben.pk, part=Part.REVIEWER, by=office.ana, at=AT
        )
    with scope(office, office.ben):
        parts.accept(assignment_id=asked.pk, by=office.ben, at=AT)
    move(office, made, ComplaintState.CLOSED)
    with worker_scope(office.program.pk, made.pk):
        one = Complainant.objects.get(complaint=made)
        Consent.objects.create(
            complaint=made, complainant=one, recipient=Recipient.PUBLIC, said=Said.FACTS, given_at=AT
        )
        seal(made.pk, "complaints_complainant", "name", one.pk, "Rahima Begüm")
        seal(made.pk, "complaints_complainant", "phone", one.pk, "+880 1711-234567")
    return made


def move(office, complaint, state):
    """To a state by no move of the table: how it got there is not the matter here."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE complaints_complaint SET state = %s, closed_at = %s, handler_id = %s WHERE id = %s",
            [state, AT, office.ana.pk, complaint.pk],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def scope(office, person):
    return program_scope(office.program.pk, person_id=person.pk)


def write(office, *, by=None, **said):
    by = by or office.ana
    with scope(office, by):
        return summaries.write(
            complaint_id=office.complaint.pk, **{**WORDS, "names_workplace": True, **said}, by=by, at=AT
        )


def clear(office, summary, *, by=None):
    by = by or office.ben
    with scope(office, by):
        return summaries.clear(summary_id=summary.pk, by=by, at=AT)


def told(office):
    with engine_scope(office.program.pk):
        return [(one.content, one.withheld) for one in disclosure.records("complaint_case", AT.date())]


def test_two_people_tell_a_case_and_the_log_says_no_more(office):
    summary = write(office)
    assert (summary.description, told(office)) == ("", [])
    cleared = clear(office, summary)

    [(content, withheld)] = told(office)
    assert content["workplace"].name == "Padma Mill"
    assert {**content, "workplace": ""} == {
        **WORDS,
        "name": cleared.log_number,
        "workplace": "",
        "filed_in": "2026-03",
        "filed_by": "worker",
        "status": "resolved",
    }
    assert withheld == {}
    assert office.complaint.number not in cleared.log_number.replace("/", "")
    move(office, office.complaint, ComplaintState.APPEALED)
    [(content, withheld)] = told(office)
    assert (content["status"], content["outcome"], withheld) == (
        "open_again",
        "",
        {"outcome": "under_appeal"},
    )
    factories.decide(office.program, "complaint_cases", "totals")
    assert told(office) == []


def test_written_anew_the_first_one_waits_no_more(office):
    first = write(office)
    second = write(office, names_workplace=False, outcome="The lock is gone.")
    with pytest.raises(CannotTell, match="taken back"):
        clear(office, first)
    clear(office, second)
    [(content, withheld)] = told(office)
    assert (content["workplace"], content["outcome"], withheld) == (
        "",
        "The lock is gone.",
        {"workplace": "withheld_for_safety"},
    )
    with pytest.raises(CannotTell, match="cleared already"):
        write(office)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"outcome": "  "}, "Write both"),
        ({"description": "x" * 4001}, "shorter"),
        ({"description": "Rahima said that the exit was locked."}, "Rahima”: a name"),
        ({"outcome": "BEGUM got her job back."}, "BEGUM”: a name"),
        ({"outcome": "We called 01711 234 567."}, "234567"),
        ({"outcome": "We called ০১৭১১২৩৪৫৬৭."}, "234567"),
        ({"outcome": "It was opened on the day it came, 2 March."}, "the day it came"),
    ],
)
def test_words_that_are_refused(office, said, why):
    with pytest.raises(CannotTell, match=why):
        write(office, **said)


def test_what_may_not_be_told(office):
    with pytest.raises(CannotTell, match="the number of the complaint"):
        write(office, description=f"Complaint {office.complaint.number[:4]} {office.complaint.number[4:]}.")
    move(office, office.complaint, ComplaintState.APPEALED)
    with pytest.raises(CannotTell, match="Only what is closed"):
        write(office)
    move(office, office.complaint, ComplaintState.CLOSED)
    factories.decide(office.program, "complaint_cases", "totals")
    with pytest.raises(CannotTell, match="no single cases"):
        write(office)
    factories.decide(office.program, "complaint_cases", "case_log")
    with scope(office, office.director):
        type(office.workplace).objects.filter(pk=office.workplace.pk).update(worker_count=9)
    with pytest.raises(CannotTell, match="So few work there"):
        write(office)
    write(office, names_workplace=False)
    stranger = factories.member(office.program, "case_handler")
    with pytest.raises(NotInvolved):
        write(office, by=stranger)
    with pytest.raises(CaseSummary.DoesNotExist), scope(office, stranger):
        summaries.clear(summary_id=CaseSummary.objects.get().pk, by=stranger, at=AT)


def test_consent_of_everybody_or_a_rule_and_no_name(office):
    other = making.another(office.program, office.complaint)
    with pytest.raises(CannotTell, match="agreed"):
        write(office, names_workplace=False)
    factories.decide(office.program, "complaint_consent", True)
    with pytest.raises(CannotTell, match="agreed"):
        write(office)
    clear(office, write(office, names_workplace=False))
    assert len(told(office)) == 1
    with worker_scope(
        office.program.pk, office.complaint.pk, other.pk
    ):  # she was asked, agreed, and took it back: no rule goes above that
        Consent.objects.create(
            complaint=office.complaint,
            complainant=other,
            recipient=Recipient.PUBLIC,
            said=Said.FACTS,
            given_at=AT,
            withdrawn_at=AT,
        )
    assert told(office) == []


def test_nobody_clears_her_own_words_by_page_operation_or_sql(office, client):
    summary = write(office)
    with pytest.raises(CannotTell, match="You wrote it"):
        clear(office, summary, by=office.ana)
    sign_in(client, office.ana)
    page = reverse("complaints:clear_summary", args=[office.program.slug, office.complaint.pk, summary.pk])
    assert client.post(page).status_code == 422
    sql = "UPDATE complaints_casesummary SET cleared_at = now(), cleared_by_id = %s, description = 'x', outcome = 'y' WHERE id = %s"
    for claimed in (office.ana, office.ben):
        with pytest.raises(DatabaseError), scope(office, office.ana), connection.cursor() as cursor:
            cursor.execute(sql, [claimed.pk, summary.pk])
    with scope(office, office.director), connection.cursor() as cursor:
        cursor.execute(sql, [office.director.pk, summary.pk])
        assert cursor.rowcount == 0  # outside the circle the row is not there
    cleared = clear(office, summary)
    with pytest.raises(DatabaseError), scope(office, office.ben), connection.cursor() as cursor:
        cursor.execute("UPDATE complaints_casesummary SET outcome = 'z' WHERE id = %s", [cleared.pk])


def test_counted_or_told_never_both(office):
    Program.objects.using("admin").filter(pk=office.program.pk).update(created_at=AT)
    factories.decide(office.program, "complaint_cases", "published")
    receive(office.program, 12, AT)
    clear(office, write(office))
    [period] = count(office.program, dt.date(2026, 5, 5))
    assert period.total == 12  # without the one in the log
    office.complaint = closed(office, workplace=office.workplace)
    receive(office.program, 12, AT + dt.timedelta(days=31))
    [following] = count(office.program, dt.date(2026, 6, 5))
    assert following.total == 13
    with pytest.raises(CannotTell, match="counted in the published numbers"):
        write(office)


def test_what_is_taken_back_disappears_everywhere(office):
    office.override_all()
    summary = clear(office, write(office))
    office.publish()
    [row] = json.loads((office.public / "data/complaint_cases.json").read_bytes())
    assert row["description"] == WORDS["description"]
    assert row["workplace"]["name"] == "Padma Mill"

    with worker_scope(office.program.pk, office.complaint.pk):
        Consent.objects.update(withdrawn_at=AT)
    for _again in range(2):
        with engine_scope(office.program.pk):
            summaries.redact_unconsented(at=AT)
    office.publish()
    assert files_saying(office, "exit of a hall", "lock was removed") == []
    assert tables_saying("exit of a hall") in ([], ["complaints_casesummary"])
    with pytest.raises(CannotTell, match="Say why"), scope(office, office.ben):
        summaries.take_back(summary_id=summary.pk, reason=" ", by=office.ben, at=AT)
    with scope(office, office.ben):
        with pytest.raises(GivesAway):
            summaries.take_back(summary_id=summary.pk, reason="Rahima asked.", by=office.ben, at=AT)
        summaries.take_back(summary_id=summary.pk, reason="She asked for it.", by=office.ben, at=AT)
        with pytest.raises(CannotTell, match="already"):
            summaries.take_back(summary_id=summary.pk, reason="Again.", by=office.ben, at=AT)


def test_the_pages_from_writing_to_taking_back(office, client):
    def address(name, *more):
        return reverse(f"complaints:{name}", args=[office.program.slug, office.complaint.pk, *more])

    sign_in(client, office.ana)
    assert "Write a summary" in client.get(address("complaint")).content.decode()
    refused = client.post(address("summary"), {"description": "Rahima said so.", "outcome": "Solved."})
    assert (refused.status_code, "Rahima said so." in refused.content.decode()) == (422, True)
    assert client.post(address("summary"), WORDS).status_code == 302
    page = client.get(address("complaint")).content.decode()
    assert "Waits for a second person" in page
    assert "Read and clear it" not in page
    with scope(office, office.ana):
        summary = CaseSummary.objects.get()

    sign_in(client, office.ben)
    shown = client.get(address("clear_summary", summary.pk)).content.decode()
    assert "Name withheld" in shown
    assert WORDS["outcome"] in shown
    assert client.post(address("clear_summary", summary.pk)).status_code == 302
    page = client.get(address("complaint")).content.decode()
    assert f"Number {summary.log_number} of the public log" in page
    assert "Write it anew" not in page
    assert client.post(address("take_back_summary", summary.pk), {"reason": "She asked."}).status_code == 302
    assert told(office) == []
    stranger = factories.member(office.program, "case_handler")
    sign_in(client, stranger)
    assert client.get(address("clear_summary", summary.pk)).status_code == 404


def test_everybody_waits_for_the_complaint_first(office):
    made = write(office)
    with scope(office, office.ben), CaptureQueriesContext(connection) as asked:
        summaries.clear(summary_id=made.pk, by=office.ben, at=AT)
        summaries.take_back(summary_id=made.pk, reason="She asked.", by=office.ben, at=AT)
    waits = [
        re.search(r'FROM "complaints_(\w+)"', query["sql"]) for query in asked if "FOR UPDATE" in query["sql"]
    ]
    assert [found[1] for found in waits if found] == ["complaint", "casesummary"] * 2
