"""What the tests of money start from: two brands and two suppliers with portals, agreements with a premium, reports."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agreements.models import Agreement, AgreementVersion, Clause, Party
from agreements.operations.money import purchases, settling
from tests import factories
from tests.factories import AT
from wsr.accounts.models import OrganizationKind
from wsr.files.models import StoredFile
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program

RATES = [{"product": "Tomatoes", "unit": "lb", "amount": "0.01", "currency": "USD"}]


@dataclass
class Partner:
    """A participant with a portal and one person in it."""

    part: Any
    organization: Any
    person: Any
    audience: Audience
    program: Program

    def scope(self):
        """As its portal."""
        return program_scope(
            self.program.pk, self.audience, person_id=self.person.pk, organization_id=self.organization.pk
        )


def partner(program, role: str, name: str) -> Partner:
    """A brand or supplier with an account."""
    is_brand = role.startswith("brand")
    kind = OrganizationKind.BRAND if is_brand else OrganizationKind.SUPPLIER
    organization = factories.organization(kind, name=name)
    make = factories.brand if is_brand else factories.supplier
    part = make(program, name=name, organization=organization)
    person = factories.member(program, role, organization=organization)
    return Partner(part, organization, person, Audience.BRAND if is_brand else Audience.SUPPLIER, program)


def premium(
    program, brand, *, rates=None, since=dt.date(2025, 1, 1), until=None, kind="premium", **parameters
) -> Clause:
    """A premium clause, or one of another kind of money, in force between the program and a brand."""
    with program_scope(program.pk):
        agreement = Agreement.objects.create(
            number=f"A-{Agreement.objects.count() + 1}",
            title="Premium",
            state="draft",
            created_at=AT,
            updated_at=AT,
        )
        Party.objects.create(agreement=agreement, participation=brand, side="brand")
        version = AgreementVersion.objects.create(
            agreement=agreement, number=1, starts_on=since, ends_on=until, created_at=AT, proposed_at=AT
        )
        clause = Clause.objects.create(
            version=version,
            kind=kind,
            reference="2",
            title="Premium",
            text="A premium is paid.",
            parameters={
                "rates": rates or RATES,
                "paid_by": "direct",
                "period": "monthly",
                "supplier_share": "13",
                **parameters,
            },
        )
        put_in_force(agreement, version)
    return clause


def put_in_force(agreement, version) -> None:
    """Through every state, as the table of moves wants it."""
    file = StoredFile.objects.create(
        sha256="0" * 64, size=1, name=str(version.pk), media_type="application/pdf", stored_at=AT
    )
    version.text_file, version.text_sha256 = file, "0" * 64
    for state in ("proposed", "signed", "in_force"):
        version.state = agreement.state = state
        version.in_force_at = AT if state == "in_force" else None
        version.save()
        agreement.save()


def line(partner, volume="1000", *, start="2026-01-01", end="2026-01-31", **values) -> dict[str, str]:
    """What a person types."""
    return {
        "partner": str(getattr(partner, "name", partner)),
        "product": "Tomatoes",
        "unit": "lb",
        "volume": str(volume),
        "starts_on": start,
        "ends_on": end,
        **values,
    }


def bought(brand: Partner, supplier, volume="1000", **values):
    """A brand reports a purchase in its portal."""
    with brand.scope():
        return purchases.report(
            side="brand",
            owner_id=brand.part.pk,
            values=line(supplier, volume, **values),
            by=brand.person,
            at=AT,
        )


def sold(supplier: Partner, brand, volume="1000", **values):
    """A supplier reports a sale in its portal."""
    with supplier.scope():
        return purchases.report(
            side="supplier",
            owner_id=supplier.part.pk,
            values=line(brand, volume, **values),
            by=supplier.person,
            at=AT,
        )


def settle(program):
    """What the task does."""
    with program_scope(program.pk):
        return settling.settle(at=AT)


def sums(rows) -> Decimal:
    """The sum of amounts."""
    return sum((row.amount for row in rows), Decimal(0))
