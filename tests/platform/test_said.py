"""Sentences that are stored once and read in every reader's language."""

import pytest
from django.utils import translation

from tests import factories
from wsr.jobs.models import Job, State
from wsr.said import dump, gettext, joined, ngettext, read
from wsr.tenancy import program_scope


@pytest.fixture
def spanish(monkeypatch):
    """A catalog of three sentences."""
    words = {
        "Nothing new": "Nada nuevo",
        "%(rows)s read, %(more)s.": "%(rows)s leídas, %(more)s.",
        "%s created": "%s creados",
    }
    plurals = {("%(n)d change", False): "%(n)d cambio", ("%(n)d change", True): "%(n)d cambios"}
    plain, many = translation.gettext, translation.ngettext

    def is_spanish():
        return translation.get_language() == "es"

    monkeypatch.setattr(
        translation, "gettext", lambda text: words.get(text, plain(text)) if is_spanish() else plain(text)
    )
    monkeypatch.setattr(
        translation,
        "ngettext",
        lambda one, other, n: plurals.get((one, n != 1), one) if is_spanish() else many(one, other, n),
    )


def test_a_sentence_is_said_again_in_the_readers_language(spanish):
    changes = ngettext("%(n)d change", "%(n)d changes", 2) % {"n": 2}
    stored = dump(gettext("%(rows)s read, %(more)s.") % {"rows": "3,351", "more": changes})
    listed = dump(joined([gettext("%s created") % "12", gettext("Nothing new")], end="."))

    with translation.override("en"):
        assert (read(stored), read(listed)) == ("3,351 read, 2 changes.", "12 created, Nothing new.")
    with translation.override("es"):
        assert (read(stored), read(listed)) == ("3,351 leídas, 2 cambios.", "12 creados, Nada nuevo.")


def test_what_is_no_sentence_of_ours_stays_as_it_is():
    assert [dump("plain"), read("plain"), read("")] == ["plain", "plain", ""]
    assert read(dump(gettext("%(what)s depends on it.") % {"what": '{"said": 1} %s'})) == (
        '{"said": 1} %s depends on it.'
    )


def test_a_job_says_how_it_ended_in_the_language_of_who_looks(db, client, spanish):
    program = factories.program("garment")
    director = factories.member(program, "director")
    with program_scope(program.pk), translation.override("en"):
        job = Job.objects.create(
            kind="x",
            title=gettext("Nothing new"),
            asked_at=factories.AT,
            state=State.DONE,
            ended_at=factories.AT,
        )
        Job.objects.filter(pk=job.pk).update(message=gettext("%s created") % "12")
    with program_scope(program.pk), translation.override("es"):
        found = Job.objects.get(pk=job.pk)
        assert (found.title, found.message) == ("Nada nuevo", "12 creados")
        found.save()
    with program_scope(program.pk), translation.override("en"):
        assert Job.objects.get(pk=job.pk).message == "12 created"
    factories.sign_in(client, director)
    assert "12 created" in client.get("/p/garment/jobs/").text
