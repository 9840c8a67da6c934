"""What has been published stays, whatever is undone."""

from django.db import connections

from programs.models import Workplace
from tests import factories
from tests.factories import AT
from tests.imports.conftest import Office
from wsr.imports import queries, undoing

LIST = "Factory,Address,City,Country\nAlpha,1 A Street,Dhaka,BD\nBeta,2 B Street,Dhaka,BD\n"


def test_undo_keeps_what_has_been_published(transactional_db, tmp_path):
    program = factories.program("garment")
    office = Office(program, factories.member(program, "director"))
    (tmp_path / "list.csv").write_text(LIST)
    with office.scope():
        batch = office.check(office.upload(tmp_path / "list.csv"))
        office.apply(batch)
        published = Workplace.objects.get(name="Alpha")
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_identity (program_id, kind, subject_id, public_id, merged_into, is_redacted, gone_names, created_at) "
            "VALUES (%s, 'workplace', %s, 'WSR4TEST', '', false, '{}', now())",
            [program.pk, published.pk],
        )
    with office.scope():
        shown = undoing.preview(batch, AT).done
        done = office.undo(batch)

        assert shown == done
        assert list(Workplace.objects.all()) == [published]
        reasons = dict(queries.kept_reasons(batch))
        assert reasons["It has been published."] == 1
        assert set(reasons) == {"It has been published.", "Something in the program depends on it."}
        assert done["kept"] == 2
