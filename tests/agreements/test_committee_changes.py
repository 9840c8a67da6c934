"""What changes under a committee: members who leave or come, petitions that are withdrawn while they are on its agenda."""

import datetime as dt

import pytest

from agreements.enums import Choice, ItemKind, SeatSide
from agreements.models import AgendaItem, Attendance, Interest, Seat
from agreements.operations import arbitration, disputes
from agreements.operations.committee import agenda, minutes, seats, sittings, voting
from agreements.queries import committee as queries
from agreements.tasks import end_clocks_of_breach, end_seats
from programs.operations import participations
from tests import factories
from tests.agreements.seated import AT, BEGINS, DAY, LATER, scene
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership
from wsr.accounts.operations import colleagues, members
from wsr.deadlines.models import Clock
from wsr.errors import DomainError
from wsr.notices.models import Outbox

NEXT_DAY = AT + dt.timedelta(days=1)


@pytest.fixture
def sat(program):
    return scene(program)


def _leave(sat, person, at=NEXT_DAY):
    with sat.inside():
        row = Membership.objects.active().get(person=person)
        members.end_membership(membership_id=row.pk, handover="Nobody.", by=sat.director, at=at)


# ── Members ──────────────────────────────────────────────────────────────────────────────────────


def test_who_leaves_the_program_loses_seat_vote_and_alternate(sat):
    """The quorum is counted without her, and somebody is told that the seat is empty."""
    act = {"by": sat.director, "at": AT, "starts_on": DAY}
    sat.rule("committee.quorum", "50", "percent")
    with sat.inside():
        alternate = seats.appoint(
            side=SeatSide.WORKERS, name="Cora", alternate_for=sat.seats["ana"], ends_on=None, **act
        )
    sitting = sat.called()
    with sat.inside():
        item = sat.add(sitting)
    with sat.inside("ana"):
        voting.vote(item_id=item.pk, choice=Choice.AGAINST, by=sat.people["ana"], at=AT)

    _leave(sat, sat.people["ana"])

    with sat.inside():
        ends = dict(Seat.objects.exclude(ends_on=None).values_list("name", "ends_on"))
        assert ends == {"Ana": NEXT_DAY.date(), "Cora": NEXT_DAY.date()}
        assert Outbox.objects.filter(kind="committee_seat_empty").count() == 1
        called = {row.seat_id for row in Attendance.objects.filter(sitting=sitting)}
        assert not called & {sat.seats["ana"].pk, alternate.pk}
        held = sittings.hold(sitting_id=sitting.pk, present=called, by=sat.director, at=LATER)
        assert held.quorum["sides"]["workers"] == [1, 1]
        sat.votes(item, bea=Choice.FOR)
        made = voting.decide(item_id=item.pk, text="Yes.", effective_on=DAY, by=sat.director, at=LATER)
        assert (made.is_adopted, made.votes) == (True, {"workers": {"for": 1}})
        assert seats.end_of_those_who_left(at=LATER) == 0


def test_who_leaves_her_organization_loses_the_seat_without_the_program(sat):
    """Her own organization ends it in its portal, which may not touch the committee; beat does."""
    colleague = factories.member(sat.program, "brand_signatory", organization=sat.brands[0].organization)
    with sat.portal(0):
        row = Membership.objects.get(person=sat.brands[0].officer, ended_at=None)
        colleagues.end_colleague(membership_id=row.pk, by=colleague, at=NEXT_DAY)
    with sat.inside():
        assert queries.seat_of(sat.brands[0].officer.pk, on=DAY) is not None
    end_seats(program_id=str(sat.program.pk))
    with sat.inside():
        assert [seat.name for seat in Seat.objects.exclude(ends_on=None)] == ["Officer north"]


@pytest.mark.parametrize(("role", "sits"), [(Role.DIRECTOR, True), (Role.OBSERVER, False)])
def test_another_role_takes_the_seat_only_where_it_may_not_sit(sat, role, sits):
    with sat.inside():
        row = Membership.objects.active().get(person=sat.people["bea"])
        members.change_role(membership_id=row.pk, role=role, by=sat.director, at=NEXT_DAY)
        assert (queries.seat_of(sat.people["bea"].pk, on=BEGINS.date()) is not None) is sits


def test_a_brand_that_leaves_sits_no_longer(sat):
    with sat.inside():
        gone = {"ended_on": DAY, "reason": "It buys elsewhere.", "by": sat.director, "at": AT}
        participations.end(participation_id=sat.brands[1].brand.pk, **gone)
        assert seats.end_of_those_who_left(at=AT) == 1
        assert sat.brands[1].brand.pk not in {
            seat.participation_id for seat in Seat.objects.on(BEGINS.date())
        }


def test_a_successor_is_called_to_the_meeting_that_waits(sat):
    """She is told, reads it from her portal, and has the interest of whom she sits for."""
    sitting = sat.called()
    other = factories.member(sat.program, "brand_officer", organization=sat.brands[0].organization)
    with sat.inside():
        seats.set_term(seat_id=sat.seats["north"].pk, ends_on=DAY, by=sat.director, at=AT)
        new = seats.appoint(
            side=SeatSide.BRANDS,
            name="Officer new",
            participation=sat.brands[0].brand,
            person=other,
            starts_on=DAY,
            by=sat.director,
            at=AT,
        )
        called = {row.seat_id for row in Attendance.objects.filter(sitting=sitting)}
        assert (new.pk in called, sat.seats["north"].pk in called) == (True, False)
        told = Outbox.objects.filter(kind="committee_called").latest("pk")
        assert told.to["people"] == [str(other.pk)]
        assert Interest.objects.filter(seat=new, item__kind=ItemKind.PETITION).exists()
        seats.set_term(seat_id=sat.seats["north"].pk, ends_on=None, by=sat.director, at=AT)
        assert Attendance.objects.filter(sitting=sitting, seat=sat.seats["north"]).exists()


def test_minutes_do_not_wait_for_who_left_nor_approve_themselves(sat):
    found = sat.circulated("bea", "south")
    with sat.inside():
        assert minutes.settle(minutes_id=found.pk, at=LATER).state == "circulated"
    with sat.inside("ana"):
        minutes.answer(minutes_id=found.pk, by=sat.people["ana"], at=LATER)
    _leave(sat, sat.brands[0].officer, at=LATER)
    with sat.inside():
        assert minutes.settle(minutes_id=found.pk, at=LATER).state == "circulated"  # her day is not over
        later = LATER + dt.timedelta(days=1)
        assert minutes.settle(minutes_id=found.pk, at=later).state == "approved"


def test_where_nobody_with_a_vote_was_there_minutes_wait_for_a_meeting(sat):
    found = sat.circulated("ana", "bea", "north", "south")
    with sat.inside():
        minutes.enter_answer(minutes_id=found.pk, seat_id=sat.seats["witness"].pk, by=sat.director, at=LATER)
        assert minutes.settle(minutes_id=found.pk, at=LATER).state == "circulated"


# ── Petitions ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def own(sat):
    """A petition that the first brand filed, on the agenda of a meeting whose members are called."""
    with sat.inside():
        disputes.withdraw_petition(
            dispute_id=sat.petition.pk, reason="It asks itself.", by=sat.director, at=AT
        )
    officer = sat.brands[0].officer
    with sat.portal(0):
        sat.petition = disputes.file_petition(
            breach_id=sat.breach.pk, petition="We did not buy.", by=officer, at=AT
        )
    sat.sitting = sat.called()
    return sat


def _item(sat):
    with sat.inside():
        return AgendaItem.objects.get(sitting=sat.sitting, kind=ItemKind.PETITION)


def test_a_petition_that_its_party_withdraws_leaves_the_agenda(own):
    """Nobody votes on it any more; the members are told, without the one it concerns, and so are those who decide."""
    item, officer = _item(own), own.brands[0].officer
    with own.portal(0):
        disputes.withdraw_petition(dispute_id=own.petition.pk, reason="We pay.", by=officer, at=AT)
        with pytest.raises(DomainError, match="“Withdrawn” already"):
            disputes.withdraw_petition(dispute_id=own.petition.pk, reason="Again.", by=officer, at=AT)
    with own.portal(1), pytest.raises(DomainError, match="not voted on any more"):
        voting.vote(item_id=item.pk, choice=Choice.FOR, by=own.brands[1].officer, at=AT)
    with own.inside():
        assert list(queries.left_the_agenda()) == [own.breach.pk]  # what beat finds where the message is lost
    for _again in range(2):
        end_clocks_of_breach(program_id=str(own.program.pk), breach_id=str(own.breach.pk))
    with own.inside():
        item.refresh_from_db()
        assert item.state == "gone"
        assert not list(queries.left_the_agenda())
        assert not Clock.objects.open().of(own.petition).exists()
        told = set(Outbox.objects.get(kind="committee_item_gone").to["people"])
        assert told == {str(person.pk) for person in (*own.people.values(), own.brands[1].officer)}
        last = Outbox.objects.filter(kind="dispute_withdrawn").latest("pk")
        assert last.to["permission"] == "dispute.decide"
        present = [own.seats["ana"].pk]
        sittings.hold(sitting_id=own.sitting.pk, present=present, by=own.director, at=LATER)
        with pytest.raises(DomainError, match="“Not before the committee any more” already"):
            voting.note(item_id=item.pk, discussion="", by=own.director, at=LATER)


def test_a_petition_is_not_withdrawn_once_it_is_decided(own):
    item = _item(own)
    with own.inside():
        present = [seat.pk for seat in own.seats.values()]
        sittings.hold(sitting_id=own.sitting.pk, present=present, by=own.director, at=LATER)
        own.votes(item, ana=Choice.FOR, south=Choice.FOR)
        voting.decide(item_id=item.pk, text="It bought.", effective_on=DAY, by=own.director, at=LATER)
    with own.portal(0), pytest.raises(DomainError, match="“Decided” already"):
        disputes.withdraw_petition(
            dispute_id=own.petition.pk, reason="Too late.", by=own.brands[0].officer, at=LATER
        )


def test_a_petition_in_arbitration_leaves_the_agenda(own):
    item = _item(own)
    with own.inside():
        own.petition.refresh_from_db()
        disputes.mark_undecided(clock=Clock(subject_id=own.petition.pk), at=LATER)
    with own.portal(0):
        arbitration.appeal(
            dispute_id=own.petition.pk, grounds="Nobody decided.", by=own.brands[0].officer, at=LATER
        )
    end_clocks_of_breach(program_id=str(own.program.pk), breach_id=str(own.breach.pk))
    with own.inside():
        item.refresh_from_db()
        assert item.state == "gone"
        agenda.collect(sitting_id=own.sitting.pk, by=own.director, at=LATER)
