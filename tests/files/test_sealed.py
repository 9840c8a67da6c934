"""Files of a case: cleaned in memory, on disk as an envelope alone, gone with their case."""

import builtins
import datetime as dt
import os
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadhandler import SkipFile
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.files import making, recordings
from wsr.files import pipeline, sealed
from wsr.files.cleaning import audio
from wsr.files.cleaning.refusals import Refused
from wsr.files.models import SealedFile
from wsr.files.uploads import InMemory, take_in_memory, was_too_large
from wsr.tenancy import engine_scope, program_scope, worker_scope
from wsr.vault import operations as vault
from wsr.vault.envelope import DoesNotOpen

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
KINDS = {
    "amr": (recordings.amr, "audio/amr"),
    "aac": (recordings.aac, "audio/aac"),
    "webm": (recordings.webm, "audio/webm"),
    "webm with lengths": (lambda: recordings.webm(is_open=False), "audio/webm"),
    "m4a": (making.m4a, "audio/mp4"),
    "ogg": (making.ogg, "audio/ogg"),
    "jpeg": (making.jpeg, "image/jpeg"),
    "pdf": (lambda: making.pdf(photo=making.jpeg()), "application/pdf"),
    "docx": (making.xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_tells_nothing_and_is_the_same_again(kind):
    make, media_type = KINDS[kind]
    made = sealed.cleaned(make())
    assert made.media_type == media_type
    found = [secret for secret in (recordings.TOLD, b"Chrome", *making.SECRETS[:3]) if secret in made.content]
    assert found == []
    if media_type.startswith("audio"):
        assert sealed.cleaned(made.content).content == made.content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (recordings.webm(kind=1), "film"),
        (recordings.webm(codec=b"A_VORBIS"), "broken_audio"),
        (recordings.webm(is_open=False)[:-40], "broken_audio"),
        (recordings.webm().replace(b"webm", b"mkv "), "film"),
        (b"#!AMR_MC1.0\n" + b"\0" * 50, "broken_audio"),
        (b"#!AMR\n", "broken_audio"),
        (recordings.aac(1, tail=b""), "broken_audio"),
        (recordings.amr(60 * 60 * 50), "too_long"),
        (recordings.webm(seconds=902), "too_long"),
        (making.heic(), "heic"),
        (b"<svg onload=alert(1)>", "markup"),
        (making.archive({"a.txt": b"x"}), "archive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused(content, code, settings):
    with pytest.raises(pipeline.CannotTake) as refusal:
        sealed.cleaned(content)
    assert refusal.value.code == code
    assert str(refusal.value).endswith(".")


def test_too_large_and_no_room(settings, monkeypatch):
    settings.SEALED_FILE_BYTES = 1000
    with pytest.raises(sealed.TooLarge):
        sealed.cleaned(b"x" * 1001)
    monkeypatch.setattr(sealed, "LEAST_FREE", 10**18)
    with pytest.raises(sealed.NoRoom):
        sealed.cleaned(b"a,b\n1,2\n")


@given(st.binary(max_size=300), st.integers(0, 600))
def test_a_broken_recording_is_refused_or_cleaned_and_breaks_nothing(noise, at):
    for kind, made in (("webm", recordings.webm()), ("amr", recordings.amr()), ("aac", recordings.aac())):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "source"), Path(folder, "target")
            source.write_bytes(made[:at] + noise + made[at + len(noise) :])
            try:
                assert audio.clean(kind, source, target, {}) == (kind, {})
            except Refused:
                assert not target.exists()
            else:
                assert target.stat().st_size


def test_nothing_is_written_to_a_disk_while_cleaning(monkeypatch, settings):
    """No file is opened for writing here, and the small process is given two files in memory."""
    opened, commands = [], []
    real_open, real_os_open, real_run = builtins.open, os.open, subprocess.run

    def watched(file, mode="r", *more, **named):
        if set(mode) & set("wax+") and not isinstance(file, int):
            opened.append(str(file))
        return real_open(file, mode, *more, **named)

    def watched_low(path, flags, *more, **named):
        if flags & (os.O_WRONLY | os.O_RDWR):
            opened.append(str(path))
        return real_os_open(path, flags, *more, **named)

    def run(command, **named):
        commands.append(command)
        return real_run(command, **named)

    monkeypatch.setattr(builtins, "open", watched)
    monkeypatch.setattr(os, "open", watched_low)
    monkeypatch.setattr(subprocess, "run", run)
    sealed.cleaned(making.jpeg())
    assert set(opened) <= {os.devnull}
    [command] = commands
    assert [path.startswith("/proc/self/fd/") for path in command[3:5]] == [True, True]
    assert [path for path in settings.DATA_DIR.rglob("*") if path.is_file()] == []


def test_whoever_waits_for_a_place_holds_no_thread_for_long(settings, monkeypatch):
    assert pipeline.PATIENCE < settings.CLEANING_SECONDS / 10
    settings.CLEANING_AT_ONCE = 1
    monkeypatch.setattr(pipeline, "PATIENCE", 0.0)
    with pipeline._turn(1.0), pytest.raises(pipeline.CannotTake) as refused:
        sealed.cleaned(making.jpeg())
    assert (refused.value.code, refused.value.retry_after) == ("busy", 60)


def test_uploads_stay_in_memory_and_are_cut_at_the_limit(settings):
    settings.SEALED_FILE_BYTES = 3_000_000
    for size, is_taken in ((2_900_000, True), (3_000_001, False)):
        request = RequestFactory().post("/", {"file": _file(b"x" * size), "text": "kept"})
        take_in_memory(request)
        assert (("file" in request.FILES), was_too_large(request)) == (is_taken, not is_taken)
        assert request.POST["text"] == "kept"
        if is_taken:
            assert not hasattr(request.FILES["file"], "temporary_file_path")
    handler = InMemory(RequestFactory().post("/"))
    handler.new_file("file", "a", "text/plain", None)
    with pytest.raises(SkipFile):
        handler.receive_data_chunk(b"x" * 3_000_001, 0)


def _file(content: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("CANARY.jpg", content)


@pytest.fixture
def case(program):
    """A case with a key; (program, id of the case)."""
    case_id = uuid.uuid4()
    with worker_scope(program.pk, case_id):
        vault.open_case(case_id)
    return program, case_id


def keep(program, case_id, content=b"a,b\n1,2\n") -> SealedFile:
    with worker_scope(program.pk, case_id):
        made = sealed.cleaned(content)
        return sealed.keep(case_id=case_id, file_id=uuid.uuid4(), made=made, at=AT)


def test_on_disk_lies_an_envelope_for_one_case(case):
    program, case_id = case
    file, other = keep(program, case_id), keep(program, case_id, b"c,d\n")
    assert b"a,b" not in file.path.read_bytes()
    assert (file.path.stat().st_mode & 0o077, file.path.name) == (0, str(file.pk))
    with worker_scope(program.pk, case_id):
        assert sealed.content_of(file) == b"a,b\n1,2\n"
        response = sealed.as_download(file)
        assert response["Content-Disposition"] == 'attachment; filename="file.txt"'
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "no-store" in response["Cache-Control"]
        shutil.copy(other.path, file.path)  # moved from another place, it does not open
        with pytest.raises(DoesNotOpen):
            sealed.content_of(file)
        file.path.unlink()
        with pytest.raises(Http404):
            sealed.as_download(file)


def test_others_do_not_see_it(case, other_program):
    program, case_id = case
    file = keep(program, case_id)
    with worker_scope(program.pk, uuid.uuid4()):
        assert not SealedFile.objects.filter(pk=file.pk).exists()
    with program_scope(program.pk, person_id=factories.member(program, "director").pk):
        assert not SealedFile.objects.filter(pk=file.pk).exists()


def test_what_is_put_aside_opens_with_its_key_alone(program):
    key, file_id = os.urandom(32), None
    file_id = sealed.put_aside(key, program.pk, sealed.Clean(b"CANARY", "text/plain"))
    assert sealed.taken_up(key, program.pk, file_id).content == b"CANARY"
    assert sealed.taken_up(os.urandom(32), program.pk, file_id) is None
    [path] = [path for path in Path(sealed._root()).rglob("*") if path.is_file()]
    assert b"CANARY" not in path.read_bytes()
    sealed.throw_away(program.pk, file_id)
    assert sealed.taken_up(key, program.pk, file_id) is None


@pytest.mark.usefixtures("transactional_db")
def test_the_sweep_takes_what_nobody_can_read(settings):
    program = factories.program()
    kept, erased, orphan = uuid.uuid4(), uuid.uuid4(), None
    for case_id in (kept, erased):
        with worker_scope(program.pk, case_id):
            vault.open_case(case_id)
    stays, goes, orphan = (keep(program, case_id) for case_id in (kept, erased, kept))
    lost = orphan.path.with_name(str(uuid.uuid4()))
    orphan.path.rename(lost)
    half = stays.path.with_name(f".{stays.pk}.abcd")
    half.write_bytes(b"half")
    with engine_scope(program.pk):
        vault.erase_rows(erased, timezone.now())
    fresh = keep(program, kept)
    old = timezone.now() - dt.timedelta(hours=2)
    for path in (stays.path, goes.path, lost, half):
        os.utime(path, (old.timestamp(), old.timestamp()))
    aside = sealed.put_aside(os.urandom(32), program.pk, sealed.Clean(b"x", "text/plain"))

    assert sealed.sweep(at=timezone.now()) == 3
    assert (stays.path.exists(), fresh.path.exists()) == (True, True)
    assert [path.exists() for path in (goes.path, lost, half)] == [False] * 3
    assert sealed.sweep(at=timezone.now() + dt.timedelta(hours=49)) == 1
    assert not sealed._aside(program.pk, aside).exists()
