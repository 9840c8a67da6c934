"""The committee: seats, meetings made from the records, votes, decisions, minutes; who reads what; two at once."""

import datetime as dt

import pytest
from django.db import ProgrammingError

from agreements.enums import Choice, ItemKind, SeatSide
from agreements.models import (
    AgendaItem,
    Attendance,
    Interest,
    Minutes,
    Obligation,
    Resolution,
    Seat,
    Sitting,
    Vote,
)
from agreements.operations import disputes, obligations
from agreements.operations.committee import agenda, minutes, seats, sittings, voting
from agreements.queries import committee as queries
from agreements.tasks import settle_minutes
from tests import factories
from tests.agreements.obliged import DISPUTES, bound
from tests.agreements.seated import AT, BEGINS, DAY, LATER, scene
from tests.agreements.test_obligations import at_once
from wsr.accounts.models import Membership
from wsr.deadlines.models import Clock
from wsr.errors import DomainError
from wsr.notices.models import Outbox


@pytest.fixture
def sat(program):
    return scene(program)


def _item(sitting, kind):
    return AgendaItem.objects.get(sitting=sitting, kind=kind)


# ── Seats ────────────────────────────────────────────────────────────────────────────────────────


def test_seats_say_which_side_and_who_is_missing(sat):
    sat.rule("committee.brand_seats", 3, "count")
    with sat.inside():
        benches = {bench.side: bench for bench in queries.benches(on=DAY)}
        assert [seat.name for seat in benches[SeatSide.WORKERS].seats] == ["Ana", "Bea"]
        assert (len(benches[SeatSide.BRANDS].seats), benches[SeatSide.BRANDS].missing) == (2, 1)
        assert not sat.seats["witness"].has_vote
        seats.set_term(seat_id=sat.seats["bea"].pk, ends_on=DAY, by=sat.director, at=AT)
        later = queries.benches(on=DAY + dt.timedelta(days=1))
        assert [seat.name for seat in later[0].seats] == ["Ana"]


def test_a_seat_is_refused_where_side_account_or_term_do_not_fit(sat):
    act = {"by": sat.director, "at": AT, "starts_on": DAY}
    outsider = factories.member(sat.program, "finance")
    with sat.inside():
        brand = sat.brands[0]
        for said, words in (
            ({"side": SeatSide.BRANDS, "name": "X"}, "for which participant"),
            (
                {"side": SeatSide.WORKERS, "name": "X", "participation": brand.brand},
                "Only members of the brands",
            ),
            ({"side": SeatSide.WORKERS, "name": "X", "person": sat.brands[0].officer}, "another side"),
            (
                {
                    "side": SeatSide.BRANDS,
                    "name": "X",
                    "participation": sat.brands[1].brand,
                    "person": brand.officer,
                },
                "another side",
            ),
            ({"side": SeatSide.WORKERS, "name": "X", "person": outsider}, "role in the program"),
            ({"side": SeatSide.WORKERS, "name": "X", "person": sat.people["ana"]}, "seat in that time"),
            ({"side": SeatSide.WORKERS, "name": "X", "ends_on": DAY - dt.timedelta(days=1)}, "ends after"),
            (
                {
                    "side": SeatSide.BRANDS,
                    "name": "X",
                    "participation": brand.brand,
                    "alternate_for": sat.seats["ana"],
                },
                "same side",
            ),
        ):
            with pytest.raises(DomainError, match=words):
                seats.appoint(**said, **act)


# ── The agenda ───────────────────────────────────────────────────────────────────────────────────


def test_the_agenda_comes_from_the_records_and_follows_them(sat):
    with sat.inside():
        sitting = sittings.plan(starts_at=BEGINS, place="Office", by=sat.director, at=AT)
        petition = _item(sitting, ItemKind.PETITION)
        assert petition.dispute == sat.petition
        assert petition.due_at.date() == dt.date(2026, 3, 23)
        assert "Find the breach." in petition.text
        assert _item(sitting, ItemKind.FIGURES).rows[0] == ["Suppliers that take part", "0"]
        disputes.withdraw_petition(dispute_id=sat.petition.pk, reason="Talks.", by=sat.director, at=AT)
        agenda.collect(sitting_id=sitting.pk, by=sat.director, at=AT)
        assert not sitting.items.filter(kind=ItemKind.PETITION).exists()
        assert _item(sitting, ItemKind.BREACH).participation == sat.brands[0].brand
        numbers = [item.position for item in sitting.items.all()]
        assert (petition.position in numbers, max(numbers)) == (False, len(numbers) + 1)
        sittings.call(sitting_id=sitting.pk, by=sat.director, at=AT)
        with pytest.raises(DomainError, match="have the agenda"):
            agenda.remove(item_id=_item(sitting, ItemKind.BREACH).pk, by=sat.director, at=AT)


def test_a_call_needs_members_and_tells_them(sat):
    sitting = sat.called()
    with sat.inside():
        told = Outbox.objects.filter(kind="committee_called").get()
        assert set(told.to["people"]) == {
            str(person.pk) for person in (*sat.people.values(), *(brand.officer for brand in sat.brands))
        }
        assert Attendance.objects.count() == len(sat.seats)
        with pytest.raises(DomainError, match="“Called” by now"):
            sittings.call(sitting_id=sitting.pk, by=sat.director, at=AT)
        for seat in Seat.objects.all():
            seats.set_term(seat_id=seat.pk, ends_on=DAY, by=sat.director, at=AT)
        other = sittings.plan(starts_at=BEGINS, place="Call", by=sat.director, at=AT)
        with pytest.raises(DomainError, match="Nobody with a vote"):
            sittings.call(sitting_id=other.pk, by=sat.director, at=AT)


# ── Who reads what ───────────────────────────────────────────────────────────────────────────────


def test_a_brand_reads_its_meetings_and_nothing_about_its_own_petition(sat):
    with sat.portal(1):
        assert not Sitting.objects.exists()
    sitting = sat.called()
    with sat.inside():
        petition_id = _item(sitting, ItemKind.PETITION).pk
    with sat.portal(1):
        assert Sitting.objects.get().pk == sitting.pk
        assert AgendaItem.objects.filter(kind=ItemKind.PETITION).exists()
        assert Seat.objects.count() == len(sat.seats)
        assert Attendance.objects.get().seat_id == sat.seats["south"].pk
    with sat.portal(0):
        assert not AgendaItem.objects.filter(kind=ItemKind.PETITION).exists()
        assert AgendaItem.objects.filter(kind=ItemKind.FIGURES).exists()
        with pytest.raises(AgendaItem.DoesNotExist):
            voting.vote(item_id=petition_id, choice=Choice.AGAINST, by=sat.brands[0].officer, at=AT)


def test_who_sits_for_nobody_called_reads_nothing(sat):
    sat.called()
    third = bound(sat.program, DISPUTES, name="Brand West")
    sat.brands.append(third)
    with sat.portal(2):
        assert not Sitting.objects.exists()
        assert not AgendaItem.objects.exists()
        assert not Seat.objects.exists()
        with pytest.raises(ProgrammingError):
            Sitting.objects.create(serial=9, starts_at=BEGINS, place="x", created_at=AT)


def test_a_declared_interest_takes_the_item_away(sat):
    sitting = sat.called()
    with sat.inside():
        item = sat.add(sitting)
    with sat.portal(1):
        voting.vote(item_id=item.pk, choice=Choice.FOR, by=sat.brands[1].officer, at=AT)
        made = agenda.declare_interest(item_id=item.pk, reason="We sell it.", by=sat.brands[1].officer, at=AT)
        assert made.declared_by == sat.brands[1].officer
        assert not AgendaItem.objects.filter(pk=item.pk).exists()
    with sat.inside("ana"):
        agenda.declare_interest(item_id=item.pk, reason="My sister is paid.", by=sat.people["ana"], at=AT)
        assert not AgendaItem.objects.filter(pk=item.pk).exists()
    with sat.inside():
        assert Interest.objects.filter(item=item).count() == 2
        assert queries.tally(item.votes.all()).sides == {}  # what she said before is no vote


def test_a_member_of_the_programs_side_who_acts_for_a_party_has_nothing_of_its_petition(sat):
    """As on the page of the petition: the agenda, the pack, the minutes and the vote in the room leave her out, too."""
    with sat.inside():
        Membership.objects.create(
            person=sat.people["ana"],
            role="brand_signatory",
            organization=sat.brands[0].organization,
            started_at=AT,
        )
    sitting = sat.held()
    with sat.inside():
        petition = _item(sitting, ItemKind.PETITION)
        with pytest.raises(DomainError, match="has an interest"):
            sat.votes(petition, ana="against")
    with sat.inside("ana"):
        assert not AgendaItem.objects.filter(pk=petition.pk).exists()
    with sat.inside("bea"):
        assert AgendaItem.objects.filter(pk=petition.pk).exists()


def test_who_prepares_and_has_an_interest_goes_on_without_the_item(sat):
    with sat.inside():
        seat = seats.appoint(side=SeatSide.WORKERS, name="Dia", person=sat.director, starts_on=DAY, by=sat.director, at=AT)  # fmt: skip
    sat.seats["dia"] = seat
    sitting = sat.called()
    with sat.inside():
        petition = _item(sitting, ItemKind.PETITION)
        agenda.declare_interest(item_id=petition.pk, reason="My sister.", by=sat.director, at=AT)
        before = list(sitting.items.values_list("position", flat=True))
        agenda.collect(sitting_id=sitting.pk, by=sat.director, at=AT)
        assert list(sitting.items.values_list("position", flat=True)) == before
        assert not sitting.items.filter(kind=ItemKind.PETITION).exists()
        last = sitting.items.last()
        agenda.change(item_id=last.pk, title="", text="", position=1, by=sat.director, at=AT)
        assert sitting.items.first() == last
        assert list(sitting.items.values_list("position", flat=True)) == before
    with sat.inside("ana"):
        assert _item(sitting, ItemKind.PETITION).position == petition.position


def test_what_was_decided_on_an_item_of_interest_comes_back_on_no_agenda(sat):
    sitting = sat.called()
    with sat.inside():
        items = [sat.add(sitting, title) for title in ("Budget", "Office")]
    with sat.inside("ana"):
        agenda.declare_interest(item_id=items[0].pk, reason="My sister is paid.", by=sat.people["ana"], at=AT)
    with sat.inside():
        present = {seat.pk for seat in sat.seats.values()}
        sittings.hold(sitting_id=sitting.pk, present=present, by=sat.director, at=LATER)
        for item in items:
            sat.votes(item, bea=Choice.FOR)
            voting.decide(item_id=item.pk, text=f"{item.title}: do it.", effective_on=DAY, actor="Office", by=sat.director, at=LATER)  # fmt: skip
        following = sittings.plan(
            starts_at=BEGINS + dt.timedelta(days=30), place="Office", by=sat.director, at=LATER
        )
        rows = str(_item(following, ItemKind.FOLLOW_UP).rows)
        assert ("Office: do it." in rows, "Budget" in rows) == (True, False)


# ── Votes and decisions ──────────────────────────────────────────────────────────────────────────


def test_a_petition_is_decided_in_the_meeting_by_its_own_votes(sat):
    sitting = sat.called()
    with sat.inside():
        item = _item(sitting, ItemKind.PETITION)
    with sat.portal(1):
        voting.vote(item_id=item.pk, choice=Choice.FOR, by=sat.brands[1].officer, at=AT)
        with pytest.raises(DomainError, match="voted on this item already"):
            voting.vote(item_id=item.pk, choice=Choice.AGAINST, by=sat.brands[1].officer, at=AT)
    with sat.inside("ana"):
        disputes.cast_vote(dispute_id=sat.petition.pk, choice=Choice.FOR, by=sat.people["ana"], at=AT)
    with sat.inside():
        with pytest.raises(DomainError, match="who is there"):
            voting.decide(item_id=item.pk, text="x", effective_on=DAY, by=sat.director, at=AT)
        present = {seat.pk for seat in sat.seats.values()}
        sittings.hold(sitting_id=sitting.pk, present=present, by=sat.director, at=LATER)
        with pytest.raises(DomainError, match="has an interest"):
            sat.votes(item, north=Choice.AGAINST)
        with pytest.raises(DomainError, match="no vote"):
            sat.votes(item, witness=Choice.AGAINST)
        sat.votes(item, bea=Choice.AGAINST)
        made = voting.decide(
            item_id=item.pk,
            text="The purchases are on record.",
            effective_on=DAY,
            participation=sat.brands[0].brand,
            due_on=DAY + dt.timedelta(days=30),
            by=sat.director,
            at=LATER,
        )
        assert made.votes == {"workers": {"for": 1, "against": 1}, "brands": {"for": 1}}
        assert made.actor == "Brand North"
        sat.petition.refresh_from_db()
        assert (sat.petition.state, sat.petition.outcome, sat.petition.votes_for) == ("decided", "upheld", 2)
        asked = Obligation.objects.get(about_id=made.pk)
        clock = Clock.objects.open().of(asked).get()
        assert (clock.kind, clock.responsible_participation_id) == (obligations.DUE, sat.brands[0].brand.pk)
        assert clock.due_at.date() == made.due_on
        assert Outbox.objects.filter(kind="obligation_asked").exists()
    with sat.portal(0):
        assert Resolution.objects.get().pk == made.pk  # it must act, so it is told; the item stays hidden
        assert not AgendaItem.objects.filter(pk=item.pk).exists()
    with sat.inside(), pytest.raises(DomainError, match="Brand North answers this as an obligation"):
        voting.carry_out(resolution_id=made.pk, done_note="Paid back.", by=sat.director, at=LATER)


def test_a_number_is_not_given_twice_also_where_the_one_before_is_hidden(sat):
    with sat.inside():
        sitting = sittings.plan(starts_at=BEGINS, place="Office", by=sat.director, at=AT)
        first = sat.add(sitting)
        Interest.objects.create(item=first, seat=sat.seats["ana"], reason="Her sister.", declared_at=AT)
    with sat.inside("ana"):
        assert not AgendaItem.objects.filter(pk=first.pk).exists()
        second = sat.add(sitting, "Interpreters")
    with sat.inside():
        assert second.position == first.position + 1
        agenda.remove(item_id=second.pk, by=sat.director, at=AT)
        assert sat.add(sitting, "Travel").position == second.position + 1


def _asked(sat, **said):
    """What a decision on an item asks of the first brand, and the decision."""
    sitting = sat.held()
    with sat.inside():
        item = sat.add(sitting)
        sat.votes(item, ana=Choice.FOR, bea=Choice.FOR, north=Choice.FOR)
        made = voting.decide(
            item_id=item.pk,
            text="Train the buyers.",
            effective_on=DAY,
            participation=sat.brands[0].brand,
            by=sat.director,
            at=LATER,
            **said,
        )
        return Obligation.objects.get(about_id=made.pk), made


def test_a_brand_answers_what_a_decision_asks_and_the_program_accepts(sat):
    asked, made = _asked(sat, due_on=DAY + dt.timedelta(days=30))
    act = {"obligation_id": asked.pk, "at": LATER}
    with sat.portal(1):
        assert not Obligation.objects.filter(pk=asked.pk).exists()
    with sat.portal(0):
        obligations.answer(note="All buyers were trained.", by=sat.brands[0].officer, **act)
    with sat.inside():
        obligations.return_answer(
            reason="Send the list of days.", again_within_days=7, by=sat.director, **act
        )
        made.refresh_from_db()
        assert made.is_open
    with sat.portal(0):
        obligations.answer(note="The days are May 3 and 4.", by=sat.brands[0].officer, **act)
    with sat.inside():
        obligations.accept(by=sat.director, **act)
        made.refresh_from_db()
        assert (made.done_at, made.done_note) == (LATER, "The days are May 3 and 4.")
        with pytest.raises(DomainError, match="Nothing is left"):
            voting.carry_out(resolution_id=made.pk, done_note="Again.", by=sat.director, at=LATER)


def test_what_a_decision_asks_can_be_waived_and_needs_no_day(sat):
    asked, made = _asked(sat)
    with sat.inside():
        assert not Clock.objects.of(asked).exists()
        obligations.waive(
            obligation_id=asked.pk, reason="Its buyers left the company.", by=sat.director, at=LATER
        )
        made.refresh_from_db()
        assert (made.is_open, made.done_note) == (False, "Its buyers left the company.")


def test_whoever_has_an_interest_does_not_accept_what_the_decision_asks(sat):
    asked, made = _asked(sat)
    with sat.inside("ana"):
        Interest.objects.create(
            item_id=made.item_id, seat=sat.seats["ana"], reason="Her sister trains.", declared_at=LATER
        )
    with sat.portal(0):
        obligations.answer(obligation_id=asked.pk, note="Trained.", by=sat.brands[0].officer, at=LATER)
    with sat.inside("ana"), pytest.raises(DomainError, match="You have an interest in this decision"):
        obligations.accept(obligation_id=asked.pk, by=sat.people["ana"], at=LATER)
    with sat.inside():
        asked.refresh_from_db()
        assert asked.state == "submitted"


@pytest.mark.parametrize(("each_side", "adopted"), [(None, True), (True, False)])
def test_the_rule_of_each_side_decides(sat, each_side, adopted):
    sat.rule("committee.each_side", each_side, "yes_no")
    sitting = sat.held()
    with sat.inside():
        item = sat.add(sitting)
        sat.votes(item, ana=Choice.FOR, bea=Choice.FOR, north=Choice.AGAINST, south=Choice.ABSTAINED)
        made = voting.decide(item_id=item.pk, text="Adopted.", effective_on=DAY, by=sat.director, at=LATER)
        assert made.is_adopted is adopted


def test_without_quorum_or_votes_nothing_is_decided(sat):
    sat.rule("committee.quorum", "75", "percent")
    sitting = sat.held("bea", "north")
    with sat.inside():
        assert sitting.quorum == {
            "asked": "75",
            "sides": {"workers": [1, 2], "brands": [1, 2]},
            "is_met": False,
        }
        item = sat.add(sitting)
        with pytest.raises(DomainError, match="no quorum"):
            voting.decide(item_id=item.pk, text="x", effective_on=DAY, by=sat.director, at=LATER)
        with pytest.raises(DomainError, match="who are there"):
            sat.votes(item, bea=Choice.FOR)
        voting.note(item_id=item.pk, discussion="Heard.", by=sat.director, at=LATER)
        with pytest.raises(DomainError, match="“Noted” already"):
            voting.adjourn(item_id=item.pk, discussion="", by=sat.director, at=LATER)


def test_an_alternate_votes_only_in_the_place_of_her_member(sat):
    with sat.inside():
        alternate = seats.appoint(
            side=SeatSide.WORKERS,
            name="Cora",
            alternate_for=sat.seats["bea"],
            starts_on=DAY,
            by=sat.director,
            at=AT,
        )
    sat.seats["cora"] = alternate
    sitting = sat.held("bea")
    with sat.inside():
        assert sitting.quorum["sides"]["workers"] == [2, 2]
        item = sat.add(sitting)
        sat.votes(item, ana=Choice.FOR, cora=Choice.FOR)
        assert queries.tally(item.votes.all()).sides == {"workers": {"for": 2}}
        Vote.objects.create(item=item, seat=sat.seats["bea"], choice=Choice.AGAINST, cast_at=LATER)
        assert queries.tally(item.votes.all()).sides == {"workers": {"for": 1, "against": 1}}


def test_only_members_vote_on_petitions_once_there_are_members(sat):
    other = factories.member(sat.program, "committee_member")
    with sat.inside(), pytest.raises(DomainError, match="Only members of the committee"):
        disputes.cast_vote(dispute_id=sat.petition.pk, choice=Choice.FOR, by=other, at=AT)


def test_two_decide_at_once_and_one_is_told_so(transactional_db):
    sat = scene(factories.program())
    sitting = sat.held()
    with sat.inside():
        item = sat.add(sitting)
        sat.votes(item, ana=Choice.FOR)

    def decide():
        with sat.inside():
            voting.decide(item_id=item.pk, text="Adopted.", effective_on=DAY, by=sat.director, at=LATER)

    results = at_once(decide, decide)
    assert sorted(type(result).__name__ for result in results) == ["CannotMove", "NoneType"]
    with sat.inside():
        assert Resolution.objects.count() == 1


def test_a_vote_and_the_decision_at_once_are_told_alike(transactional_db):
    """Whichever comes first: a vote that was taken is counted, and one that came too late is refused."""
    sat = scene(factories.program())
    sitting = sat.held()
    with sat.inside():
        item = sat.add(sitting)
        sat.votes(item, ana=Choice.FOR)

    def vote():
        with sat.portal(1):
            voting.vote(item_id=item.pk, choice=Choice.AGAINST, by=sat.brands[1].officer, at=LATER)

    def decide():
        with sat.inside():
            voting.decide(item_id=item.pk, text="Adopted.", effective_on=DAY, by=sat.director, at=LATER)

    voted, decided = at_once(vote, decide)
    assert decided is None
    assert voted is None or "not voted on any more" in str(voted)
    with sat.inside():
        made = Resolution.objects.get()
        counted = queries.tally(item.votes.all())
        assert made.votes == counted.sides
        assert made.is_adopted is (voted is not None)


# ── Minutes ──────────────────────────────────────────────────────────────────────────────────────


def test_minutes_with_an_open_item_are_sent_to_nobody(sat):
    sat.held()
    with sat.inside(), pytest.raises(DomainError, match="still open"):
        minutes.circulate(minutes_id=Minutes.objects.get().pk, by=sat.director, at=LATER)


def test_minutes_are_approved_in_writing_by_everybody_who_was_there(sat):
    found = sat.circulated("bea")
    with sat.portal(0):
        minutes.answer(minutes_id=found.pk, by=sat.brands[0].officer, at=LATER)
        with pytest.raises(DomainError, match="answered already"):
            minutes.answer(minutes_id=found.pk, by=sat.brands[0].officer, at=LATER)
    with sat.inside("ana"):
        minutes.answer(minutes_id=found.pk, by=sat.people["ana"], at=LATER)
    with sat.inside():
        found.refresh_from_db()
        assert found.state == "circulated"
    with sat.portal(1):
        minutes.answer(minutes_id=found.pk, by=sat.brands[1].officer, at=LATER)
    settle_minutes(program_id=str(sat.program.pk), minutes_id=str(found.pk))
    with sat.inside():
        found.refresh_from_db()
        assert found.state == "approved"


def test_nothing_is_added_to_a_meeting_whose_minutes_the_members_have(sat):
    found = sat.circulated()
    with sat.inside():
        items = found.sitting.items.count()
        with pytest.raises(DomainError, match="nothing is added"):
            sat.add(found.sitting, "Never discussed")
        assert found.sitting.items.count() == items
        minutes.take_back(minutes_id=found.pk, reason="One is missing.", by=sat.director, at=LATER)
        assert sat.add(found.sitting).state == "open"


def test_an_objection_takes_the_minutes_back_and_asks_everybody_again(sat):
    found = sat.circulated()
    with sat.inside("ana"):
        minutes.answer(minutes_id=found.pk, objection="I said no.", by=sat.people["ana"], at=LATER)
    with sat.inside():
        item = AgendaItem.objects.filter(sitting_id=found.sitting_id).first()
        said = {"discussion": "Ana said no.", "public_text": "", "is_withheld": False}
        with pytest.raises(DomainError, match="do not change"):
            minutes.write(item_id=item.pk, by=sat.director, at=LATER, **said)
        minutes.take_back(minutes_id=found.pk, reason="Ana objects.", by=sat.director, at=LATER)
        minutes.write(item_id=item.pk, by=sat.director, at=LATER, **said)
        again = minutes.circulate(minutes_id=found.pk, by=sat.director, at=LATER)
        assert (again.version, queries.approvals_of(again).count()) == (2, 0)
        next_one = sittings.plan(starts_at=BEGINS, place="Call", by=sat.director, at=LATER)
        sittings.call(sitting_id=next_one.pk, by=sat.director, at=LATER)
        sittings.hold(sitting_id=next_one.pk, present=[sat.seats["ana"].pk], by=sat.director, at=LATER)
        item = _item(next_one, ItemKind.MINUTES)
        sat.votes(item, ana=Choice.FOR)
        voting.decide(item_id=item.pk, text="Approved.", effective_on=DAY, by=sat.director, at=LATER)
        again.refresh_from_db()
        assert (again.state, again.approved_in_id) == ("approved", next_one.pk)
        with pytest.raises(DomainError, match="what is corrected"):
            minutes.write(item_id=item_of(again), by=sat.director, at=LATER, **said)
        minutes.withdraw(minutes_id=again.pk, reason="A name stands in it.", by=sat.director, at=LATER)


def item_of(found):
    return AgendaItem.objects.filter(sitting_id=found.sitting_id).first().pk


def test_two_chairs_send_the_minutes_at_once(transactional_db):
    sat = scene(factories.program())
    sitting = sat.held()
    with sat.inside():
        sittings.close(sitting_id=sitting.pk, by=sat.director, at=LATER)
        found = Minutes.objects.get()

    def send():
        with sat.inside():
            minutes.circulate(minutes_id=found.pk, by=sat.director, at=LATER)

    results = at_once(send, send)
    assert sorted(type(one).__name__ for one in results) == ["CannotMove", "NoneType"]
    with sat.inside():
        assert Outbox.objects.filter(kind="committee_minutes").count() == 1


def test_two_last_members_approve_at_once(transactional_db):
    sat = scene(factories.program())
    found = sat.circulated("north", "south")

    def answer(name):
        def act():
            with sat.inside(name):
                minutes.answer(minutes_id=found.pk, by=sat.people[name], at=LATER)

        return act

    results = at_once(answer("ana"), answer("bea"))
    with sat.inside():
        found.refresh_from_db()
    assert (results, found.state) == ([None, None], "approved")


def test_the_answer_of_a_member_without_an_account_is_written_down(sat):
    found = sat.circulated()
    with sat.inside():
        assert [seat.name for seat in queries.without_account(found)] == ["Wim"]
        minutes.enter_answer(minutes_id=found.pk, seat_id=sat.seats["witness"].pk, by=sat.director, at=LATER)
        with pytest.raises(DomainError, match="answers herself"):
            minutes.enter_answer(minutes_id=found.pk, seat_id=sat.seats["ana"].pk, by=sat.director, at=LATER)
        assert queries.without_account(found) == []
