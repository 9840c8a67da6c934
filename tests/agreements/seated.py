"""A committee of two sides with a petition of one brand before it, for tests of what it does."""

import datetime as dt
from dataclasses import dataclass, field

from agreements.enums import SeatSide
from agreements.models import AgendaItem, Breach, Dispute, Minutes, Seat, Sitting
from agreements.operations import breaches, disputes
from agreements.operations.committee import agenda, minutes, seats, sittings, voting
from programs.models import Rule
from tests import factories
from tests.agreements.obliged import DISPUTES, Bound, bound
from wsr.accounts.models import Person
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
DAY = AT.date()
BEGINS = AT + dt.timedelta(days=3)
LATER = BEGINS + dt.timedelta(hours=1)


@dataclass
class Scene:
    """Two members of worker organizations, two brands, a witness, and a petition about the first brand."""

    program: Program
    director: Person
    brands: list[Bound]
    seats: dict[str, Seat] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    breach: Breach | None = None
    petition: Dispute | None = None

    def inside(self, name: str = ""):
        """The scope of staff: the director's, or that of a member of the program's side."""
        person = self.people.get(name, self.director)
        return program_scope(self.program.pk, person_id=person.pk)

    def portal(self, place: int):
        """The scope of a brand's member."""
        made = self.brands[place]
        return program_scope(
            self.program.pk, Audience.BRAND, person_id=made.officer.pk, organization_id=made.organization.pk
        )

    def called(self) -> Sitting:
        """A meeting whose members are called."""
        with self.inside():
            made = sittings.plan(starts_at=BEGINS, place="Office", by=self.director, at=AT)
            return sittings.call(sitting_id=made.pk, by=self.director, at=AT)

    def held(self, *absent: str) -> Sitting:
        """A meeting that has begun, without some of the members."""
        made = self.called()
        with self.inside():
            present = {seat.pk for name, seat in self.seats.items() if name not in absent}
            return sittings.hold(sitting_id=made.pk, present=present, by=self.director, at=LATER)

    def rule(self, key: str, value: object, unit: str) -> None:
        """What the program has set, since the beginning of the year."""
        with self.inside():
            Rule.objects.create(
                key=key,
                section=key.partition(".")[0],
                label=key,
                value=value,
                unit=unit,
                certainty="set_by_program",
                valid_from=dt.date(2026, 1, 1),
                set_at=AT,
            )

    def add(self, sitting: Sitting, title: str = "Budget") -> AgendaItem:
        """An item that somebody put on the agenda; inside a scope."""
        said = {"title": title, "text": "Adopt it.", "by": self.director, "at": AT}
        return agenda.add(sitting_id=sitting.pk, **said)

    def votes(self, item: AgendaItem, **choices: str) -> None:
        """Votes given in the room, by the names of seats; inside a scope."""
        given = {self.seats[name].pk: choice for name, choice in choices.items()}
        voting.enter_votes(item_id=item.pk, choices=given, by=self.director, at=LATER)

    def circulated(self, *absent: str) -> Minutes:
        """Minutes that are before the members."""
        sitting = self.held(*absent)
        with self.inside():
            found = Minutes.objects.get()
            sittings.close(sitting_id=sitting.pk, by=self.director, at=LATER)
            return minutes.circulate(minutes_id=found.pk, by=self.director, at=LATER)

    def approved(self) -> Minutes:
        """Minutes that the one member who was there has approved."""
        found = self.circulated("bea", "north", "south")
        with self.inside("ana"):
            minutes.answer(minutes_id=found.pk, by=self.people["ana"], at=LATER)
        with self.inside():
            found.refresh_from_db()
        return found


def scene(program: Program) -> Scene:
    """The committee, seated."""
    made = Scene(
        program,
        factories.member(program, "director"),
        [bound(program, DISPUTES, name="Brand North"), bound(program, DISPUTES, name="Brand South")],
    )
    for name in ("ana", "bea"):
        made.people[name] = factories.member(program, "committee_member")
    act = {"by": made.director, "at": AT, "starts_on": DAY}
    with made.inside():
        for name in ("ana", "bea"):
            made.seats[name] = seats.appoint(
                side=SeatSide.WORKERS,
                name=name.title(),
                organization="Union",
                person=made.people[name],
                **act,
            )
        for name, brand in zip(("north", "south"), made.brands, strict=True):
            made.seats[name] = seats.appoint(
                side=SeatSide.BRANDS,
                name=f"Officer {name}",
                participation=brand.brand,
                person=brand.officer,
                **act,
            )
        made.seats["witness"] = seats.appoint(
            side=SeatSide.WITNESS, name="Wim", organization="Campaign", **act
        )
        made.breach = breaches.open_breach(
            agreement_id=made.brands[0].agreement.pk,
            participation_id=made.brands[0].brand.pk,
            title="A purchase after the day of the stop",
            facts="Bought on March 1 from a suspended supplier.",
            at=AT,
        )
        breaches.serve_notice(breach_id=made.breach.pk, letter=b"%PDF-1.7", by=made.director, at=AT)
        made.petition = disputes.file_petition(
            breach_id=made.breach.pk, petition="Find the breach.", by=made.director, at=AT
        )
    return made
