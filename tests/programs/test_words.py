"""The labels of the blueprints are offered to translators, and shown in the reader's language where nobody changed them."""

import pytest
from django.utils import translation

from programs import blueprints, ladder
from programs.blueprints.words import WORDS, in_words
from programs.meanings import FIELDS
from programs.operations.scales import SEVERITY_QUESTIONS


def test_every_label_of_every_blueprint_is_offered():
    wanted = {words for _unit, words in ladder.QUESTIONS.values()}
    wanted |= {words for _key, _unit, words in SEVERITY_QUESTIONS}
    wanted |= {words for fields in FIELDS.values() for _unit, words in fields.values()}
    for key in blueprints.KEYS:
        found = blueprints.load(key)
        wanted |= {found.name, found.summary, found.code_title}
        for part in (found.standings, found.severities, found.bodies, found.rules):
            wanted |= {one.label for one in part}
    assert wanted - {""} == WORDS


@pytest.fixture
def spanish(monkeypatch):
    from programs.blueprints import words

    told = {"Probation": "A prueba", "time until it is reviewed": "tiempo hasta su revisión"}
    monkeypatch.setattr(words, "gettext", lambda text: told.get(text, text))
    with translation.override("es"):
        yield


def test_a_label_that_the_program_changed_stays_as_it_is(spanish):
    assert in_words("Probation") == "A prueba"
    assert in_words("Probation, time until it is reviewed") == "A prueba, tiempo hasta su revisión"
    assert in_words("Our own rung, time until it is reviewed") == "Our own rung, tiempo hasta su revisión"
    assert in_words("Our own words") == "Our own words"
