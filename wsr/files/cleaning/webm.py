"""WebM with sound alone, as browsers record it: elements of EBML (RFC 8794, RFC 9559), those that describe blanked in their place.

What is not in the tables below becomes an element Void of the same length, so that nothing moves. Only Opus is taken: the head of a
Vorbis stream holds free text.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from wsr.files.cleaning.refusals import Refused

_HEAD, _SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_TRACK, _GROUP, _AUDIO = 0xAE, 0xA0, 0xE1
_TYPE, _CODEC, _PRIVATE = 0x83, 0x86, 0x63A2
_SCALE, _TIME, _SIMPLE, _BLOCK = 0x2AD7B1, 0xE7, 0xA3, 0xA1
_APPS = frozenset({0x4D80, 0x5741})  # names of programs; they must be there, and say nothing here
_OF_SEGMENT = frozenset(
    {0x114D9B74, _INFO, _TRACKS, _CLUSTER, 0x1C53BB6B, 0x1254C367, 0x1941A469, 0x1043A770}
)
_INSIDE = {
    0: frozenset({_HEAD, _SEGMENT}),
    _HEAD: frozenset({0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285}),
    _SEGMENT: frozenset({_INFO, _TRACKS, _CLUSTER}),
    _INFO: frozenset({_SCALE, 0x4489}) | _APPS,
    _TRACKS: frozenset({_TRACK}),
    _TRACK: frozenset({0xD7, 0x73C5, _TYPE, _CODEC, _PRIVATE, 0x56AA, 0x56BB, _AUDIO, 0x9C, 0x88, 0xB9, 0x23E383}),
    _AUDIO: frozenset({0xB5, 0x9F, 0x6264}),
    _CLUSTER: frozenset({_TIME, _SIMPLE, _GROUP, 0xAB, 0xA7}),
    _GROUP: frozenset({_BLOCK, 0x9B, 0x75A2, 0xFB}),
}  # fmt: skip
_LONGEST_PRIVATE = 300  # bytes of the head of an Opus stream


@dataclass(frozen=True)
class _Element:
    """One element: what it is, in what, and where its parts begin and end."""

    name: int
    parent: int
    start: int
    body: int
    end: int


def webm(content: bytes) -> bytes:
    """The same bytes without what describes them. Raises Refused."""
    made = bytearray(content)
    seen = set()
    for element in _elements(content, 0, 0, len(content)):
        seen.add(element.name)
        if element.name not in _INSIDE[element.parent]:
            _void(made, element)
        elif element.name in _APPS:
            made[element.body : element.end] = b" " * (element.end - element.body)
        else:
            _check(content[element.body : element.end], element.name)
    if not {_HEAD, _SEGMENT, _TRACK, _TYPE, _CODEC, _CLUSTER} <= seen:
        raise Refused("broken_audio")
    return bytes(made)


def seconds(content: bytes) -> float:
    """How long it lasts, by its last block."""
    scale, cluster, last = 1_000_000, 0, 0
    for element in _elements(content, 0, 0, len(content)):
        body = content[element.body : element.end]
        if element.name == _SCALE:
            scale = int.from_bytes(body)
        elif element.name == _TIME:
            cluster = int.from_bytes(body)
        elif element.name in (_SIMPLE, _BLOCK):
            _track, at = _number(content, element.body, is_name=False)
            last = max(last, cluster + struct.unpack_from(">h", content, at)[0])
    return last * scale / 1e9


def _check(body: bytes, name: int) -> None:
    """Raises Refused for a picture, and for sound of another kind."""
    if name == _TYPE and int.from_bytes(body) != 2:
        raise Refused("film")
    is_opus = body.rstrip(b"\0") == b"A_OPUS"
    is_head = body.startswith(b"OpusHead") and len(body) <= _LONGEST_PRIVATE
    if (name == _CODEC and not is_opus) or (name == _PRIVATE and not is_head):
        raise Refused("broken_audio")


def _elements(content: bytes, parent: int, start: int, end: int) -> Iterator[_Element]:
    """Every element between two places, and those inside the ones that are known, in order. Recordings that were broken off say no length."""
    at = start
    while at < end:
        name, body = _number(content, at, is_name=True)
        size, body = _number(content, body, is_name=False)
        if parent == _CLUSTER and name in _OF_SEGMENT:
            return  # of a cluster without a length
        stop = min(end, body + size) if size >= 0 else _end_of(content, name, body, end)
        if size >= 0 and body + size > end:
            raise Refused("broken_audio")
        yield _Element(name, parent, at, body, stop)
        if name in _INSIDE and name in _INSIDE[parent]:
            yield from _elements(content, name, body, stop)
        at = stop


def _end_of(content: bytes, name: int, body: int, end: int) -> int:
    """Where an element without a length ends: a segment with the file, a cluster where the next one begins."""
    if name == _SEGMENT:
        return end
    if name != _CLUSTER:
        raise Refused("broken_audio")
    last = body
    for element in _elements(content, _CLUSTER, body, end):
        if element.parent == _CLUSTER:
            last = element.end
    return last


def _number(content: bytes, at: int, *, is_name: bool) -> tuple[int, int]:
    """(a number of variable length, where it ends); -1 for a length that is not known."""
    if at >= len(content) or not content[at]:
        raise Refused("broken_audio")
    width = 9 - content[at].bit_length()
    if at + width > len(content) or (is_name and width > 4):
        raise Refused("broken_audio")
    whole = int.from_bytes(content[at : at + width])
    if is_name:
        return whole, at + width
    value = whole & (1 << 7 * width) - 1
    return (-1 if value == (1 << 7 * width) - 1 else value), at + width


def _void(made: bytearray, element: _Element) -> None:
    length = element.end - element.start
    size = bytes([0x80 | length - 2]) if length < 9 else (length - 9 | 1 << 56).to_bytes(8)
    made[element.start : element.end] = b"\xec" + size + b"\0" * (length - 1 - len(size))
