"""What a portal role can read with raw SQL: its own part, its partners, its own agreements from the proposal on."""

import pytest
from django.db import connections

from agreements.models import Agreement, AgreementVersion, Clause, Party
from tests import factories
from tests.factories import AT
from wsr.accounts.models import OrganizationKind
from wsr.tenancy import Audience, program_scope


@pytest.fixture
def two_brands(program):
    """Two brands with accounts; each buys from one supplier and is a party of one proposed agreement and of one draft."""
    made = {}
    for name in ("ours", "theirs"):
        organization = factories.organization(OrganizationKind.BRAND, name=name)
        brand = factories.brand(program, name=name, organization=organization)
        supplier = factories.supplier(program, name=f"supplier of {name}")
        factories.sourcing(program, brand=brand, supplier=supplier)
        factories.workplace(program, supplier=supplier, name=f"workplace of {name}")
        with program_scope(program.pk):
            for state in ("proposed", "draft"):
                agreement = Agreement.objects.create(
                    number=f"{name}-{state}", title=name, created_at=AT, updated_at=AT
                )
                Party.objects.create(agreement=agreement, participation=brand, side="brand")
                version = AgreementVersion.objects.create(
                    agreement=agreement,
                    number=1,
                    created_at=AT,
                    proposed_at=AT if state == "proposed" else None,
                )
                Clause.objects.create(
                    version=version, kind="general", reference="1", title=name, text=f"{name} {state}"
                )
        made[name] = (organization, brand)
    return made


@pytest.mark.parametrize(
    ("table", "column", "seen"),
    [
        ("programs_participation", "name", {"ours", "supplier of ours"}),
        ("programs_workplace", "name", {"workplace of ours"}),
        ("agreements_agreement", "number", {"ours-proposed"}),
        ("agreements_clause", "text", {"ours proposed"}),
    ],
)
def test_a_brand_reads_its_own_only(program, two_brands, table, column, seen):
    organization, _brand = two_brands["ours"]
    with (
        program_scope(program.pk, Audience.BRAND, organization_id=organization.pk),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(f"SELECT {column} FROM {table}")
        assert {value for (value,) in cursor.fetchall()} == seen


def test_an_organization_without_a_part_reads_nothing(program, two_brands):
    stranger = factories.organization(OrganizationKind.BRAND)
    with program_scope(program.pk, Audience.BRAND, organization_id=stranger.pk):
        assert list(Agreement.objects.all()) == []
        assert list(Party.objects.all()) == []
