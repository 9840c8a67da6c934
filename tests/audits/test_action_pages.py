"""The pages of corrective actions: who sees what, what can be done there, and how many queries a list takes."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audits.models import CorrectiveAction, Extension, FinanceConsent, Milestone
from audits.operations import actions, extensions, finance
from tests import factories
from tests.audits import acting
from tests.audits.acting import agreed, as_staff, as_supplier, place, proposed, reported
from tests.factories import AT
from tests.ui.choosing import choose, said, step
from wsr.deadlines.models import Clock
from wsr.notices.models import Outbox

SOON = timezone.now().date() + dt.timedelta(days=20)


@pytest.fixture
def made(program):
    return place(program)


@pytest.fixture
def brand(made):
    organization = factories.organization("brand")
    brand = factories.brand(made.program, organization=organization, name="Demo Brand")
    factories.sourcing(made.program, brand=brand, supplier=made.supplier)
    officer = factories.member(made.program, "brand_officer", organization=organization)
    return brand, officer


def url(made, name, *args):
    return reverse(f"audits:{name}", args=[made.program.slug, *args])


def sign_in(client, person):
    factories.sign_in(client, person)
    return client


def stored(made, action):
    with as_staff(made):
        return CorrectiveAction.objects.get(pk=action.pk)


def test_staff_agree_a_proposed_action(made, client):
    action = proposed(made)
    sign_in(client, made.agreer)
    wrong = client.post(
        url(made, "agree_action", action.pk), {"action": "New lock", "due_on": "", "payer": "supplier"}
    )
    assert (wrong.status_code, b"New lock" in wrong.content) == (422, True)

    answer = client.post(
        url(made, "agree_action", action.pk),
        {"action": "New lock", "due_on": SOON, "payer": "shared", "cost": "12.50", "currency": "usd"},
    )

    assert answer.status_code == 302
    found = stored(made, action)
    assert (found.state, found.due_on, found.payer, found.currency) == ("agreed", SOON, "shared", "USD")


def test_staff_propose_what_did_not_come_from_a_visit(made, client):
    sign_in(client, made.agreer)

    answer = client.post(
        url(made, "propose_action"), {"workplace_id": made.workplace.pk, "title": "No shade in the fields"}
    )

    assert answer.status_code == 302
    with as_staff(made):
        assert CorrectiveAction.objects.get().origin == "decision"


def test_a_supplier_reports_with_a_file_and_asks_for_time(made, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    first, second = agreed(made, due_on=SOON), agreed(made, due_on=SOON)
    sign_in(client, made.manager)
    page = client.get(url(made, "own_actions")).content.decode()
    assert page.count("/report/") == 2 == page.count("/time/")
    assert "on no rung" in page

    file = SimpleUploadedFile("lock.txt", b"A receipt for a lock.")
    assert (
        client.post(url(made, "report_action", first.pk), {"note": "New lock.", "files": file}).status_code
        == 302
    )
    later = SOON + dt.timedelta(days=10)
    asked = client.post(url(made, "ask_time", second.pk), {"due_on": later, "reason": "Parts are late."})
    assert asked.status_code == 302

    shown = client.get(url(made, "action", first.pk))
    assert (b"lock.txt" in shown.content, stored(made, first).state) == (True, "reported")
    with as_staff(made):
        proof = CorrectiveAction.objects.get(pk=first.pk).actionproofs.get()
    download = client.get(url(made, "action_proof", first.pk, proof.file_id))
    assert b"".join(download.streaming_content) == b"A receipt for a lock."
    assert b"has not answered yet" in client.get(url(made, "own_actions")).content


def test_staff_answer_the_request(made, client):
    action = agreed(made, due_on=SOON)
    later = SOON + dt.timedelta(days=10)
    with as_supplier(made):
        asked = extensions.ask(action_id=action.pk, due_on=later, reason="Parts.", by=made.manager, at=AT)
    sign_in(client, made.agreer)
    assert b"no ceiling" in client.get(url(made, "answer_time", asked.pk)).content

    assert client.post(url(made, "answer_time", asked.pk), {"decision": "refuse"}).status_code == 422
    client.post(url(made, "answer_time", asked.pk), {"decision": "grant", "due_on": later})

    assert stored(made, action).due_on == later
    with as_staff(made):
        assert Extension.objects.get().state == "granted"


def test_somebody_else_verifies_and_who_reported_is_told_why_not(made, client):
    action = reported(made, due_on=SOON)
    sign_in(client, made.verifier)
    assert client.post(url(made, "reject_action", action.pk), {"reason": "It sticks."}).status_code == 302
    assert (
        client.post(url(made, "report_action_for", action.pk), {"note": "By letter: mended."}).status_code
        == 302
    )
    refused = client.post(url(made, "verify_action", action.pk), {"note": "Seen."})
    assert (refused.status_code, b"somebody else must verify" in refused.content) == (422, True)

    sign_in(client, made.agreer)
    assert client.post(url(made, "verify_action", action.pk), {}).status_code == 302
    assert stored(made, action).state == "verified"


def test_milestones_on_their_page(made, client):
    action = agreed(made, due_on=SOON)
    sign_in(client, made.agreer)
    client.post(url(made, "add_milestone", action.pk), {"title": "Two days a month", "due_on": SOON})
    with as_staff(made):
        step = Milestone.objects.get()
    sign_in(client, made.manager)
    assert client.post(url(made, "reach_milestone", step.pk), {"note": "Since May."}).status_code == 302
    sign_in(client, made.verifier)
    assert client.post(url(made, "verify_milestone", step.pk), {}).status_code == 302
    assert b"Two days a month: verified." in client.get(url(made, "action", action.pk)).content


def test_a_brand_reads_and_signs_who_pays_and_nothing_else(made, brand, client):
    acting.rule(made.program, "finance_signed", True)
    row, officer = brand
    action = agreed(made, due_on=SOON, payer="shared", finance_plan="Half each.")
    hidden = proposed(made)
    sign_in(client, officer)

    page = client.get(url(made, "action", action.pk)).content.decode()
    assert "Half each." in page
    assert "Sign who pays" in page
    assert made.agreer.name not in page
    assert client.get(url(made, "action", hidden.pk)).status_code == 404
    for name in (
        "agree_action",
        "verify_action",
        "reject_action",
        "withdraw_action",
        "report_action",
        "ask_time",
    ):
        assert client.post(url(made, name, action.pk), {}).status_code == 403
    stale = client.post(url(made, "sign_paying", action.pk), {"name": "B. Rand", "plan": "0" * 64})
    assert stale.status_code == 422
    plan = finance.plan_sha256(stored(made, action))
    assert (
        client.post(url(made, "sign_paying", action.pk), {"name": "B. Rand", "plan": plan}).status_code == 302
    )
    with as_staff(made):
        assert FinanceConsent.objects.get().participation_id == row.pk
    sign_in(client, made.agreer)
    assert b"Demo Brand: signed by B. Rand" in client.get(url(made, "action", action.pk)).content


@pytest.mark.parametrize("name", ["actions", "action_board", "own_actions", "progress"])
def test_lists_take_as_many_queries_for_one_row_as_for_many(made, client, name):
    acting.rule(made.program, "scoring", "remediation", "scoring")
    acting.rule(made.program, "finance_signed", True)
    person = made.manager if name == "own_actions" else made.agreer
    sign_in(client, person)
    counts = []
    for more in (1, 4):
        for _number in range(more):
            agreed(made, due_on=SOON)
        if name == "progress":
            agreed(place(made.program), due_on=SOON)
        client.get(url(made, name))
        with CaptureQueriesContext(connection) as found:
            assert client.get(url(made, name)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1], counts


def test_the_board_by_state_and_by_date(made, client):
    agreed(made, due_on=SOON, title="Late in the month")
    reported(made, due_on=SOON, title="Said to be fixed")
    sign_in(client, made.agreer)

    by_date = client.get(url(made, "action_board")).content.decode()
    by_state = client.get(url(made, "action_board") + "?by=state").content.decode()

    assert (
        by_date.index("Within 30 days")
        < by_date.index("Late in the month")
        < by_date.index("Said to be fixed")
    )
    assert "Verified as fixed" in by_state


def test_figures_by_the_programs_own_rule(made, client):
    agreed(made, due_on=SOON)
    sign_in(client, made.agreer)
    assert b"has not said how it scores" in client.get(url(made, "progress")).content

    acting.rule(made.program, "scoring", "remediation", "scoring")
    page = client.get(url(made, "progress")).content.decode()

    assert "On track" in page
    assert "0.00 %" in page


def test_grades_wait_for_the_scale(made, client):
    acting.rule(made.program, "scoring", "grades", "scoring")
    sign_in(client, made.agreer)
    assert b"has not set its scale" in client.get(url(made, "progress")).content


def test_portals_read_no_figures_of_others(made, client):
    sign_in(client, made.manager)
    assert client.get(url(made, "progress")).status_code == 404


def test_a_plan_on_paper(made, brand, client):
    agreed(made, due_on=SOON, title="Locked exit")
    for person in (made.agreer, made.manager, brand[1]):
        sign_in(client, person)
        paper = client.get(url(made, "plan_pdf", made.workplace.pk))
        assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    stranger = place(made.program)
    sign_in(client, stranger.manager)
    assert client.get(url(made, "plan_pdf", made.workplace.pk)).status_code == 404


def test_exports_hold_what_the_list_shows(made, client):
    agreed(made, due_on=SOON, title="=1+1")
    sign_in(client, made.agreer)
    file = b"".join(client.get(url(made, "actions") + "?export=csv").streaming_content).decode()
    assert "'=1+1" in file


def test_several_suppliers_are_asked_for_news_and_given_time(made, client):
    due, gone = agreed(made, due_on=SOON, title="Locked exit"), proposed(made, title="Blocked aisle")
    sign_in(client, made.agreer)
    batch = choose(client, made.program, [due, gone], act="news", page="actions/")
    step(client, batch, "fill", note="Is the lock there?")
    assert said(made.program, batch, made.agreer) == {
        "Blocked aisle": ("left_out", "News is asked for while the action is to be done."),
        "Locked exit": ("will", f"The supplier of {made.workplace.name} is asked how far it is."),
    }
    step(client, batch, "confirm")
    with as_staff(made):
        assert Outbox.objects.filter(kind="action_news_asked").count() == 1
    again = client.post(url(made, "ask_action_news", due.pk), {"note": ""})
    assert (again.status_code, b"less than a day ago" in again.content) == (422, True)
    sign_in(client, made.manager)
    assert b"Is the lock there?" in client.get(url(made, "action", due.pk)).content
    assert client.post(url(made, "ask_action_news", due.pk)).status_code == 403

    sign_in(client, made.agreer)
    acting.rule(made.program, "extensions", 1, "number")
    later = SOON + dt.timedelta(days=5)
    for state in ("will", "left_out"):  # the program lets a date be moved once
        batch = choose(client, made.program, [due], act="time", page="actions/")
        step(client, batch, "fill", due_on=later, reason="The lock comes from abroad")
        assert said(made.program, batch, made.agreer)["Locked exit"][0] == state
        step(client, batch, "confirm")
        later += dt.timedelta(days=1)
    assert stored(made, due).due_on == SOON + dt.timedelta(days=5)


def test_an_auditor_reads_actions_of_the_place_she_inspects(made, client):
    from tests.audits import rows

    auditor = factories.member(made.program, "auditor")
    rows.inspection(made.program, made.agreer, auditor, workplace=made.workplace, is_announced=True)
    action, other = reported(made, due_on=SOON), reported(place(made.program), due_on=SOON)
    sign_in(client, auditor)

    assert client.get(url(made, "actions")).status_code == 200
    assert client.get(url(made, "action_board")).status_code == 200
    assert client.get(url(made, "action", action.pk)).status_code == 200
    assert client.get(url(made, "action", other.pk)).status_code == 404
    assert client.post(url(made, "verify_action", action.pk), {}).status_code == 302
    assert stored(made, action).state == "verified"


def test_what_waits_stands_in_the_inbox(made, client):
    action = agreed(made, due_on=SOON)
    reported(made, due_on=SOON)
    proposed(made)
    sign_in(client, made.verifier)
    page = client.get(reverse("ui:inbox")).content.decode()
    assert "somebody who did not report it verifies it" in page
    assert "Agree with the supplier what it does" in page
    sign_in(client, made.manager)
    assert f">1. {action.title}<" in client.get(reverse("ui:inbox")).content.decode()
    first_page = client.get(reverse("ui:program", args=[made.program.slug])).content.decode()
    assert f">1. {action.title}<" in first_page
    assert "Nothing waits for you" not in first_page


def test_clocks_lead_to_the_action(made):
    action = agreed(made, due_on=SOON)
    with as_staff(made):
        assert Clock.objects.get(subject_id=action.pk).url == url(made, "action", action.pk)
        actions.withdraw(action_id=action.pk, reason="Gone.", by=made.agreer, at=AT)
