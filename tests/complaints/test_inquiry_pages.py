"""The pages between acceptance and the outcome: of the handler, of the second pair of eyes, and of the worker."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.enums import Part
from complaints.models import Interview, PlanStep, Remedy, RemedyShare
from complaints.operations import remedies
from tests.complaints import making
from tests.complaints.inquiring import DUE, TODAY, Office
from tests.complaints.test_worker_pages import CASE, enter
from tests.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(monkeypatch):
    """A complaint that ana accepted, on the day of the tests."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: making.AT)
    return Office()


def url(office, name="complaint", *more):
    return reverse(f"complaints:{name}", args=[office.program.slug, office.complaint.pk, *more])


OWED = {
    "kind": "money",
    "words": "Three weeks of pay.",
    "owed_by": "employer",
    "due_on": DUE,
    "worker_count": 11,
    "amount": "1240.50",
    "currency": "usd",
}
NOT_OWED = (
    ({"amount": ""}, "Write the amount."),
    ({"currency": ""}, "Write the currency."),
    ({"currency": "XQX"}, "three letters"),
    ({"each": "1\nx"}, "one amount a line"),
    ({"each": "NaN"}, "one amount a line"),
    ({"each": "100\n50"}, "2 amounts for 11"),
    ({"kind": "apology"}, "Only money has an amount."),
)


def _shows_what_was_found(client, office, interview):
    """Plan, provision and number on the page of the complaint; what a worker said on a page of its own."""
    opened = client.get(url(office)).content.decode()
    assert "Copy the payroll." in opened
    assert "The foreman counts" not in opened
    assert "1.1 Wages" in opened
    assert "11 workers affected" in opened
    assert "The foreman counts" in client.get(url(office, "interview", interview)).content.decode()


def test_from_the_plan_to_money_that_reached_workers(office, client):
    sign_in(client, office.ana)
    page = url(office)

    def does(name, *more, status=302, **said):
        answer = client.post(url(office, name, *more), said)
        assert answer.status_code == status, answer.content.decode()
        return answer.content.decode()

    assert "Begin the investigation" in client.get(page).content.decode()
    assert "Not everybody who complains allows" in does("begin", way="joint", status=422)
    does("begin", way="monitor")
    does("add_step", words="Copy the payroll.", person_id=office.ana.pk, due_on=DUE)
    held = {"spoken_with": "worker", "place": "away", "held_on": TODAY, "interviewer_id": office.ana.pk}
    does("add_interview", **held, notes="", status=422)
    does("add_interview", **held, notes="The foreman counts the hours.")
    assert "A step of the investigation is yours." in client.get(reverse("ui:inbox")).content.decode()
    with office.as_(office.ana):
        step, interview = PlanStep.objects.get().pk, Interview.objects.get().pk
    does("step_done", step)
    does(
        "add_finding", provision_id=office.provision.pk, outcome="upheld", reasons="So.", workers_affected=11
    )
    _shows_what_was_found(client, office, interview)
    does("conclude")
    owed = OWED | {"complainant_ids": [office.complainant.pk]}
    for wrong, words in NOT_OWED:
        refused = does("owe", **{**owed, **wrong}, status=422)
        assert words in refused
        assert "Three weeks of pay." in refused
    does("owe", **owed)
    with office.as_(office.ana):
        remedy = Remedy.objects.get().pk
        others = list(RemedyShare.objects.filter(complainant=None).values_list("pk", flat=True))
    assert "1,240.50\u00a0USD" in client.get(page).content.decode()
    assert "is not taken" in does("pay", remedy, proof=SimpleUploadedFile("a.exe", b"MZ\x90\0"), status=422)
    proof = url(office, "proof", remedy)
    assert client.get(proof).status_code == 404
    does("pay", remedy, proof=SimpleUploadedFile("list of Amina.txt", b"Paid to all.\n"))
    assert client.get(proof).content == b"Paid to all.\n"
    assert "no-store" in client.get(proof)["Cache-Control"]
    assert "Worker 2, 112.78\u00a0USD" in client.get(url(office, "confirm_remedy", remedy)).content.decode()
    does("confirm_remedy", remedy, status=422)
    does("confirm_remedy", remedy, share_ids=others)
    done = client.get(page).content.decode()
    assert "10 of 11" in done
    assert "Amina" not in done
    assert "What shows it" in done


def test_the_second_pair_of_eyes_reads_all_but_the_notes_and_does_nothing(office, client):
    office.give(office.eve, Part.REVIEWER)
    office.resolve()
    remedy = office.owe()
    with office.as_(office.ana):
        interview = Interview.objects.create(
            complaint=office.complaint,
            spoken_with="worker",
            by=office.ana,
            held_on=TODAY,
            noted_by=office.ana,
            noted_at=making.AT,
        )
    sign_in(client, office.eve)
    page = client.get(url(office)).content.decode()
    assert "The payroll lacks three weeks." in page
    assert "Set a remedy" not in page
    assert "read only by those who investigate" in page
    assert client.get(url(office, "interview", interview.pk)).status_code == 403
    assert client.post(url(office, "pay", remedy.pk)).status_code == 422
    sign_in(client, office.ben)  # no part at all
    assert client.get(url(office, "interview", interview.pk)).status_code == 404
    assert client.post(url(office, "pay", remedy.pk)).status_code == 404
    assert client.get(url(office, "proof", remedy.pk)).status_code == 404
    assert client.post(url(office, "owe"), {}).status_code == 422
    assert "The payroll lacks" not in client.get(url(office)).content.decode()


def test_the_page_of_a_long_inquiry_asks_as_often_as_that_of_a_short_one(
    office, client, django_assert_max_num_queries
):
    office.resolve()
    sign_in(client, office.ana)

    def queries():
        client.get(url(office))
        with django_assert_max_num_queries(200) as counted:
            client.get(url(office))
        return len(counted)

    office.owe()
    before = queries()
    office.owe()
    office.owe()
    assert queries() == before


def test_a_worker_reads_what_she_is_owed_and_says_whether_it_came(client):
    office = Office(is_sent=True)
    office.resolve()
    remedy = office.owe()
    with office.as_(office.ana):
        others = RemedyShare.objects.filter(complainant=None).first().pk
    page = enter(client, office.receipt.number, office.receipt.secret).content.decode()
    assert "We know enough" in page
    assert "112.78\u00a0USD" in page
    assert "Three weeks of pay." in page
    assert "The payroll lacks" not in page
    assert "<script" not in page
    [share] = re.findall(r'name="share" value="([^"]+)"', page)

    for nothing in ("", "x", others):
        client.post(CASE, {"act": "got", "share": nothing})
    with office.as_(office.ana):
        assert not RemedyShare.objects.exclude(got="").exists()
        remedies.pay(remedy_id=remedy.pk, by=office.ana, at=making.AT)
    assert "They say that you have it" in client.get(CASE).content.decode()
    missing = client.post(CASE, {"act": "missing", "share": share}, follow=True).content.decode()
    assert "look into it at once" in missing
    assert "You told us that you do not have it" in missing
    desk = Client()
    sign_in(desk, office.ana)
    assert "did not get what is owed to her" in desk.get(reverse("ui:inbox")).content.decode()
    got = client.post(CASE, {"act": "got", "share": share}, follow=True).content.decode()
    assert "You told us that you have it" in got
    assert 'value="got"' not in got
