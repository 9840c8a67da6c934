"""What in a text points to somebody: whatever her name, however a number is set, in whatever words she said it."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from complaints.operations.giveaways import DATE, NAME, NUMBER, QUOTED, SHORTEST, Known, compared

# Of scripts that workers write in, and letters that change their number or their marks between small and capital.
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzàéîõüßığşçñøåœάᾳψωжщђঅআকখগমরলসহকमरرحمدعلیېپកខគភሀለመ")
WORDS = st.text(LETTERS, min_size=SHORTEST, max_size=12)
PLAIN = "The exits are locked and nobody can leave"


def kinds(text, known):
    return {found.kind for found in compared(text, known)}


@given(WORDS, st.sampled_from(["{}", "«{}»,", "({})", "-{}-", "\n{}."]))
def test_a_name_is_found_wherever_it_stands(name, around):
    assume(name.isalpha())
    assert NAME in kinds(f"{PLAIN} {around.format(name.upper())} today", Known(people=[f"X {name} Y"]))


@given(WORDS)
def test_a_name_that_she_wrote_small_is_found_where_the_text_writes_it_large(name):
    """A capital inside a sentence says that it is a name; who types on a phone often sets none."""
    assume(name.isalpha() and name[0].upper() != name[0])
    known = Known(reports=[f"every night {name} locks it"])
    assert NAME in kinds(f"{PLAIN}, says {name[0].upper()}{name[1:]} today", known)
    assert kinds(f"{PLAIN}, {name} today", known) == set()


def test_a_name_is_found_without_its_accents():
    assert NAME in kinds("Ask Jose Nunez", Known(people=["José Núñez"]))


@given(
    st.text("0123456789", min_size=8, max_size=12),
    st.sampled_from(["", " ", "-", ".", "\u00a0"]),
    st.sampled_from(["0123456789", "০১২৩৪৫৬৭৮৯", "۰۱۲۳۴۵۶۷۸۹"]),
)
def test_a_phone_number_is_found_however_it_is_set(digits, between, script):
    written = between.join(digits).translate(str.maketrans("0123456789", script))
    assert NUMBER in kinds(f"Call {written}", Known(people=[f"+88{digits}"]))


@given(st.lists(WORDS, min_size=4, max_size=8, unique=True))
def test_her_words_in_a_row_are_found(words):
    assume(all(word.isalpha() for word in words))
    said = " ".join(words)
    assert QUOTED in kinds(f"As was said: {said}.", Known(reports=[f"And {said}, every night"]))


@pytest.mark.parametrize(
    "written", ["2 March", "mar 2", "2026-03-02", "2/3/2026", "02.03.2026", "03/02/2026"]
)
def test_the_day_it_came_is_found(written):
    assert kinds(f"Locked on {written}.", Known(day=dt.date(2026, 3, 2))) == {DATE}


def test_what_stands_in_every_text_is_no_giveaway():
    known = Known(
        people=["Md Ali"],
        reports=["I work at Padma Mill. They lock the exits. Nobody can leave at 9."],
        of_employer=["Padma Mill"],
    )
    assert compared("At Padma Mill the exits are locked; 12 workers. They cannot leave.", known) == []
