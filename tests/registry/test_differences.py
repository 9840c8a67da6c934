"""What a publication must notice although no row of the record itself was written."""

import datetime as dt
import json

from django.db import connections

from programs import disclosure
from programs.models import Sourcing, Workplace
from tests.registry.conftest import AT
from wsr.files.models import StoredFile
from wsr.imports.enums import State
from wsr.imports.models import Batch
from wsr.registry import operations
from wsr.registry.disclosure import Since
from wsr.registry.enums import Wish
from wsr.tenancy import current_alias, engine_scope, program_scope


def moment(office):
    """As a publication made now would remember it."""
    with engine_scope(office.program.pk), connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return Since(AT + dt.timedelta(days=1), cursor.fetchone()[0])


def looked_at(office, since):
    """The workplaces that the next publication compares."""
    with engine_scope(office.program.pk):
        return disclosure.changed("workplace", since)


def brands_of(office, subject):
    """The brands in the newest version of a published record."""
    public_id = office.listing(subject).public_id
    document = json.loads((office.public / "r" / public_id[-3:-1] / f"{public_id}.json").read_bytes())
    return [brand["name"] for brand in document["versions"][-1]["disclosed"]["content"]["brands"]]


def test_sourcing_that_an_undone_import_took_back_leaves_the_public_record(office):
    office.publish()
    assert brands_of(office, office.exact) == ["Levi"]
    since = moment(office)
    assert looked_at(office, since) == set()

    with program_scope(office.program.pk):
        Sourcing.objects.all().delete()
        Batch.objects.create(
            source="list", target="workplaces", state=State.UNDONE, uploaded_at=AT, applied_at=AT, undone_at=AT,
            file=StoredFile.objects.create(sha256="0" * 64, size=1, name="list.csv", media_type="text/csv", stored_at=AT),
        )  # fmt: skip

    assert looked_at(office, since) > {office.exact.pk, office.rounded.pk}
    assert office.publish().counts == {"workplace": {"update": 2}}
    assert brands_of(office, office.exact) == []
    assert looked_at(office, moment(office)) == set()


def test_an_embargo_without_an_end_is_lifted_by_one_with_an_end(office):
    def hold_back(at, until):
        with program_scope(office.program.pk):
            operations.instruct(
                kind="workplace", subject_id=office.hidden.pk, wish=Wish.EMBARGO,
                note="Until the workers are safe.", by=office.director, at=at, until=until,
            )  # fmt: skip

    hold_back(AT, None)
    assert office.publish().counts["workplace"] == {"first": 3}
    hold_back(AT + dt.timedelta(hours=1), AT + dt.timedelta(days=1, hours=1))

    assert office.publish().counts == {"workplace": {"first": 1}}
    with program_scope(office.program.pk):
        Workplace.objects.filter(pk=office.hidden.pk).update(name="Eastern Camp Two")
    assert office.publish().counts == {"workplace": {"update": 1}}
