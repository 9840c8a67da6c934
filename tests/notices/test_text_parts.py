"""Counting the parts of a text message, against a second way of counting that shares nothing with the first."""

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from complaints import short_texts
from wsr.languages import LANGUAGES
from wsr.notices.texts.parts import parts

# The alphabet as 3GPP TS 23.038 prints it: by columns, 0x1b being the escape.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = "\x0c^{}\\[~]|€"
GSM = TABLE.replace("\x1b", "") + ESCAPED


def coded(text: str) -> list[bytes]:
    """The signs as they travel, a byte for each septet; or each as UTF-16."""
    if all(sign in GSM for sign in text):
        return [b"\x1b?" if sign in ESCAPED else bytes([TABLE.index(sign)]) for sign in text]
    return [sign.encode("utf-16-be") for sign in text]


def counted(text: str) -> int:
    """Cut a text into messages by filling one after the other, from the front."""
    signs = coded(text)
    width = 1 if all(sign in GSM for sign in text) else 2
    if len(b"".join(signs)) <= (160 if width == 1 else 140):
        return 1
    room, messages = (153 if width == 1 else 134), [b""]
    for sign in signs:
        if len(messages[-1]) + len(sign) > room:
            messages.append(b"")
        messages[-1] += sign
    return len(messages)


anything = st.text(st.one_of(st.sampled_from(GSM), st.characters(codec="utf-8")), max_size=700)
lengths = st.builds(lambda sign, n: sign * n, st.sampled_from("aé€[бক😀"), st.integers(0, 700))


@given(st.one_of(anything, lengths, st.text(st.sampled_from(GSM), max_size=700)))
@example("a" * 152 + "€" + "a" * 152)
@example("😀" * 33 + "б" + "😀" * 33)
def test_parts_are_counted_as_they_are_cut(text):
    assert parts(text) == counted(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ক" * 70, 1),
        ("ক" * 71, 2),
        ("ক" * 134, 2),
        ("ক" * 135, 3),
        ("a" * 159 + "ക", 3),
        ("", 1),
    ],
)
def test_the_known_edges(text, expected):
    assert parts(text) == expected


@pytest.mark.parametrize("kind", short_texts.TEXTS)
def test_every_text_for_workers_fits_in_every_language(kind):
    short_texts.check_fits(kind)
    for language in LANGUAGES:
        with translation.override(language.code):
            assert parts(str(short_texts.TEXTS[kind])) <= short_texts.MOST_PARTS


def test_a_translation_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setitem(short_texts.TEXTS, short_texts.CALL, "ক" * 135)
    with pytest.raises(short_texts.TooLong, match="3 parts"):
        short_texts.check_fits(short_texts.CALL)
