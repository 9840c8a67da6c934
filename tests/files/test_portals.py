"""Files of portals: each participant keeps and reads its own, and those made for it."""

import pytest
from django.db import DatabaseError, transaction

from programs.enums import Part
from tests import factories
from tests.factories import AT
from wsr.files import operations
from wsr.files.models import StoredFile
from wsr.tenancy import Audience, program_scope


@pytest.fixture
def two(program):
    """Two brands with accounts, by name: (organization, participation)."""
    made = {}
    for name in ("ours", "theirs"):
        organization = factories.organization(name=name)
        made[name] = (
            organization,
            factories.participation(program, Part.BRAND, name=name, organization=organization),
        )
    return made


def _store(**fields):
    return operations.store(
        chunks=[b"proof"], name="proof.pdf", media_type="application/pdf", by=None, at=AT, **fields
    )


def test_the_same_file_of_two_brands_is_two_rows_and_each_reads_its_own(program, two):
    for organization, participation in two.values():
        with program_scope(program.pk, Audience.BRAND, organization_id=organization.pk):
            assert _store().participation_id == participation.pk
            assert _store().pk == StoredFile.objects.get().pk
    with program_scope(program.pk):
        assert StoredFile.objects.count() == 2


def test_a_brand_reads_what_was_made_for_it_only(program, two):
    with program_scope(program.pk):
        ours = _store(participation_id=two["ours"][1].pk)
        _store(participation_id=two["theirs"][1].pk)
        _store()
    with program_scope(program.pk, Audience.BRAND, organization_id=two["ours"][0].pk):
        assert [file.pk for file in StoredFile.objects.all()] == [ours.pk]


def test_a_brand_keeps_nothing_for_another(program, two):
    with (
        program_scope(program.pk, Audience.BRAND, organization_id=two["ours"][0].pk),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        StoredFile.objects.create(
            sha256="0" * 64,
            size=1,
            name="x",
            media_type="text/plain",
            stored_at=AT,
            participation_id=two["theirs"][1].pk,
        )
