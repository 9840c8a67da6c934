"""Invented programs to try the platform with. Every name says that it is a demo; nothing here is a real organization."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from programs import demo_education, demo_lists, demo_network, demo_time, queries
from programs.enums import Part, Precision
from programs.models import CodeVersion, Participation
from programs.operations import codes, participations, rules, sourcing, workplaces
from programs.operations.starting import start_program
from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.accounts.models import Membership, Organization, OrganizationKind, Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.reactions import react
from wsr.registry import gates
from wsr.registry import operations as registry
from wsr.tenancy import Audience, current_program_id, program_scope
from wsr.tenancy.models import Program

DOMAIN = "demo.example"
AGE = 560  # days since everybody takes part: three seasons
# The garment director sets up her second factor herself, as everybody does at the first sign-in; the others have one.
WITHOUT_FACTOR = f"garment.director@{DOMAIN}"

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


class NotADemo(DomainError):
    """This installation is not a demo."""


@dataclass(frozen=True)
class Place:
    """One invented workplace."""

    name: str
    city: str
    region: str
    workers: int
    products: tuple[str, ...]
    precision: Precision = Precision.EXACT
    latitude: str | None = None
    longitude: str | None = None


@dataclass(frozen=True)
class Demo:
    """One invented program."""

    key: str
    name: str
    blueprint: str
    time_zone: str
    country: str
    worker_organization: str
    monitor: str
    brands: tuple[str, ...]
    suppliers: dict[str, tuple[Place, ...]]
    buys: dict[str, tuple[str, ...]]  # {brand: suppliers}

    @property
    def slug(self) -> str:
        """The short name of the program."""
        return f"{self.key}-demo"


DEMOS = (
    Demo(
        key="garment",
        name="Garment Safety Program (demo)",
        blueprint="accord",
        time_zone="Asia/Dhaka",
        country="BD",
        worker_organization="Demo Garment Workers Federation",
        monitor="Demo Safety Council",
        brands=("Demo Brand North", "Demo Brand South"),
        suppliers={
            "Demo Knitwear One": (
                Place("Demo Mill Amber", "Demo Para", "Dhaka", 620, ("Shirts",)),
                Place("Demo Mill Basalt", "Demo Para", "Dhaka", 410, ("T-shirts",)),
            ),
            "Demo Trousers Two": (Place("Demo Mill Coral", "Demo Nagar", "Gazipur", 280, ("Trousers",)),),
        },
        buys={
            "Demo Brand North": ("Demo Knitwear One", "Demo Trousers Two"),
            "Demo Brand South": ("Demo Knitwear One",),
        },
    ),
    Demo(
        key="farms",
        name="Fair Farms Program (demo)",
        blueprint="fair_food",
        time_zone="America/New_York",
        country="US",
        worker_organization="Demo Coalition of Farmworkers",
        monitor="Demo Fair Farms Council",
        brands=(
            "Demo Brand North",
            "Demo Caterers Lake",
            "Demo Grocers West",
            "Demo Kitchens East",
            "Demo Markets South",
        ),
        suppliers={
            "Demo Growers One": (
                Place(
                    "Demo Farm Alder",
                    "Demo Town",
                    "Florida",
                    140,
                    ("Tomatoes",),
                    latitude="26.400000",
                    longitude="-81.400000",
                ),
                Place(
                    "Demo Farm Birch",
                    "Demo Town",
                    "Florida",
                    85,
                    ("Tomatoes", "Peppers"),
                    Precision.ROUNDED,
                    "26.500000",
                    "-81.500000",
                ),
            ),
            "Demo Growers Two": (
                Place("Demo Farm Cedar", "Demo Springs", "Georgia", 60, ("Watermelons",), Precision.COUNTY),
            ),
            "Demo Growers Three": (Place("Demo Farm Dogwood", "Demo Fields", "Virginia", 45, ("Tomatoes",)),),
            "Demo Growers Four": (
                Place("Demo Farm Elm", "Demo Valley", "Maryland", 30, ("Strawberries",), Precision.WITHHELD),
                Place("Demo Farm Fir", "Demo Valley", "Maryland", 25, ("Sweet corn",)),
            ),
        },
        buys={
            "Demo Brand North": ("Demo Growers One", "Demo Growers Two", "Demo Growers Three"),
            "Demo Caterers Lake": ("Demo Growers One", "Demo Growers Two"),
            "Demo Grocers West": ("Demo Growers One", "Demo Growers Three", "Demo Growers Four"),
            "Demo Kitchens East": ("Demo Growers One", "Demo Growers Two", "Demo Growers Four"),
            "Demo Markets South": ("Demo Growers One", "Demo Growers Three"),
        },
    ),
    Demo(
        key="dairy",
        name="Dairy Dignity Program (demo)",
        blueprint="milk_with_dignity",
        time_zone="America/New_York",
        country="US",
        worker_organization="Demo Dairy Workers Organization",
        monitor="Demo Dairy Standards Council",
        brands=("Demo Ice Cream Maker",),
        suppliers={
            "Demo Dairy Hill": (
                Place("Demo Dairy Hill", "Demo Hill", "Vermont", 6, ("Milk",), Precision.COUNTY),
            ),
            "Demo Dairy Brook": (
                Place("Demo Dairy Brook", "Demo Brook", "Vermont", 4, ("Milk",), Precision.COUNTY),
            ),
        },
        buys={"Demo Ice Cream Maker": ("Demo Dairy Hill", "Demo Dairy Brook")},
    ),
)


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


def refuse_elsewhere() -> None:
    """Raise NotADemo unless WSR_DEMO is set."""
    if not settings.DEMO:
        raise NotADemo("This installation is not a demo. Set WSR_DEMO=1 where nothing real will be kept.")


def password_of_all() -> str:
    """The password of every demo person: different in each installation, the same on each start."""
    digest = _derived("password").hex()
    return "demo-" + "-".join(digest[start : start + 4] for start in range(0, 12, 4))


def people() -> list[tuple[str, str, str]]:
    """(program, role, e-mail) of every demo person."""
    return [(demo.name, str(role.label), email_of(demo, role)) for demo in DEMOS for role in Role]


def email_of(demo: Demo, role: Role) -> str:
    """The address of the person who holds `role` in a demo program."""
    return f"{demo.key}.{role.value.replace('_', '-')}@{DOMAIN}"


def code_for(asked: str, *, at: datetime) -> str | None:
    """The six digits of the second factor now: for a demo person's e-mail, or for the key shown when setting one up.

    None when the person is no demo person or has no such factor, or the key is none. Raises NotADemo.
    """
    refuse_elsewhere()
    secret = asked.replace(" ", "").upper()
    if "@" in asked:
        person = Person.objects.filter(email=asked.strip().lower(), email__endswith=f"@{DOMAIN}").first()
        factor = (
            Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
            if person
            else None
        )
        if factor is None:
            return None
        secret = decrypt(factor.data["secret"])
    try:
        return format_hotp_value(hotp_value(secret, int(at.timestamp()) // app_settings.TOTP_PERIOD))
    except ValueError:  # not base32
        return None


# ── Building ─────────────────────────────────────────────────────────────────────────────────────


def _build(demo: Demo, password: str, at: datetime) -> Program:
    director = _person(email_of(demo, Role.DIRECTOR), f"Demo director ({demo.key})", password)
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
        role: _person(email_of(demo, role), f"Demo {role.label.lower()} ({demo.key})", password)
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
        demo_education.build(program=program, director=director, at=at, start=start)
    # Outside the scope: brands act in their own.
    react("demo.built", program=program, director=director, at=at)
    demo_time.pass_until(program.pk, at)
    with program_scope(program.pk):
        demo_network.tell(demo.key, by=director, at=at)
        _publish({"by": director, "at": at})
    demo_network.endorse(program, by=director)
    demo_lists.keep(program, by=director, at=at)
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


def _person(email: str, name: str, password: str) -> Person:
    """The demo person with this address; `password` is hashed already."""
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person.objects.create(email=email, name=name, password=password)
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        if email != WITHOUT_FACTOR:
            TOTP.activate(person, base64.b32encode(_derived(email)).decode())
    return person


def _organization(name: str, kind: str) -> Organization:
    return Organization.objects.filter(name=name, kind=kind).first() or Organization.objects.create(
        name=name, kind=kind
    )


def _derived(purpose: str) -> bytes:
    """Twenty bytes that only this installation can work out."""
    return hmac.new(settings.SECRET_KEY.encode(), f"demo {purpose}".encode(), hashlib.sha1).digest()
