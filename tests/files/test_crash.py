"""kill -9 of the process that takes a file in, after the bytes and before the row: sent again, it stands once and whole."""

import signal
import subprocess
import sys

import pytest
from django.conf import settings

from tests import database, factories
from tests.factories import AT
from tests.files import making
from wsr.accounts.grants import Role
from wsr.files import receiving
from wsr.files.models import StoredFile, Upload
from wsr.tenancy import program_scope

DIE = """
import datetime, os, signal, sys, uuid
import django
django.setup()
from wsr.accounts.models import Person
from wsr.files import receiving
from wsr.files.models import Upload
from wsr.tenancy import program_scope

program, person, upload, piece = sys.argv[1:5]
Upload.save = lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL)
at = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)
by = Person(pk=uuid.UUID(person))
with program_scope(uuid.UUID(program), person_id=by.pk):
    if piece:
        receiving.put_chunk(upload_id=uuid.UUID(upload), offset=1000, content=bytes.fromhex(piece), by=by, at=at)
    else:
        receiving.finish(upload_id=uuid.UUID(upload), by=by, at=at)
"""


@pytest.mark.parametrize("dies_in", ["a piece", "finishing"])
def test_a_killed_process_loses_and_doubles_nothing(transactional_db, dies_in):
    program = factories.program()
    person = factories.member(program, Role.DIRECTOR)
    content = making.jpeg((300, 200))
    said = {"by": person, "at": AT}

    def put(upload, start, end):
        receiving.put_chunk(upload_id=upload.pk, offset=start, content=content[start:end], **said)

    def run(piece: bytes = b""):
        arguments = [str(program.pk), str(person.pk), str(upload.pk), piece.hex()]
        command = [sys.executable, "-c", DIE, *arguments]
        return subprocess.run(command, env=database.environment(), check=False).returncode

    with program_scope(program.pk, person_id=person.pk):
        upload = receiving.open_upload(
            name="a.jpg", size=len(content), sha256=making.sha256(content), chunk_size=100_000, **said
        )
        put(upload, 0, 1000)
        if dies_in == "finishing":
            put(upload, 1000, len(content))
    assert run(content[1000:] if dies_in == "a piece" else b"") == -signal.SIGKILL
    with program_scope(program.pk, person_id=person.pk):
        assert StoredFile.objects.count() == 0
        there = receiving.state_of(upload_id=upload.pk, by=person).received
        assert there == (1000 if dies_in == "a piece" else len(content))
        if there < len(content):
            put(upload, there, len(content))
        file = receiving.finish(upload_id=upload.pk, **said)
        assert (StoredFile.objects.count(), Upload.objects.get().file_id) == (1, file.pk)
        assert making.sha256(file.path.read_bytes()) == file.sha256
    kept = [path for path in settings.FILES_DIR.rglob("*") if path.is_file()]
    assert kept == [file.path]
