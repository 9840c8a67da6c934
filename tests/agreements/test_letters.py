"""Letters of the ladder: written with the step, printed once, kept by hash, told by link, received."""

import hashlib

import pytest

from agreements.documents import letters as documents
from agreements.models import Letter
from agreements.operations import letters
from tests import factories
from tests.agreements import climbing
from tests.agreements.climbing import TODAY, say
from tests.factories import AT
from wsr.jobs.models import Job
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier(program):
    made = factories.supplier(program, name="Acme", rung="good_standing")
    factories.workplace(program, supplier=made, name="Plant 1", languages=["en", "bn"])
    return made


@pytest.fixture
def step(program, supplier, director):
    for to in ("supplier", "brands", "workers"):
        say(program, "probation", f"letter_{to}", True)
    climbing.brand(program, supplier=supplier, name="Buyer")
    return climbing.start(program, supplier, "probation", by=director).steps


def send(program, director):
    with program_scope(program.pk, person_id=director.pk):
        job = Job.objects.get(kind=letters.JOB)
        return list(letters.print_and_send(step_id=job.params["step"], by=director, at=AT))


def test_a_paragraph_with_an_empty_word_is_left_out():
    text = "To {addressee}\n\nReview on {review}.\n\nYours"

    assert documents.filled(text, {"addressee": "Acme", "review": ""}) == "To Acme\n\nYours"
    with pytest.raises(documents.WrongWord, match="stands for nothing"):
        documents.check("{worker}")


def test_each_reader_gets_one_printed_once_and_told_by_link(program, step, director):
    assert [done for done, _of in send(program, director)] == [1, 2, 3]
    with program_scope(program.pk, person_id=director.pk):
        found = list(Letter.objects.select_related("file", "participation").order_by("serial"))
        step_id = found[0].step_id
        assert list(letters.print_and_send(step_id=step_id, by=director, at=AT)) == []
    assert [(letter.to, letter.addressee, letter.language) for letter in found] == [
        ("supplier", "Acme", "en"),
        ("brands", "Buyer", "en"),
        ("workers", "Plant 1", "en"),  # nobody has written the letter in Bengali: it is missing, not guessed
    ]
    for letter in found:
        content = letter.file.path.read_bytes()
        assert content.startswith(b"%PDF")
        assert hashlib.sha256(content).hexdigest() == letter.sha256
        assert letter.file.participation_id == letter.participation_id
    with program_scope(program.pk):
        told = Outbox.objects.get(kind="letter")
    assert told.context == {"letter": str(found[1].pk)}


def test_the_programs_own_words_in_the_languages_of_the_workplace(program, supplier, director):
    say(program, "probation", "letter_workers", True)
    with program_scope(program.pk, person_id=director.pk):
        said = {"rung_key": "probation", "to": "workers", "by": director, "at": AT}
        letters.set_text(language="bn", subject="{workplace}", body="{supplier}: {rung}", **said)
        with pytest.raises(documents.WrongWord):
            letters.set_text(language="bn", subject="{x}", body="…", **said)

    climbing.start(program, supplier, "probation", by=director)

    with program_scope(program.pk):
        assert list(Letter.objects.order_by("serial").values_list("language", "subject", "body"))[1] == (
            "bn",
            "Plant 1",
            "Acme: Probation",
        )


def test_a_brand_reads_its_letter_once_it_is_sent_and_acknowledges_it(program, step, director):
    with program_scope(program.pk):
        letter = Letter.objects.select_related("participation__organization").get(to="brands")
    organization = letter.participation.organization_id
    officer = factories.member(program, "brand_officer", organization=letter.participation.organization)
    portal = {"person_id": officer.pk, "organization_id": organization}
    with program_scope(program.pk, Audience.BRAND, **portal):
        assert not Letter.objects.exists()
    send(program, director)
    with program_scope(program.pk, Audience.BRAND, **portal):
        assert [one.pk for one in Letter.objects.all()] == [letter.pk]
        letters.acknowledge(letter_id=letter.pk, name="Ana", by=officer, at=AT)
        with pytest.raises(letters.CannotWrite, match="Ana has acknowledged"):
            letters.acknowledge(letter_id=letter.pk, name="Ben", by=officer, at=AT)


def test_the_letter_to_workers_names_no_reason_and_shows_the_phone(program, supplier, director):
    say(program, "probation", "letter_workers", True)
    with program_scope(program.pk):
        from programs.models import Rule

        Rule.objects.create(
            section="complaints",
            key="complaints.phone",
            label="…",
            unit="text",
            value="+880 1711 000000",
            certainty="set_by_program",
            valid_from=TODAY,
            set_at=AT,
        )
    climbing.start(program, supplier, "probation", by=director, reason="A worker told us.")

    with program_scope(program.pk):
        body = Letter.objects.get().body
    assert body.endswith("+880 1711 000000")
    assert "A worker told us" not in body
