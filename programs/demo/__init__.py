"""Invented programs to try the platform with. Every name says that it is a demo; nothing here is a real organization."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from programs import queries
from programs.demo import education, lists, network
from programs.demo.clocks import pass_until
from programs.demo.invented import DEMOS, Demo, Place
from programs.demo.sign_ins import (
    DOMAIN,
    WITHOUT_FACTOR,
    NotADemo,
    code_for,
    email_of,
    password_of_all,
    people,
    put_person,
    refuse_elsewhere,
)
from programs.enums import Part
from programs.models import CodeVersion, Participation
from programs.operations import codes, participations, rules, sourcing, workplaces
from programs.operations.starting import start_program
from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.accounts.models import Membership, Organization, OrganizationKind, Person
from wsr.history.operations import record
from wsr.reactions import react
from wsr.registry import gates
from wsr.registry import operations as registry
from wsr.tenancy import Audience, current_program_id, program_scope
from wsr.tenancy.models import Program

__all__ = [
    "DEMOS",
    "WITHOUT_FACTOR",
    "NotADemo",
    "build",
    "code_for",
    "email_of",
    "password_of_all",
    "people",
]

AGE = 560  # days since everybody takes part: three seasons

# What each program decides by itself: a missed date climbs, and how long things take.
DECIDED: tuple[tuple[str, Any, str], ...] = (
    ("correction.overdue_climbs", True, "yes_no"),
    ("clocks.complaint_acknowledged", 3, "days"),
    ("clocks.complaint_closed", 30, "days"),
    ("clocks.report_reply", 10, "days"),
    ("clocks.action_verified", 30, "days"),
)
# What the council of the farms shows of a suspension: that it is so, since when and until what, and how many brands stop; never which.
SHOWN: tuple[tuple[str, Any, str], ...] = (
    ("ladder.suspended.is_public", True, "yes_no"),
    ("ladder.terminated.is_public", True, "yes_no"),
    ("disclosure.duty_status", "count", "disclosure"),
)
DEMO_REASON = "This is a demo. Every name in it is invented, and no worker relies on it."


def build() -> list[Program]:
    """Make the demo programs that are not there yet, each whole or not at all, and return the new ones. Raises NotADemo."""
    refuse_elsewhere()
    made = []
    password = make_password(password_of_all())
    for demo in DEMOS:
        if Program.objects.using("default").filter(slug=demo.slug).exists():
            continue
        with transaction.atomic(using="default"):
            made.append(_build(demo, password, timezone.now()))
    return made


def _build(demo: Demo, password: str, at: datetime) -> Program:
    director = put_person(email_of(demo, Role.DIRECTOR), f"Demo director ({demo.key})", password)
    program = start_program(
        name=demo.name,
        slug=demo.slug,
        blueprint=demo.blueprint,
        director=director,
        by=None,
        at=at - timedelta(days=AGE),
        time_zone=demo.time_zone,
    )
    staff = {
        role: put_person(email_of(demo, role), f"Demo {role.label.lower()} ({demo.key})", password)
        for role in Role
    }
    organizations = {
        OrganizationKind.BRAND: _organization(demo.brands[0], OrganizationKind.BRAND),
        OrganizationKind.SUPPLIER: _organization(next(iter(demo.suppliers)), OrganizationKind.SUPPLIER),
        OrganizationKind.AUDIT_FIRM: _organization("Demo Inspection Firm", OrganizationKind.AUDIT_FIRM),
    }
    signers = _signers(demo, staff[Role.BRAND_SIGNATORY])
    start = at - timedelta(days=AGE)
    with program_scope(program.pk):
        _members(staff, organizations, start)
        _fill(demo, director, organizations, signers, start)
        education.build(program=program, director=director, at=at, start=start)
    # Outside the scope: brands act in their own.
    react("demo.built", program=program, director=director, at=at)
    pass_until(program.pk, at)
    with program_scope(program.pk):
        network.tell(demo.key, by=director, at=at)
        _publish({"by": director, "at": at})
    network.endorse(program, by=director)
    lists.keep(program, by=director, at=at)
    return program


def _members(staff: dict[Role, Person], organizations: dict[str, Organization], at: datetime) -> None:
    kind_of = {
        Audience.BRAND: OrganizationKind.BRAND,
        Audience.SUPPLIER: OrganizationKind.SUPPLIER,
        Audience.AUDITOR: OrganizationKind.AUDIT_FIRM,
    }
    for role, person in staff.items():
        if role == Role.DIRECTOR:
            continue  # made by start_program
        kind = kind_of.get(AUDIENCE_OF[role])
        membership = Membership.objects.create(
            person=person, role=role, organization=organizations[kind] if kind else None, started_at=at
        )
        record("membership.started", membership, by=None, at=at, after={"role": role.value})


def _fill(
    demo: Demo,
    director: Person,
    organizations: dict[str, Organization],
    signers: dict[str, tuple[Organization, Person]],
    at: datetime,
) -> None:
    """Organizations, sourcing, a code in force and what the program decided, on the day on which it began."""
    joined = queries.today(at)
    act: dict[str, Any] = {"by": director, "at": at}
    participations.add(
        part=Part.WORKER_ORGANIZATION, name=demo.worker_organization, country=demo.country, **act
    )
    participations.add(part=Part.MONITOR, name=demo.monitor, country=demo.country, **act)
    brands = [participations.add(part=Part.BRAND, name=name, joined_on=joined, **act) for name in demo.brands]
    suppliers = {
        name: participations.add(part=Part.SUPPLIER, name=name, country=demo.country, joined_on=joined, **act)
        for name in demo.suppliers
    }
    own = organizations[OrganizationKind.SUPPLIER]
    Participation.objects.suppliers().filter(name=own.name).update(organization=own)
    _let_in(brands, signers, at)
    for name, places in demo.suppliers.items():
        for place in places:
            _workplace(demo, suppliers[name], place, act)
    for brand in brands:
        chosen = [suppliers[name].pk for name in demo.buys[brand.name]]
        sourcing.start(brand_id=brand.pk, supplier_ids=chosen, started_on=joined, **act)
    codes.put_in_force(code_id=CodeVersion.objects.get().pk, on=joined, **act)
    shows = demo.blueprint == "fair_food"
    for key, value, unit in (*DECIDED, *(SHOWN if shows else ())):
        rules.set_rule(
            key=key,
            value=value,
            unit=unit,
            valid_from=joined,
            source="Demo council, minute 1",
            note="Demo value.",
            **act,
        )


def _signers(demo: Demo, first: Person) -> dict[str, tuple[Organization, Person]]:
    """{brand: its account and who signs for it}. Those beside the first have one person, who never signs in."""
    found = {}
    for number, name in enumerate(demo.brands):
        address = f"{demo.key}.{name.lower().replace(' ', '-')}@{DOMAIN}"
        person = first if number == 0 else _signer(address, f"Signatory of {name}")
        found[name] = (_organization(name, OrganizationKind.BRAND), person)
    return found


def _signer(address: str, name: str) -> Person:
    return Person.objects.filter(email=address).first() or Person.objects.create(
        email=address, name=name, password=make_password(None)
    )


def _let_in(
    brands: list[Participation], signers: dict[str, tuple[Organization, Person]], at: datetime
) -> None:
    """Give each brand its account, and those beside the first the person who signs for them."""
    for number, brand in enumerate(brands):
        own, person = signers[brand.name]
        Participation.objects.filter(pk=brand.pk).update(organization=own)
        if number:
            Membership.objects.create(
                person=person, role=Role.BRAND_SIGNATORY, organization=own, started_at=at
            )


def _publish(act: dict[str, Any]) -> None:
    """Start the first publication of the invented record; a worker finishes it. What the demo cannot show is overridden in public."""
    for gate in gates.states(current_program_id()):
        if not gate.is_open:
            registry.override_gate(gate=gate.key, reason=DEMO_REASON, **act)
    registry.start_publication(**act)


def _workplace(demo: Demo, supplier: Participation, place: Place, act: dict[str, Any]) -> None:
    workplaces.add(
        supplier_id=supplier.pk,
        name=place.name,
        address=f"{place.workers} {place.name.rpartition(' ')[2]} Road",
        city=place.city,
        region=place.region,
        country=demo.country,
        worker_count=place.workers,
        products=list(place.products),
        disclosure_precision=place.precision,
        latitude=place.latitude,
        longitude=place.longitude,
        **act,
    )


def _organization(name: str, kind: str) -> Organization:
    return Organization.objects.filter(name=name, kind=kind).first() or Organization.objects.create(
        name=name, kind=kind
    )
