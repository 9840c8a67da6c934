"""A complaint leads to a visit: the inspectors are asked, nothing of the complaint goes along, and what came of it stands where the handler looks."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.enums import InspectionKind, TeamRole
from audits.models import Bar, VisitRequest
from audits.operations import planning, requests, teams
from audits.operations import visits as audits_visits
from complaints.operations import parts, respondents, visits
from complaints.operations.states import NotInvolved
from tests import factories
from tests.audits import making as audits_making
from tests.complaints.inquiring import Office
from tests.complaints.making import AT
from tests.programs.building import say
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope

pytestmark = pytest.mark.django_db
WORDS = "Payroll of the picking crews since spring."


@pytest.fixture
def office():
    """A complaint that Ana handles, two inspectors, and an auditor."""
    made = Office()
    made.planner, made.other = (factories.member(made.program, "inspector_in_charge") for _ in range(2))
    made.auditor = factories.member(made.program, "auditor")
    return made


def ask(office, *, words=WORDS, by=None, at=None, **said):
    by = by or office.ana
    with office.as_(by):
        return visits.ask(
            complaint_id=office.complaint.pk,
            words=words,
            wanted_by=said.get("wanted_by"),
            by=by,
            at=at or timezone.now(),
        )


def page(office, client, person, name, *ids, data=None):
    factories.sign_in(client, person)
    address = reverse(name, args=[office.program.slug, *ids])
    return client.get(address) if data is None else client.post(address, data)


def test_the_inspectors_find_it_take_it_and_plan(office, client):
    page(office, client, office.ana, "complaints:ask_visit", office.complaint.pk, data={"words": WORDS})
    with office.as_(office.planner):
        asked = VisitRequest.objects.get()
        assert set(Outbox.objects.filter(kind="visit_asked").values_list("secret_of", flat=True)) == {
            asked.pk
        }

    inbox = client.get(reverse("ui:inbox")).text
    assert "Visit asked for" not in inbox  # Ana plans no visits
    factories.sign_in(client, office.planner)
    assert f"Visit asked for: {office.workplace.name}" in client.get(reverse("ui:inbox")).text
    shown = page(office, client, office.planner, "audits:visit_request", asked.pk).text
    assert WORDS in shown
    assert office.complaint.number not in shown
    assert page(office, client, office.planner, "audits:take_request", asked.pk, data={}).status_code == 302
    again = page(office, client, office.other, "audits:take_request", asked.pk, data={})
    assert again.status_code == 302
    with office.as_(office.planner):
        assert (VisitRequest.objects.get().state, VisitRequest.objects.get().answered_by) == (
            "taken",
            office.planner,
        )
    factories.sign_in(client, office.other)
    assert "Visit asked for" not in client.get(reverse("ui:inbox")).text
    assert "Plan an inspection" in page(office, client, office.planner, "audits:visit_request", asked.pk).text
    factories.sign_in(client, office.planner)
    assert "no visit is planned yet" in client.get(reverse("ui:inbox")).text


def test_asked_twice_it_is_one_and_who_was_not_asked_knows_nothing(office, client):
    first, second = ask(office), ask(office)
    assert first.pk == second.pk
    with pytest.raises(requests.CannotAskForVisit, match="nobody has answered yet"):
        ask(office, words="And the wells.")
    for person in (office.eve, factories.member(office.program, "inspector_in_charge")):
        assert page(office, client, person, "audits:visit_request", first.pk).status_code == 404
    with office.as_(office.eve):
        assert not VisitRequest.objects.exists()
        assert not Event.objects.filter(event="visit.asked").exists()


def test_who_must_not_know_of_the_complaint_is_neither_asked_nor_given_the_visit(office):
    tied = factories.member(
        office.program, "inspector_in_charge", person=factories.person(name="Karim Rahman")
    )
    of_employer = factories.member(office.program, "inspector_in_charge")
    employer = factories.supplier(office.program)
    say(office.program, respondents.RULE, True)
    with office.as_(office.ana):
        parts.wall_off(
            person_id=of_employer.pk, supplier_id=employer.pk, reason="A brother.", by=office.ana, at=AT
        )
        parts.wall_off(**office.of, person_id=office.other.pk, reason="A friend.", by=office.ana)
        respondents.add(**office.of, name="Karim Rahman", employer_id=employer.pk, by=office.ana)
    asked = ask(office)
    for person in (tied, office.other, of_employer):
        with office.as_(person):
            assert not VisitRequest.objects.exists()
            assert not Event.objects.filter(event="visit.asked").exists()
    with office.as_(office.planner):
        told = Outbox.objects.get(kind="visit_asked").to["people"]
        assert set(told) == {str(office.planner.pk), str(office.director.pk)}
        requests.take(request_id=asked.pk, by=office.planner, at=timezone.now())
        for person in (tied, office.other, of_employer):
            with pytest.raises(requests.CannotAnswerRequest, match="no tie"):
                requests.hand_on(
                    request_id=asked.pk, person_id=person.pk, by=office.planner, at=timezone.now()
                )
        requests.decline(request_id=asked.pk, reason="Closed.", by=office.planner, at=timezone.now())
    with office.as_(office.ana):
        for person in (office.planner, office.director):
            kept = {"person_id": person.pk, "supplier_id": office.workplace.supplier_id}
            parts.wall_off(**kept, reason="Kin.", by=office.ana, at=AT)
    with pytest.raises(requests.CannotAskForVisit, match="Nobody plans"):
        ask(office)


def test_a_wall_or_a_tie_takes_a_request_away_and_another_takes_it_on(office):
    asked = ask(office)
    with office.as_(office.planner):
        requests.take(request_id=asked.pk, by=office.planner, at=timezone.now())
    with office.as_(office.ana):
        parts.wall_off(**office.of, person_id=office.planner.pk, reason="A friend.", by=office.ana)
    with office.as_(office.director):
        Bar.objects.create(
            person=office.director, supplier_id=office.workplace.supplier_id, tie="family", begun_at=AT
        )
    for person in (office.planner, office.director):
        with office.as_(person):
            assert not VisitRequest.objects.exists()
            assert not Event.objects.filter(event__startswith="visit.").exists()
    with office.as_(office.other):
        requests.take(request_id=asked.pk, by=office.other, at=timezone.now())
        assert VisitRequest.objects.get().answered_by == office.other


def test_the_one_who_asked_reads_why_there_is_none(office, client):
    asked = ask(office)
    refused = page(office, client, office.planner, "audits:decline_request", asked.pk, data={"reason": " "})
    assert refused.status_code == 422
    page(
        office,
        client,
        office.planner,
        "audits:decline_request",
        asked.pk,
        data={"reason": "The farm is closed."},
    )
    assert "Declined" in page(office, client, office.ana, "complaints:complaint", office.complaint.pk).text
    assert "The farm is closed." in page(office, client, office.ana, "audits:visit_request", asked.pk).text
    with office.as_(office.other), pytest.raises(requests.CannotAnswerRequest, match="already"):
        requests.take(request_id=asked.pk, by=office.other, at=timezone.now())


def test_refusals(office):
    number = office.complaint.number
    with pytest.raises(visits.CannotAskForVisit, match="may point to her"):
        ask(office, words=f"See complaint {number}.")
    with pytest.raises(requests.CannotAskForVisit, match="look at"):
        ask(office, words=" ")
    with pytest.raises(requests.CannotAskForVisit, match="over"):
        ask(office, wanted_by=timezone.now().date() - dt.timedelta(days=3))
    with pytest.raises(NotInvolved):
        ask(office, by=office.eve)
    with office.as_(office.planner):
        assert not VisitRequest.objects.exists()


def test_a_visit_shows_at_the_complaint_when_it_is_over_and_asks_for_the_watch(office, client):
    at = timezone.now()
    ask(office, at=at)
    audits_making.code(office.program)
    with office.as_(office.planner):
        visit = planning.plan(
            workplace_id=office.workplace.pk,
            kind=InspectionKind.FOLLOW_UP,
            starts_on=at.date(),
            ends_on=at.date(),
            is_announced=False,
            team=[(office.auditor.pk, TeamRole.LEAD)],
            by=office.planner,
            at=at,
        )
    act = {"inspection_id": visit.pk, "by": office.auditor, "at": at}
    watch = reverse("complaints:seen", args=[office.program.slug, office.complaint.pk])
    with program_scope(office.program.pk, Audience.AUDITOR, person_id=office.auditor.pk):
        teams.accept(ties=[], statement="", **act)
        audits_visits.arrive(workers_present=10, **act)
    shown = page(office, client, office.ana, "complaints:complaint", office.complaint.pk).text
    assert ("Inspection 1" in shown, f"{watch}?act=visit" in shown) == (False, False)

    with program_scope(office.program.pk, Audience.AUDITOR, person_id=office.auditor.pk):
        audits_visits.leave(**act)

    shown = page(office, client, office.ana, "complaints:complaint", office.complaint.pk).text
    assert ("Inspection 1" in shown, f"{watch}?act=visit" in shown) == (True, True)
    assert "Begin the watch" in client.get(reverse("ui:inbox")).text
    page(office, client, office.ana, "complaints:seen", office.complaint.pk, data={"act": "visit"})
    assert "Begin the watch" not in client.get(reverse("ui:inbox")).text
