"""The envelope: known answers, and nothing but the right key and place opens it."""

import os
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsr.vault.envelope import DoesNotOpen, Place, associated_data, close, open_envelope

KEY = bytes(range(32))
PROGRAM = UUID("0190a0a0-0000-7000-8000-000000000001")
PLACE = Place("complaints_complaint", "narrative", UUID("0190a0a0-0000-7000-8000-000000000002"))
NONCE = bytes.fromhex("000102030405060708090a0b")
KNOWN = (
    "01000102030405060708090a0b"
    "136ab362e586b76fad2ceeabd9860d1ff0f80734f07b5f7c3867e5851d6900b20110aefcafc1129874a47fed88872838ee59608d5ad6a3da3f972a1918e3f5ee"
    "cd4de2f1dfa2d920956d2c5d22ace0fc"
)


def test_known_answers():
    assert associated_data(1, PROGRAM, PLACE) == (
        b"wsr-vault|1|0190a0a0-0000-7000-8000-000000000001|complaints_complaint|narrative|0190a0a0-0000-7000-8000-000000000002"
    )
    assert close(KEY, PROGRAM, PLACE, b"They cut my hours.", nonce=NONCE).hex() == KNOWN
    assert open_envelope(KEY, PROGRAM, PLACE, bytes.fromhex(KNOWN)) == b"They cut my hours."


OTHER = UUID("0190a0a0-0000-7000-8000-000000000003")
ELSEWHERE = {
    "program": (KEY, OTHER, PLACE, None),
    "table": (KEY, PROGRAM, Place("complaints_message", PLACE.column, PLACE.row), None),
    "column": (KEY, PROGRAM, Place(PLACE.table, "remedy", PLACE.row), None),
    "row": (KEY, PROGRAM, Place(PLACE.table, PLACE.column, OTHER), None),
    "key": (bytes(32), PROGRAM, PLACE, None),
    "version": (KEY, PROGRAM, PLACE, (0, 2)),
    "nonce": (KEY, PROGRAM, PLACE, (1, 0)),
    "text": (KEY, PROGRAM, PLACE, (20, 0)),
    "tag": (KEY, PROGRAM, PLACE, (-1, 0)),
}


@pytest.mark.parametrize("changed", ELSEWHERE)
def test_whatever_is_changed_it_does_not_open(changed):
    key, program, place, altered = ELSEWHERE[changed]
    envelope = bytearray(close(KEY, PROGRAM, PLACE, b"They cut my hours."))
    if altered:
        position, value = altered
        envelope[position] = value or envelope[position] ^ 1
    with pytest.raises(DoesNotOpen):
        open_envelope(key, program, place, bytes(envelope))


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x01" + bytes(12), b"\x01" + bytes(40)])
def test_junk_does_not_open(junk):
    with pytest.raises(DoesNotOpen):
        open_envelope(KEY, PROGRAM, PLACE, junk)


@given(st.binary(max_size=300))
def test_what_is_sealed_comes_back_and_its_length_hardly_shows(text):
    key = os.urandom(32)
    envelope = close(key, PROGRAM, PLACE, text)
    assert open_envelope(key, PROGRAM, PLACE, envelope) == text
    assert (len(envelope) - 13 - 16) % 64 == 0
    assert len(close(key, PROGRAM, PLACE, b"yes")) == len(close(key, PROGRAM, PLACE, b"no"))


@pytest.mark.parametrize("table", ["", "a|b", "Name", 'x"y', "a.b"])
def test_a_place_is_named_unmistakably(table):
    with pytest.raises(ValueError, match="named as in the database"):
        Place(table, "body", PROGRAM)
