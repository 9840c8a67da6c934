"""What nobody goes on with, and what a killed process left, is thrown away; nothing else is."""

import datetime as dt
import os
from uuid import uuid4

import pytest
from django.utils import timezone

from tests import factories
from tests.files import making
from wsr.accounts.grants import Role
from wsr.files import operations, receiving, sweeping
from wsr.files.models import Upload
from wsr.tenancy import circles, program_scope

pytestmark = pytest.mark.django_db(databases=["default", "engine"])


def old(path, **age):
    """As if it was written then."""
    then = (timezone.now() - dt.timedelta(**age)).timestamp()
    os.utime(path, (then, then))


def test_the_sweep(transactional_db, settings):
    program = factories.program()
    person = factories.member(program, Role.DIRECTOR)
    now = timezone.now()
    long_ago = now - dt.timedelta(days=settings.UPLOAD_DAYS, minutes=1)
    paths = {}
    with program_scope(program.pk, person_id=person.pk):
        for name, at in (("given up", long_ago), ("on its way", now)):
            content = name.encode()
            said = {"by": person, "at": at}
            made = receiving.open_upload(
                name="a.txt", size=len(content), sha256=making.sha256(content), chunk_size=1024, **said
            )
            receiving.put_chunk(upload_id=made.pk, offset=0, content=content, **said)
            paths[name] = made.path
        kept = operations.store(
            chunks=[b"kept"], name="a.txt", media_type="text/plain", by=person, at=now
        ).path
        circle = uuid4()
        circles.admit(circle, person.pk)
        said = {"circle_id": circle, "secret_of": circle, "by": person, "at": now}
        paths["kept in secret"] = operations.take_in(chunks=[b"a note"], name="a.txt", **said).file.path
    paths["kept"] = kept
    paths["without a row"] = kept.parent / ("0" * 64)
    paths["without a row, just now"] = kept.parent / ("1" * 64)
    paths["temporary"] = settings.FILES_DIR / f"{operations.TEMPORARY}abc"
    paths["of no upload"] = paths["on its way"].with_name(str(uuid4()))
    for name in ("without a row", "without a row, just now", "temporary", "of no upload"):
        paths[name].write_bytes(b"x")
    for name, path in paths.items():
        if name != "without a row, just now":
            old(path, days=2)

    assert sweeping.sweep(at=now) == 1

    assert {name for name, path in paths.items() if path.exists()} == {
        "on its way",
        "kept",
        "kept in secret",
        "without a row, just now",
    }
    with program_scope(program.pk, person_id=person.pk):
        assert [upload.path for upload in Upload.objects.all()] == [paths["on its way"]]
    assert sweeping.sweep(at=now) == 0
