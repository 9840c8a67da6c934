"""A program says what workers read in its own words, and lets it be read aloud."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints import wording
from complaints.models import ProgramText, Recording
from complaints.operations import texts as operations
from complaints.queries import texts
from tests import factories
from tests.factories import AT, sign_in
from tests.files import making
from wsr.errors import Stale
from wsr.tenancy import program_scope, worker_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    program = factories.program()
    return program, factories.member(program, "director")


def test_own_words_hold_in_their_language_until_they_are_taken_back(office):
    program, director = office
    said = {"key": "first_who", "language": "es", "by": director, "at": AT}
    with program_scope(program.pk, person_id=director.pk):
        own = operations.set_text(
            **said, words=" Esto llega a {program}.\n<b>Nadie</b> más lo lee. ", replaces=None
        )
        assert (
            texts.of(program, "first_who", "es") == f"Esto llega a {program.name}. <b>Nadie</b> más lo lee."
        )
        assert program.name in texts.of(program, "first_who", "en")
        newer = operations.set_text(**said, words="Solo {program} lo lee.", replaces=own.pk)
        with pytest.raises(Stale):
            operations.set_text(**said, words="{program}", replaces=own.pk)
    with worker_scope(program.pk, None):
        assert texts.of(program, "first_who", "es") == f"Solo {program.name} lo lee."
        assert "12" in texts.of(program, "receipt_again", "es")
    with program_scope(program.pk, person_id=director.pk):
        operations.reset_text(key="first_who", language="es", replaces=newer.pk, by=director, at=AT)
        assert f"Solo {program.name}" not in texts.of(program, "first_who", "es")
        assert ProgramText.objects.filter(ended_at=AT, ended_by=director).count() == 2
        with pytest.raises(operations.CannotSay, match="already"):
            operations.reset_text(key="first_who", language="es", replaces=None, by=director, at=AT)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (" ", "Write the words"),
        ("{program} " + "x" * 600, "610 letters"),
        ("Nobody reads it.", "Keep {program}"),
        ("{program} {employer.name}", "{employer.name}"),
        ("{program} or {", "brace"),
    ],
)
def test_words_that_would_confuse_a_reader_are_refused(office, words, why):
    program, director = office
    with program_scope(program.pk, person_id=director.pk), pytest.raises(operations.CannotSay, match=why):
        operations.set_text(key="first_who", language="en", words=words, replaces=None, by=director, at=AT)


@pytest.fixture
def desk(client, office):
    """The page of one text, of a signed-in director."""
    program, director = office
    sign_in(client, director)
    return f"/p/{program.slug}/complaints/texts/"


def test_staff_write_look_save_and_go_back(client, office, desk):
    program, _director = office
    listed = client.get(f"{desk}?language=bn").content.decode()
    assert "to be reviewed by a speaker" in listed
    assert 'lang="bn" dir="ltr">কী হয়েছে?' in listed
    assert "to be reviewed" not in client.get(desk).content.decode()

    address = f"{desk}question_what/ur/"
    own = "<i>آج</i> کیا ہوا؟"
    looked = client.post(address, {"words": own, "preview": "1"})
    page = looked.content.decode()
    assert '<html lang="ur" dir="rtl">' in page
    assert "&lt;i&gt;آج&lt;/i&gt; کیا ہوا؟</label>" in page
    assert "<body inert>" in page
    assert "آج" not in client.get(address).content.decode()

    saved = client.post(address, {"words": own}, follow=True)
    assert "Own words" in saved.content.decode()
    form = Client().get(f"/report/{program.slug}/?q=2&lang=ur").content.decode()
    assert "&lt;i&gt;آج&lt;/i&gt; کیا ہوا؟</label>" in form
    stale = client.post(address, {"words": "کل کیا ہوا؟"})
    assert stale.status_code == 422
    assert "کل کیا ہوا؟" in stale.content.decode()
    replaces = re.search(r'name="replaces" value="([^"]+)"', stale.content.decode()).group(1)
    assert client.post(address, {"words": "کل کیا ہوا؟", "replaces": replaces}).status_code == 302
    current = client.get(f"{address}reset/").content.decode()
    replaces = re.search(r'name="replaces" value="([^"]+)"', current).group(1)
    back = client.post(f"{address}reset/", {"replaces": replaces}, follow=True).content.decode()
    assert "you have set none" in back
    assert "کل کیا ہوا؟" in back  # among the words so far

    assert client.get(f"{desk}nothing/ur/").status_code == 404
    assert client.get(f"{desk}first_who/fr/").status_code == 404
    refused = client.post(f"{desk}first_who/en/", {"words": "Nobody else reads it."})
    assert "Keep {program}" in refused.content.decode()
    assert refused.status_code == 422
    assert {
        client.post(f"{desk}{key}/es/", {"words": words, "preview": "1"}).status_code
        for key, words in {
            "first_title": "Hola", "review_title": "Mire", "receipt_thanks": "Gracias", "stop_title": "Parar",
            "receipt_again": "{hours} horas", "state_closed": "Cerrada", "question_contact_phone_help": "Sin prefijo",
        }.items()
        if key in wording.TEXTS
    } == {200}  # fmt: skip


def test_a_question_is_read_aloud_where_the_program_has_a_recording(client, office, desk):
    program, director = office
    form = f"/report/{program.slug}/?q=2"
    assert b"<audio" not in client.get(form).content
    upload = f"{desk}question_what/es/recording/"
    assert client.post(upload, {"file": SimpleUploadedFile("x.mp3", b"no sound at all")}).status_code == 422
    sent = client.post(upload, {"file": SimpleUploadedFile("La voz de Ana.wav", making.wav())}, follow=True)
    assert "Take the recording away" in sent.content.decode()

    worker = Client()
    page = worker.get(f"{form}&lang=es").content.decode()
    assert b"<audio" not in worker.get(f"{form}&lang=bn").content
    address = re.search(r'<audio controls preload="none" src="([^"]+)"', page).group(1)
    whole = worker.get(address)
    assert (whole["Content-Type"], whole["Cache-Control"], worker.cookies) == ("audio/wav", "no-store", {})
    assert "Ana" not in str(whole.headers)
    piece = worker.get(address, headers={"Range": "bytes=4-7"})
    assert (piece.status_code, piece.content) == (206, whole.content[4:8])
    assert piece["Content-Range"] == f"bytes 4-7/{len(whole.content)}"
    assert worker.get(address, headers={"Range": "bytes=9999999-"}).content == whole.content

    with program_scope(program.pk, person_id=director.pk):
        row = Recording.objects.get()
        with pytest.raises(operations.CannotSay, match="no place"):
            operations.set_recording(
                key="stop_what", language="es", file=row.file, replaces=None, by=director, at=AT
            )
        row.file.size = operations.MOST_BYTES + 1
        with pytest.raises(operations.CannotSay, match="400 KB"):
            operations.set_recording(
                key="question_what", language="ht", file=row.file, replaces=None, by=director, at=AT
            )
        row.file.media_type = "image/png"
        with pytest.raises(operations.CannotSay, match="not a recording"):
            operations.set_recording(
                key="question_what", language="ht", file=row.file, replaces=None, by=director, at=AT
            )
    client.post(f"{desk}question_what/es/recording/end/", {"replaces": str(row.pk)})
    assert worker.get(address).status_code == 404
    assert b"<audio" not in worker.get(f"{form}&lang=es").content


def test_a_handler_does_not_change_what_workers_read(client, office):
    program, _director = office
    sign_in(client, factories.member(program, "case_handler"))
    assert client.get(f"/p/{program.slug}/complaints/texts/").status_code == 403
