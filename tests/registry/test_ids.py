"""Public ids: no single slip of the hand leads to another record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsr.registry import ids

bodies = st.text(ids.ALPHABET, min_size=9, max_size=9)


def test_the_alphabet_is_prime_and_free_of_lookalikes():
    assert len(ids.ALPHABET) == len(set(ids.ALPHABET)) == 31
    assert not set("0ILOU") & set(ids.ALPHABET)


def test_a_new_id_reads_back_however_it_is_typed():
    public_id = ids.new_public_id()
    printed = ids.printed(public_id)

    assert (len(printed), printed[4], printed[9]) == (12, "-", "-")
    assert ids.read_public_id(printed) == public_id
    assert ids.read_public_id(f" {printed.lower().replace('-', ' ')} ") == public_id
    assert ids.read_public_id(public_id.replace("1", "l")) == public_id
    assert ids.shard(public_id) == public_id[7:9]


def test_a_number_of_letters_alone_is_never_given(monkeypatch):
    drawn = iter("ABCDEFGHJ" + "ABCDEFGH7")
    letters = "ABCDEFGHJ" + ids.check_character("ABCDEFGHJ")
    assert letters.isalpha()
    monkeypatch.setattr(ids.secrets, "choice", lambda alphabet: next(drawn))

    assert ids.new_public_id()[:9] == "ABCDEFGH7"


@given(bodies, st.integers(0, 9), st.sampled_from(ids.ALPHABET))
def test_every_single_wrong_character_is_noticed(body, at, other):
    public_id = body + ids.check_character(body)
    wrong = public_id[:at] + other + public_id[at + 1 :]

    if wrong != public_id:
        with pytest.raises(ids.BadPublicId, match="typing mistake"):
            ids.read_public_id(wrong)


@given(bodies, st.integers(0, 9), st.integers(0, 9))
def test_every_two_swapped_characters_are_noticed(body, first, second):
    letters = list(body + ids.check_character(body))
    letters[first], letters[second] = letters[second], letters[first]

    if "".join(letters) != body + ids.check_character(body):
        with pytest.raises(ids.BadPublicId, match="typing mistake"):
            ids.read_public_id("".join(letters))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "10 characters"),
        ("7K3M", "You typed 4"),
        ("7K3M-9QXB-5T9", "You typed 11"),
        ("0K3M-9QXB-5T", "no “0”"),
    ],
)
def test_what_is_no_id_gets_a_sentence(typed, sentence):
    with pytest.raises(ids.BadPublicId, match=sentence):
        ids.read_public_id(typed)
