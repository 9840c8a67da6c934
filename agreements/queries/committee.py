"""Reads of the committee: who sits on it, who is missing, quorum, how votes stand, what waits for a member."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from agreements.enums import Choice, DisputeState, ItemState, MinutesState, SeatSide, Side
from agreements.models import (
    AgendaItem,
    AgendaPaper,
    Approval,
    Attendance,
    Breach,
    Dispute,
    Interest,
    Minutes,
    Obligation,
    Party,
    Resolution,
    Seat,
    Sitting,
    Vote,
)
from programs.models import Participation
from programs.queries import rule_value
from programs.queries import today as programs_today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Membership
from wsr.deadlines.models import Clock
from wsr.registry.models import Content, Identity, Record
from wsr.tenancy import Audience, current_audience

QUORUM, EACH_SIDE = "committee.quorum", "committee.each_side"
MINUTES, SHOWN = "disclosure.minutes", ("published", "decisions")
WANTED = {
    SeatSide.WORKERS: "committee.worker_seats",
    SeatSide.BRANDS: "committee.brand_seats",
    SeatSide.EMPLOYERS: "committee.employer_seats",
}
GONE = (DisputeState.WITHDRAWN, DisputeState.ARBITRATION)  # a petition that the committee decides no more


# ── Members ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Bench:
    """One side of the committee: its members with their alternates, and how many the program's rule asks for (None: it says nothing)."""

    side: SeatSide
    seats: list[Seat]
    wanted: int | None

    @property
    def missing(self) -> int:
        """How many seats are empty by the rule."""
        return max((self.wanted or 0) - len(self.seats), 0)


def benches(*, on: date) -> list[Bench]:
    """The sides that have members, or should have, on a day."""
    rows = Seat.objects.on(on).filter(alternate_for=None)
    rows = rows.prefetch_related(Prefetch("alternates", Seat.objects.on(on).order_by("name", "pk")))
    seats: dict[str, list[Seat]] = defaultdict(list)
    for seat in rows.order_by("name", "pk"):
        seats[seat.side].append(seat)
    found = []
    for side in SeatSide:
        wanted = rule_value(WANTED[side], on=on) if side in WANTED and is_staff() else None
        bench = Bench(side, seats[side], wanted if isinstance(wanted, int) else None)
        if bench.seats or bench.wanted:
            found.append(bench)
    return found


def is_composed(*, on: date) -> bool:
    """Whether anybody has a vote on this committee: from then on only members vote."""
    return Seat.objects.on(on).voting().exists()


def seat_of(person_id: UUID, *, on: date) -> Seat | None:
    """The seat of a person on a day; her own before one as an alternate."""
    rows = Seat.objects.on(on).filter(person_id=person_id)
    return min(rows, key=lambda seat: (seat.alternate_for_id is not None, str(seat.pk)), default=None)


def parties_to(breach: Breach) -> set[UUID]:
    """The participant in breach and the parties of the agreement; the program's own side is nobody's party here."""
    parties = Party.objects.filter(agreement_id=breach.agreement_id).exclude(side=Side.PROGRAM)
    return {breach.participation_id, *parties.values_list("participation_id", flat=True)}


def concerned_by(item: AgendaItem) -> set[UUID]:
    """Participants for whom nobody of the program's side may act who sits over an item."""
    if item.dispute is not None:
        return parties_to(item.dispute.breach)
    return {item.participation_id} if item.participation_id else set()


def acts_for(participations: Collection[UUID], people: Collection[UUID]) -> set[UUID]:
    """Who of these people acts, in this program, for the organization of one of these participants."""
    organizations = Participation.objects.filter(pk__in=participations).exclude(organization=None)
    rows = Membership.objects.active().filter(
        person__in=people, organization__in=organizations.values("organization_id")
    )
    return set(rows.values_list("person_id", flat=True))


# ── Meetings ─────────────────────────────────────────────────────────────────────────────────────


def sittings(*, may_prepare: bool) -> QuerySet[Sitting]:
    """Meetings, the latest first; from the call on, except for those who prepare them. A portal sees its own."""
    rows = Sitting.objects.order_by("-starts_at", "-pk")
    return rows if may_prepare else rows.exclude(called_at=None)


def items_of(sitting: Sitting) -> list[AgendaItem]:
    """The agenda that this reader may see, with papers and decisions. What she has an interest in is not among it."""
    papers = AgendaPaper.objects.select_related("file")
    if is_staff():
        papers = papers.filter(participation=None)
    return list(
        sitting.items.prefetch_related(
            Prefetch("papers", papers.order_by("pk")),
            Prefetch("resolutions", Resolution.objects.order_by("serial")),
        ).order_by("position", "pk")
    )


def left_out(items: Iterable[AgendaItem]) -> int:
    """How many items before the last one that she sees are hidden from this reader: the gaps in the numbers."""
    places = [item.position for item in items]
    return max(places, default=0) - len(places)


def invited(sitting: Sitting) -> list[Attendance]:
    """Who was called, side by side. In a portal the member herself."""
    rows = list(sitting.attendances.select_related("seat__alternate_for"))
    order = list(SeatSide.values)
    return sorted(rows, key=lambda row: (order.index(row.seat.side), row.seat.name, str(row.pk)))


@dataclass(frozen=True)
class Quorum:
    """Who with a vote was there: {side: (there, all)}. `asked`: the share that the rule asks for, None where it says nothing."""

    asked: Decimal | None
    sides: dict[str, tuple[int, int]]

    @property
    def is_met(self) -> bool | None:
        """None where the program has set no quorum. Each side that votes must be there at all."""
        if self.asked is None:
            return None
        there = sum(came for came, _all in self.sides.values())
        of = sum(every for _came, every in self.sides.values())
        return (
            bool(of)
            and there * 100 >= self.asked * of
            and all(came for came, every in self.sides.values() if every)
        )

    def as_json(self) -> dict[str, Any]:
        """As a meeting keeps it."""
        return {
            "asked": str(self.asked) if self.asked is not None else None,
            "sides": {side: list(pair) for side, pair in self.sides.items()},
            "is_met": self.is_met,
        }

    @property
    def lines(self) -> list[tuple[str, str]]:
        """For pages and minutes."""
        said = [
            (str(SeatSide(side).label), _("%(came)s of %(all)s") % {"came": came, "all": every})
            for side, (came, every) in self.sides.items()
        ]
        words = {True: _("met"), False: _("not met"), None: _("the program has set none")}
        asked = f"{self.asked} %: " if self.asked is not None else ""
        return [*said, (_("Quorum"), f"{asked}{words[self.is_met]}")]


def quorum_of(seats: Iterable[Seat], present: set[UUID], *, asked: Decimal | None) -> Quorum:
    """Counted by principal: she is there, or an alternate of hers is. `seats`: all that were called."""
    called = list(seats)
    there = {seat.alternate_for_id or seat.pk for seat in called if seat.pk in present and seat.has_vote}
    sides: dict[str, tuple[int, int]] = {}
    for seat in called:
        if seat.has_vote and seat.alternate_for_id is None:
            came, every = sides.get(seat.side, (0, 0))
            sides[seat.side] = (came + (seat.pk in there), every + 1)
    return Quorum(asked, {side: sides[side] for side in SeatSide if side in sides})


def kept_quorum(sitting: Sitting) -> Quorum | None:
    """The quorum as it was counted when the meeting was held."""
    if not sitting.quorum:
        return None
    asked = sitting.quorum.get("asked")
    kept = sitting.quorum["sides"]
    sides = {side.value: (kept[side][0], kept[side][1]) for side in SeatSide if side in kept}
    return Quorum(Decimal(asked) if asked is not None else None, sides)


def asked_quorum(*, on: date) -> Decimal | None:
    """The share of votes that must be there by the program's rule; None where it has set none."""
    value = rule_value(QUORUM, on=on)
    return Decimal(str(value)) if value is not None else None


# ── Votes ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Tally:
    """How the votes stand: {side: {choice: how many}}, one vote per seat; `others` are votes from before the committee had seats."""

    sides: dict[str, dict[str, int]]
    others: dict[str, int]

    def total(self, choice: Choice) -> int:
        """Of all sides."""
        return sum(side.get(choice, 0) for side in self.sides.values()) + self.others.get(choice, 0)

    def is_adopted(self, *, each_side: bool) -> bool:
        """More for than against; where the program asks for it, on each side that voted."""
        parts = [self.sides[side] for side in self.sides] if each_side else []
        whole = {choice: self.total(choice) for choice in Choice}
        return all(
            part.get(Choice.FOR, 0) > part.get(Choice.AGAINST, 0)
            for part in [whole, *parts]
            if part is whole or part.get(Choice.FOR) or part.get(Choice.AGAINST)
        )

    @property
    def lines(self) -> list[tuple[str, str]]:
        """(side, words) for pages and minutes."""
        return tally_lines(self.sides)


def tally_lines(sides: dict[str, dict[str, int]]) -> list[tuple[str, str]]:
    """{side: {choice: how many}} in words."""
    return [
        (
            str(SeatSide(side).label),
            _("for %(yes)s, against %(no)s, abstained %(none)s, recused %(out)s")
            % {
                "yes": counted.get(Choice.FOR, 0),
                "no": counted.get(Choice.AGAINST, 0),
                "none": counted.get(Choice.ABSTAINED, 0),
                "out": counted.get(Choice.RECUSED, 0),
            },
        )
        for side, counted in ((side, sides[side]) for side in SeatSide if side in sides)
    ]


def tally(votes: QuerySet[Vote], *, on: date | None = None) -> Tally:
    """One vote per principal: her own, and where she gave none or is recused that of her alternate.

    `on`: the day that counts, where what she said before her term ended is not a vote any more. Nor is what she said before she declared
    an interest.
    """
    about_it = Q(item=OuterRef("item_id")) | Q(item__dispute=OuterRef("dispute_id"))
    has_interest = Exists(Interest.objects.filter(about_it, seat=OuterRef("seat_id")))
    votes = votes.filter(Q(choice=Choice.RECUSED) | ~has_interest)
    if on is not None:
        votes = votes.filter(Q(seat=None) | Q(seat__in=Seat.objects.on(on).values("pk")))
    by_seat: dict[UUID, Vote] = {}
    others: dict[str, int] = defaultdict(int)
    for vote in votes.select_related("seat").order_by("cast_at", "pk"):
        if vote.seat is None:
            others[vote.choice] += 1
            continue
        principal = vote.seat.alternate_for_id or vote.seat_id
        known = by_seat.get(principal)
        is_own = vote.seat.alternate_for_id is None
        if known is None or known.choice == Choice.RECUSED or (is_own and vote.choice != Choice.RECUSED):
            by_seat[principal] = vote
    sides: dict[str, dict[str, int]] = {}
    for vote in by_seat.values():
        counted = sides.setdefault(vote.seat.side, {})
        counted[vote.choice] = counted.get(vote.choice, 0) + 1
    return Tally({side: sides[side] for side in SeatSide if side in sides}, dict(others))


def needs_each_side(*, on: date) -> bool:
    """Whether the program's rule asks for a majority on each side."""
    return rule_value(EACH_SIDE, on=on) is True


# ── What waits ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Waiting:
    """A petition that waits for the committee, with its clock."""

    dispute: Dispute
    clock: Clock | None


def petitions() -> list[Waiting]:
    """For those who decide about petitions; the one that must be decided first at the top."""
    rows = Dispute.objects.filter(state__in=[DisputeState.FILED, DisputeState.UNDECIDED])
    found = list(rows.select_related("breach", "participation").order_by("filed_at", "pk"))
    clocks = {
        clock.subject_id: clock
        for clock in Clock.objects.open().filter(
            kind="agreements.dispute_decided", subject_id__in=[row.pk for row in found]
        )
    }
    waiting = [Waiting(row, clocks.get(row.pk)) for row in found]
    return sorted(
        waiting, key=lambda one: (one.clock is None, one.clock.due_at if one.clock else one.dispute.filed_at)
    )


def left_the_agenda() -> QuerySet[Dispute, UUID]:
    """Breaches whose petition the committee decides no more, while an item about it is open or, withdrawn, its clock began after all."""
    running = Clock.objects.open().filter(kind="agreements.dispute_decided", subject_id=OuterRef("pk"))
    is_withdrawn = Q(state=DisputeState.WITHDRAWN)
    rows = Dispute.objects.filter(
        Q(items__state=ItemState.OPEN) | is_withdrawn & Exists(running), state__in=GONE
    )
    return rows.order_by("breach_id").values_list("breach_id", flat=True).distinct()


def obligation_of(resolution: Resolution) -> Obligation | None:
    """What its participant answers in its portal, or None."""
    about = {"about_type": Resolution._meta.label_lower, "about_id": resolution.pk}
    return Obligation.objects.filter(**about).first()


def open_resolutions() -> QuerySet[Resolution]:
    """Decisions that somebody must still carry out."""
    rows = Resolution.objects.filter(is_adopted=True, done_at=None).exclude(actor="")
    return rows.order_by("due_on", "serial")


def minutes_of(sitting: Sitting) -> Minutes | None:
    """The minutes of a meeting, where they are drafted."""
    return sitting.minutes.first()


def approvals_of(minutes: Minutes) -> QuerySet[Approval]:
    """What members have answered to the version that is before them."""
    return minutes.approvals.filter(version=minutes.version).select_related("seat").order_by("given_at", "pk")


def minutes_are_public(*, on: date) -> bool:
    """Whether the program's rule shows minutes, or the decisions in them, on a day."""
    return rule_value(MINUTES, on=on) in SHOWN


@dataclass(frozen=True)
class Publicity:
    """What the public has of minutes: since when it reads this version, where; else by when it must."""

    is_shown: bool
    since: datetime | None = None
    due_at: datetime | None = None
    public_id: str = ""


def publicity(minutes: Minutes, *, on: date) -> Publicity | None:
    """For pages of the program's own people; None for drafts and in portals, where nobody reads the register's tables."""
    if not is_staff() or minutes.state not in (MinutesState.APPROVED, MinutesState.WITHDRAWN):
        return None
    identity = Identity.objects.filter(kind="minutes", subject_id=minutes.pk).first()
    clock = Clock.objects.open().of(minutes).filter(kind="agreements.minutes_public").first()
    return Publicity(
        is_shown=minutes_are_public(on=on),
        since=published_at(minutes),
        due_at=clock.due_at if clock else None,
        public_id=identity.public_id if identity and not identity.is_redacted else "",
    )


def published_at(minutes: Minutes) -> datetime | None:
    """When the public first read this version of the minutes; None where it has not. Those that were redacted are out as well."""
    identity = Identity.objects.filter(kind="minutes", subject_id=minutes.pk).first()
    if identity is None:
        return None
    rows = Record.objects.filter(public_id=identity.public_id).order_by("version")
    bodies = dict(Content.objects.filter(public_id=identity.public_id).values_list("pk", "body"))
    for row in rows:
        body = bodies.get(row.pk)
        if identity.is_redacted or (
            body and json.loads(body)["content"].get("minutes_version") == minutes.version
        ):
            return row.published_at
    return None


def without_account(minutes: Minutes) -> list[Seat]:
    """Members who were called, have no account and have not answered on these minutes."""
    rows = Seat.objects.filter(attendances__sitting_id=minutes.sitting_id, person=None)
    return list(rows.exclude(pk__in=approvals_of(minutes).values("seat_id")).order_by("side", "name", "pk"))


def to_approve(seat: Seat) -> QuerySet[Minutes]:
    """Minutes that wait for a member's answer."""
    rows = Minutes.objects.filter(state=MinutesState.CIRCULATED, sitting__attendances__seat=seat)
    answered = Approval.objects.filter(seat=seat).values_list("minutes_id", "version")
    known = set(answered)
    ids = [row.pk for row in rows if (row.pk, row.version) not in known]
    return Minutes.objects.filter(pk__in=ids).select_related("sitting")


def is_staff() -> bool:
    """Whether the program's own people look."""
    return current_audience() in (Audience.STAFF, Audience.ENGINE)


def may_prepare(permissions: Iterable[Permission]) -> bool:
    """Whether somebody prepares meetings."""
    return Permission.COMMITTEE_CHANGE in permissions


def today(at: datetime) -> date:
    """The day in the program's time zone."""
    return programs_today(at)
