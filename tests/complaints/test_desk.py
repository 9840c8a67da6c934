"""The desk: who takes a complaint reads it, decides on it, answers; everybody else sees that there is one, and the walled off not even that."""

from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from complaints.enums import ComplaintState, Part
from complaints.models import Assignment, Complainant, Complaint, Message, Referral, WorkerKey
from complaints.operations import answering, parts, reading, thread, triage
from complaints.operations.states import CLOSED, CannotMove, NotInvolved
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.factories import sign_in
from wsr.accounts.grants import Permission
from wsr.accounts.models import Membership
from wsr.accounts.operations import members
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import Clock
from wsr.errors import DomainError, Stale
from wsr.history.models import Event
from wsr.history.operations import record
from wsr.history.queries import page_of
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope

pytestmark = pytest.mark.django_db
TEXT = "The foreman locks the exit at night."


@pytest.fixture
def office():
    """A program with a director and two handlers, a workplace, and a new complaint."""
    office = type("Office", (), {})()
    office.program = program = factories.program()
    office.director = factories.member(program, "director")
    office.ana, office.ben = (factories.member(program, "case_handler") for _ in range(2))
    office.workplace = factories.workplace(program, name="Padma Mill")
    office.complaint = making.complaint(program, text=TEXT)
    office.of = {"complaint_id": office.complaint.pk, "at": AT}
    return office


def scope(office, person):
    return program_scope(office.program.pk, person_id=person.pk)


def url(office, name="complaint", *more):
    return reverse(f"complaints:{name}", args=[office.program.slug, office.complaint.pk, *more])


def events(office):
    with scope(office, office.director):
        return list(
            Event.objects.filter(event__startswith="complaint.")
            .order_by("pk")
            .values_list("event", flat=True)
        )


def test_from_the_list_to_the_answer(office, client):
    sign_in(client, office.ana)
    listed = client.get(reverse("complaints:complaints", args=[office.program.slug])).content.decode()
    shut = client.get(url(office)).content.decode()
    assert "Received, to be triaged" in listed
    assert "Take it and read" in shut
    assert TEXT not in listed + shut

    assert client.post(url(office, "take")).status_code == 302
    opened = client.get(url(office)).content.decode()
    assert TEXT in opened
    assert client.post(url(office, "accept"), {"is_urgent": "on"}).status_code == 422
    found = client.get(url(office, "accept") + "?q=Padma").content.decode()
    assert "Padma Mill" in found
    accepted = client.post(url(office, "accept"), {"workplace_id": office.workplace.pk, "is_urgent": "on"})
    assert accepted.status_code == 302
    assert client.post(url(office, "answer"), {"text": ""}).status_code == 422
    client.post(url(office, "answer"), {"text": "We are on our way."})
    client.post(url(office, "note"), {"text": "Ask the guard."})

    page = client.get(url(office)).content.decode()
    assert "We are on our way." in page
    assert "Ask the guard." in page
    assert "Padma Mill" in page
    with scope(office, office.ana):
        row = Complaint.objects.get()
        assert (row.state, row.handler, row.supplier_id) == (
            ComplaintState.ACCEPTED,
            office.ana,
            office.workplace.supplier_id,
        )
    assert events(office) == [
        "complaint.taken",
        "complaint.read",
        "complaint.accepted",
        "complaint.to_worker",
        "complaint.note",
    ]
    sign_in(client, office.director)
    assert "We are on our way." not in client.get(url(office)).content.decode()


def test_who_has_no_part_does_nothing(office):
    with scope(office, office.ben):
        for act in (
            lambda: answering.answer(**office.of, text="Hello", by=office.ben),
            lambda: reading.read(**office.of, by=office.ben),
            lambda: triage.not_covered(**office.of, by=office.ben),
            lambda: triage.refer(**office.of, partner="Labor office", words="", by=office.ben),
        ):
            with pytest.raises(NotInvolved):
                act()


def test_two_cannot_take_it_and_a_hand_over_is_accepted_or_comes_back(office):
    with scope(office, office.ana):
        first = parts.take(**office.of, by=office.ana)
        assert parts.take(**office.of, by=office.ana) == first
    with scope(office, office.ben), pytest.raises(parts.CannotTake):
        parts.take(**office.of, by=office.ben)
    with scope(office, office.ana):
        asked = parts.ask(**office.of, person_id=office.ben.pk, part=Part.HANDLER, by=office.ana)
        with pytest.raises(parts.CannotTake):
            parts.ask(**office.of, person_id=office.ben.pk, part=Part.HANDLER, by=office.ana)
        with pytest.raises(parts.CannotAnswer):
            parts.end(assignment_id=first.pk, by=office.ana, at=AT)
    with scope(office, office.ben):
        parts.decline(assignment_id=asked.pk, reason="On leave.", by=office.ben, at=AT)
        with pytest.raises(parts.CannotAnswer):
            parts.accept(assignment_id=asked.pk, by=office.ben, at=AT)
    with scope(office, office.ana):
        assert Complaint.objects.get().handler == office.ana
        again = parts.ask(**office.of, person_id=office.ben.pk, part=Part.HANDLER, by=office.ana)
    with scope(office, office.ben):
        parts.accept(assignment_id=again.pk, by=office.ben, at=AT)
        assert Complaint.objects.get().handler == office.ben
        assert Message.objects.count() == 1
    with scope(office, office.ana):
        assert not Message.objects.exists()


def test_only_handlers_are_asked(office):
    educator = factories.member(office.program, "educator")
    with scope(office, office.ana):
        parts.take(**office.of, by=office.ana)
        with pytest.raises(parts.CannotTake):
            parts.ask(**office.of, person_id=educator.pk, part=Part.REVIEWER, by=office.ana)


def test_a_wall_ends_her_parts_and_asks_for_another_handler(office, client):
    with scope(office, office.ana):
        parts.take(**office.of, by=office.ana)
        with pytest.raises(DomainError):
            parts.wall_off(**office.of, person_id=office.ana.pk, reason="Mine.", by=office.ana)
    sign_in(client, office.director)
    walls = reverse("complaints:walls", args=[office.program.slug])
    said = {
        "person_id": office.ana.pk,
        "number": office.complaint.number,
        "reason": "Her brother works there.",
    }
    assert client.post(walls, {**said, "number": ""}).status_code == 422
    assert client.post(walls, {**said, "number": "1"}).status_code == 422
    assert client.post(walls, said).status_code == 302
    assert "Her brother works there." in client.get(walls).content.decode()

    sign_in(client, office.ana)
    assert client.get(url(office)).status_code == 404
    assert client.post(url(office, "take")).status_code == 404
    with scope(office, office.ben):
        assert Outbox.objects.filter(kind="complaint_unhandled").count() == 1
        parts.take(**office.of, by=office.ben)
        assert Complaint.objects.get().handler == office.ben


def test_whoever_leaves_the_program_leaves_her_parts_also_where_nobody_may_know(office, client):
    with scope(office, office.ana):
        parts.take(**office.of, by=office.ana)
    with scope(office, office.ben):
        parts.wall_off(
            **office.of, person_id=office.director.pk, reason="Her cousin works there.", by=office.ben
        )
    with scope(office, office.director):
        membership = Membership.objects.get(person=office.ana).pk
    with scope(office, office.director):
        assert not Complaint.objects.exists()
        members.end_membership(membership_id=membership, handover="", by=office.director, at=AT)

    sign_in(client, office.ben)
    assert "Nobody" in client.get(url(office)).content.decode()
    assert client.post(url(office, "take")).status_code == 302
    assert TEXT in client.get(url(office)).content.decode()
    with scope(office, office.ben):
        assert Outbox.objects.filter(kind="complaints_unhandled").count() == 1
        assert Complaint.objects.get().handler == office.ben
    with scope(office, office.ana):
        assert not Message.objects.exists()


def test_my_work_of_today_shows_who_waits(office, client):
    def today(person):
        sign_in(client, person)
        return client.get(reverse("ui:inbox")).content.decode()

    assert "Nobody has it yet" in today(office.ana)
    with scope(office, office.ana):
        parts.take(**office.of, by=office.ana)
        parts.ask(**office.of, person_id=office.ben.pk, part=Part.REVIEWER, by=office.ana)
    assert "nobody has read it" in today(office.ana)
    client.get(url(office))
    assert "has set no time limit" in today(office.ana)
    assert "asks you to take a part" in today(office.ben)
    making.complaint(office.program, is_urgent=True)
    making.complaint(office.program, state="set_aside")
    page = today(office.ben)
    assert "Somebody is in danger, and nobody has it" in page
    assert "1 complaint set aside" in page


def test_outside_the_scope_it_is_referred_recorded_and_off_the_clock(office, client):
    """A wage complaint under a program for safety alone. Source: `domain.md` 5.6 (A34)."""
    with scope(office, office.ana):
        parts.take(**office.of, by=office.ana)
    sign_in(client, office.ana)
    assert client.post(url(office, "refer"), {"partner": "", "words": ""}).status_code == 422
    client.post(url(office, "refer"), {"partner": "Labor union", "words": "Wages of March."})

    assert "Wages of March." in client.get(url(office)).content.decode()
    with scope(office, office.ana):
        row = Complaint.objects.get()
        assert (row.state, row.scope) == (ComplaintState.REFERRED, "outside")
        assert Referral.objects.get().partner == "Labor union"
        assert not Clock.objects.of(row).filter(state="running").exists()
        triage.accept(
            **office.of,
            severity_id=None,
            workplace_id=office.workplace.pk,
            is_urgent=False,
            by=office.ana,
        )
        with pytest.raises(CannotMove):
            triage.bring_back(**office.of, by=office.ana)
        with pytest.raises(Stale):
            triage.not_covered(**office.of, by=office.ana, if_version=1)


def test_set_aside_brought_back_and_no_complaint(office):
    with scope(office, office.ana):
        parts.take(**office.of, by=office.ana)
        assert triage.set_aside(**office.of, by=office.ana).state == ComplaintState.SET_ASIDE
        assert triage.bring_back(**office.of, by=office.ana).state == ComplaintState.RECEIVED
        with pytest.raises(triage.CannotDecide):
            triage.no_complaint(**office.of, reason="", by=office.ana)
        done = triage.no_complaint(**office.of, reason="An advertisement.", by=office.ana)
        assert (done.state, Assignment.objects.count()) == (ComplaintState.ABUSE, 1)


def test_who_is_walled_off_from_the_supplier_leaves_as_soon_as_it_is_known(office):
    with scope(office, office.director):
        parts.wall_off(
            person_id=office.ana.pk,
            supplier_id=office.workplace.supplier_id,
            reason="Her brother works there.",
            by=office.director,
            at=AT,
        )
    with scope(office, office.ana):
        parts.take(**office.of, by=office.ana)
        triage.accept(
            **office.of, severity_id=None, workplace_id=office.workplace.pk, is_urgent=False, by=office.ana
        )
        assert not Complaint.objects.exists()
        assert not Message.objects.exists()

    with scope(office, office.ben):
        assert Outbox.objects.filter(kind="complaint_unhandled").count() == 1
        parts.take(**office.of, by=office.ben)
        assert Message.objects.count() == 1


def test_a_worker_is_heard_after_her_handler_has_left(office):
    with scope(office, office.ana):
        parts.take(**office.of, by=office.ana)
    with scope(office, office.director):
        membership = Membership.objects.get(person=office.ana)
        members.end_membership(membership_id=membership.pk, handover="Ben", by=office.director, at=AT)
    with worker_scope(office.program.pk, office.complaint.pk):
        who = Complainant.objects.get()
        key = WorkerKey.objects.create(complaint=office.complaint, complainant=who, hash="", made_at=AT)
        thread.say(key=WorkerKey.objects.select_related("complaint").get(pk=key.pk), text="Help.", at=AT)

    with scope(office, office.ben):
        [told] = Outbox.objects.filter(kind="complaint_from_worker")
        assert str(office.ana.pk) not in str(told.to)


def test_limits_and_history_do_not_tell_of_what_she_is_walled_off_from(office):
    with scope(office, office.ben):
        parts.take(**office.of, by=office.ben)
        clock = clocks.start(
            kind=CLOSED,
            subject=office.complaint,
            started_at=AT,
            at=AT,
            length=Length(30, Unit.DAYS, Basis.TARGET),
        )
    other = factories.member(office.program, "director")
    with scope(office, office.director):
        wall = parts.wall_off(
            person_id=other.pk, complaint_id=office.complaint.pk, reason="Tied.", by=office.director, at=AT
        )

        told = ("programs.participation", office.complaint.supplier_id or other.pk)
        record("standing.changed", told, by=None, at=AT, after={"complaint": office.complaint.pk})

    for person, sees in ((office.director, True), (other, False)):
        with scope(office, person):
            for may, number in ((True, office.complaint.number if sees else ""), (False, "")):
                permissions = {Permission.COMPLAINT_READ} if may else ()
                lines = page_of(zone=ZoneInfo("UTC"), permissions=permissions).entries
                [told_of] = [
                    one.after for line in lines if line.subject_id == told[1] for one in line.changes
                ]
                assert told_of == number
                assert {line.subject for line in lines if line.subject_id == office.complaint.pk} <= {number}
            assert Clock.objects.filter(pk=clock.pk).exists() == sees
            found = {one.subject_id for one in page_of(zone=ZoneInfo("UTC")).entries}
            assert ({office.complaint.pk, wall.pk} <= found) == sees
            assert bool({office.complaint.pk, wall.pk} & found) == sees
