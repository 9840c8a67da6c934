"""The invented committee of the demo: members of both sides, two meetings with approved minutes, and one that is called."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agreements.enums import Choice, ItemKind, SeatSide
from agreements.models import Minutes, Seat, Sitting
from agreements.operations.committee import agenda, minutes, seats, sittings, voting
from programs.models import Participation
from programs.operations import rules
from programs.queries import rule_value, today
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program

SINCE, FIRST, SECOND, COMING = (
    timedelta(days=190),
    timedelta(days=120),
    timedelta(days=40),
    timedelta(days=12),
)
RULE, LIMIT, LIMIT_DAYS = "disclosure.minutes", "clocks.minutes_public", 14


@dataclass(frozen=True)
class Said:
    """One item of a past meeting."""

    title: str
    text: str
    discussion: str
    decision: str
    actor: str = ""
    within: int = 0  # days until it must be carried out; negative: not carried out yet
    against: bool = False


FIRST_ITEMS = (
    Said(
        "How the committee works (demo)",
        "The members meet twice a year, and in between when a petition is filed.",
        "Both sides want the papers two weeks before a meeting.",
        "The committee meets twice a year. Papers go out two weeks before.",
    ),
    Said(
        "Interpreters at meetings of workers (demo)",
        "Some meetings of workers were held in one language only.",
        "The worker organization asks for an interpreter wherever a second language is spoken. The brands agree.",
        "Every meeting of workers is interpreted into each language that is spoken at the workplace.",
        "The monitor (demo)",
        30,
    ),
)
SECOND_ITEMS = (
    Said(
        "Report of the season to the public (demo)",
        "The monitor has drafted the report.",
        "One brand asks for more time; the others do not.",
        "The report of the season goes out as drafted.",
        against=True,
    ),
    Said(
        "Contact for suppliers in need of support (demo)",
        "Suppliers do not know whom to ask about the cost of repairs.",
        "Both sides name one person each.",
        "Each side names a person whom suppliers can ask about support, and the monitor publishes how to reach them.",
        "The monitor (demo)",
        -70,
    ),
)


def build(*, program: Program, director: Person, at: datetime) -> None:
    """Seats, two past meetings with approved minutes, a third that is called. Outside any scope: a brand answers in its own."""
    with program_scope(program.pk, person_id=director.pk):
        seated = _seat(director, at - SINCE)
        if rule_value(RULE, on=today(at)) is None:
            rules.set_rule(
                key=RULE,
                value="published",
                valid_from=today(at),
                source="Demo committee, decision D-1",
                note="Demo value.",
                by=director,
                at=at,
            )
        rules.set_rule(
            key=LIMIT,
            value=LIMIT_DAYS,
            valid_from=today(at),
            source="Demo committee, decision D-1",
            note="Demo value.",
            by=director,
            at=at,
        )
        first = _meet(seated, FIRST_ITEMS, director, at - FIRST)
        minutes.circulate(minutes_id=first.pk, by=director, at=at - FIRST + timedelta(days=9))
        second = _meet(seated, SECOND_ITEMS, director, at - SECOND)
        minutes.circulate(minutes_id=second.pk, by=director, at=at - SECOND + timedelta(days=6))
    _approve(program, seated, second, director, at - SECOND + timedelta(days=10))
    with program_scope(program.pk, person_id=director.pk):
        coming = sittings.plan(
            starts_at=(at + COMING).replace(minute=0, second=0, microsecond=0),
            place="https://calls.demo.example/committee",
            note="Please say whether you come. Declare an interest before you vote (demo).",
            by=director,
            at=at - timedelta(days=2),
        )
        agenda.add(
            sitting_id=coming.pk,
            title="Plan of inspections for the next season (demo)",
            text="The monitor presents the plan by number of workplaces. It names no workplace and no day.",
            by=director,
            at=at - timedelta(days=2),
        )
        sittings.call(sitting_id=coming.pk, by=director, at=at - timedelta(days=1))


def _seat(director: Person, at: datetime) -> list[Seat]:
    """Two members of the worker organizations, one or two of the brands, a chair and a witness, with an alternate; all since long."""
    act: dict[str, Any] = {"by": director, "at": at, "starts_on": today(at)}
    union = Participation.objects.worker_organizations().order_by("name", "pk").first()
    organization = union.name if union else "Demo worker organization"
    account = _holder(Role.COMMITTEE_MEMBER)
    made = [
        seats.appoint(
            side=SeatSide.WORKERS,
            name="Demo delegate of workers",
            organization=organization,
            person=account,
            **act,
        ),
        seats.appoint(side=SeatSide.WORKERS, name="Demo organizer", organization=organization, **act),
    ]
    alternate = seats.appoint(
        side=SeatSide.WORKERS, name="Demo alternate", organization=organization, alternate_for=made[1], **act
    )
    for brand in Participation.objects.brands().order_by("name", "pk")[:2]:
        officer = _officer(brand)
        made.append(
            seats.appoint(
                side=SeatSide.BRANDS,
                name=f"Delegate of {brand.name}",
                participation=brand,
                person=officer,
                **act,
            )
        )
    made.append(
        seats.appoint(
            side=SeatSide.CHAIR, name="Demo chair", organization="Demo Labor Institute", has_vote=False, **act
        )
    )
    seats.appoint(side=SeatSide.WITNESS, name="Demo witness", organization="Demo Consumers Campaign", **act)
    return [*made, alternate]


def _officer(brand: Participation) -> Person | None:
    """Who acts for a brand in its portal; where nobody sees to its duties, who signs."""
    if brand.organization_id is None:
        return None
    return _holder(Role.BRAND_OFFICER, brand.organization_id) or _holder(
        Role.BRAND_SIGNATORY, brand.organization_id
    )


def _holder(role: Role, organization_id: Any = None) -> Person | None:
    rows = Membership.objects.active().filter(role=role).select_related("person")
    if organization_id:
        rows = rows.filter(organization_id=organization_id)
    row = rows.order_by("pk").first()
    return row.person if row else None


def _meet(seated: list[Seat], items: tuple[Said, ...], director: Person, at: datetime) -> Minutes:
    """A meeting of the past, decided item by item; the second one approves the minutes of the first."""
    act: dict[str, Any] = {"by": director}
    made = sittings.plan(starts_at=at, place="Demo office", at=at - timedelta(days=20), **act)
    for item in made.items.exclude(kind=ItemKind.MINUTES):
        agenda.remove(item_id=item.pk, at=at - timedelta(days=20), **act)  # the records of today, not of then
    for said in items:
        agenda.add(sitting_id=made.pk, title=said.title, text=said.text, at=at - timedelta(days=19), **act)
    made = _called(made, director, at - timedelta(days=15))
    present = {seat.pk for seat in seated if seat.alternate_for_id is None}
    sittings.hold(
        sitting_id=made.pk, present=present, at=at, opening="The chair opens the meeting (demo).", **act
    )
    voters = [seat.pk for seat in seated if seat.has_vote and seat.alternate_for_id is None]
    for item in made.items.order_by("position"):
        said = next((one for one in items if one.title == item.title), None)
        votes = dict.fromkeys(voters, Choice.FOR)
        if said and said.against:
            votes[voters[-1]] = Choice.AGAINST
        voting.enter_votes(item_id=item.pk, choices=votes, at=at, **act)
        _decide(item.pk, said, director, at)
    return Minutes.objects.get(sitting=made)


def _called(made: Sitting, director: Person, at: datetime) -> Sitting:
    """Called with the agenda as it stands: what the records of today say does not belong on it."""
    known = set(made.items.values_list("pk", flat=True))
    called = sittings.call(sitting_id=made.pk, by=director, at=at)
    called.items.exclude(pk__in=known).delete()
    return called


def _decide(item_id: Any, said: Said | None, director: Person, at: datetime) -> None:
    days = abs(said.within) if said else 0
    resolution = voting.decide(
        item_id=item_id,
        text=said.decision if said else "The minutes are approved (demo).",
        discussion=said.discussion if said else "",
        effective_on=today(at),
        actor=said.actor if said else "",
        due_on=today(at + timedelta(days=days)) if days else None,
        by=director,
        at=at,
    )
    if said and said.within > 0:
        voting.carry_out(
            resolution_id=resolution.pk,
            done_note="Interpreters are booked for every meeting (demo).",
            by=director,
            at=at + timedelta(days=said.within - 5),
        )


def _approve(program: Program, seated: list[Seat], found: Minutes, director: Person, at: datetime) -> None:
    """Members with an account approve in writing, each in her own scope; the answers of the others are written down."""
    with program_scope(program.pk, person_id=director.pk):
        for seat in seated:
            if seat.person_id is None:
                minutes.enter_answer(minutes_id=found.pk, seat_id=seat.pk, by=director, at=at)
    for seat in seated:
        if seat.person_id is None:
            continue
        person = Person.objects.get(pk=seat.person_id)
        if seat.participation_id is None:
            scope = program_scope(program.pk, person_id=person.pk)
        else:
            with program_scope(program.pk):
                organization_id = Participation.objects.get(pk=seat.participation_id).organization_id
            scope = program_scope(
                program.pk, Audience.BRAND, person_id=person.pk, organization_id=organization_id
            )
        with scope:
            minutes.answer(minutes_id=found.pk, by=person, at=at)
    with program_scope(program.pk):
        minutes.settle(minutes_id=found.pk, at=at)
