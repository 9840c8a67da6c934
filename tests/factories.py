"""Quiet makers of real rows. Names of functions are the field's nouns; each enters the scope it needs."""

import datetime as dt
import itertools

from programs.enums import Part
from programs.models import Participation, Rule, Rung, Sourcing, Workplace
from programs.operations.scales import say
from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.accounts.models import Membership, Organization, OrganizationKind, Person
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)


def program(slug: str = "", **fields):
    """A program with a three-rung ladder of standing that discloses which brands buy where, and sizes."""
    slug = slug or f"program-{next(_numbers)}"
    made = Program.objects.create(slug=slug, name=fields.pop("name", slug.title()), created_at=AT, **fields)
    with program_scope(made.pk):
        ladder = (
            ("good_standing", "In good standing", False),
            ("probation", "Probation", False),
            ("suspended", "Suspended", True),
        )
        rungs = Rung.objects.bulk_create(
            Rung(
                program=made,
                key=key,
                label=label,
                position=position,
                stops_purchases=stops,
                is_public=True,
                certainty="set_by_program",
            )
            for position, (key, label, stops) in enumerate(ladder)
        )
        say(rungs, since=dt.date(2026, 1, 1), by=None, at=AT)
        public = ("supplier_names", "brand_names", "brand_supplier_pairs", "workplace_size")
        Rule.objects.bulk_create(
            Rule(program=made, key=f"disclosure.{item}", **_decision(item, "published", dt.date(2026, 1, 1)))
            for item in public
        )
    return made


def decide(program, item: str, value: str | None, *, on: dt.date = dt.date(2026, 1, 1)):
    """What a program decided about something public."""
    with program_scope(program.pk):
        return Rule.objects.update_or_create(
            key=f"disclosure.{item}",
            valid_until=None,
            defaults={"value": value},
            create_defaults=_decision(item, value, on),
        )[0]


def _decision(item: str, value: str | None, on: dt.date) -> dict:
    return {
        "section": "disclosure",
        "label": item,
        "value": value,
        "unit": "disclosure",
        "certainty": "set_by_program",
        "valid_from": on,
        "set_at": AT,
    }


def person(email: str = "", **fields):
    """Somebody who signs in with PASSWORD."""
    email = email or f"person{next(_numbers)}@example.org"
    return Person.objects.create_user(
        email, PASSWORD, name=fields.pop("name", email.split("@")[0].title()), **fields
    )


def organization(kind: str = OrganizationKind.BRAND, **fields):
    """An organization with an account."""
    return Organization.objects.create(
        name=fields.pop("name", f"Organization {next(_numbers)}"), kind=kind, **fields
    )


def member(program, role: str, *, person=None, organization=None):
    """A person with a role in a program; outside roles get an organization of their own."""
    somebody = person or globals()["person"](f"{role}-{next(_numbers)}@example.org")
    if organization is None and AUDIENCE_OF[Role(role)] != Audience.STAFF:
        organization = globals()["organization"]()
    with program_scope(program.pk):
        Membership.objects.create(person=somebody, role=role, organization=organization, started_at=AT)
    return somebody


def participation(program, part: str = Part.SUPPLIER, **fields):
    """An organization's part in a program."""
    name = fields.pop("name", f"{Part(part).label} {next(_numbers)}")
    with program_scope(program.pk):
        return Participation.objects.create(
            part=part,
            name=name,
            name_key=fields.pop("name_key", name.upper()),
            country=fields.pop("country", "BD"),
            created_at=AT,
            updated_at=AT,
            **fields,
        )


def supplier(program, **fields):
    """A participating employer."""
    return participation(program, Part.SUPPLIER, **fields)


def brand(program, **fields):
    """A participating buyer."""
    return participation(program, Part.BRAND, **fields)


def workplace(program, *, supplier=None, **fields):
    """A farm or factory of a supplier."""
    owner = supplier or globals()["supplier"](program)
    name = fields.pop("name", f"Workplace {next(_numbers)}")
    with program_scope(program.pk):
        return Workplace.objects.create(
            supplier=owner,
            name=name,
            name_key=fields.pop("name_key", name.upper()),
            country=fields.pop("country", "BD"),
            created_at=AT,
            updated_at=AT,
            **fields,
        )


def sourcing(program, *, brand=None, supplier=None, **fields):
    """A brand buys from a supplier."""
    with program_scope(program.pk):
        return Sourcing.objects.create(
            brand=brand or globals()["brand"](program),
            supplier=supplier or globals()["supplier"](program),
            created_at=AT,
            updated_at=AT,
            **fields,
        )


def second_factor(person) -> str:
    """Give a person a TOTP second factor; returns its secret."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def sign_in(client, person):
    """Sign a person in with both factors, as the sign-in pages would."""
    import time

    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import is_mfa_enabled

    if not is_mfa_enabled(person):
        second_factor(person)
    client.force_login(person)
    factor = Authenticator.objects.filter(user=person).first()
    session = client.session
    session["second_factor"] = f"{person.pk}:{person.second_factor_epoch}"
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "email": person.email},
        {"method": "mfa", "at": time.time(), "type": "totp", "id": factor.pk},
    ]
    session.save()
    return person
