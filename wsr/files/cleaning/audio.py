"""Recordings: the sound is copied frame by frame or box by box, and all that describes it is left out.

Titles, comments, places and pictures are not copied; iPhones, for one, write where a memo was recorded. The sound is not
encoded anew: no decoder of ours touches it.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from wsr.files.cleaning.refusals import Refused


def clean(kind: str, source: Path, target: Path, limits: dict[str, int]) -> tuple[str, dict[str, object]]:
    """Write the sound alone. Raises Refused."""
    content = source.read_bytes()
    from wsr.files.cleaning import phones, webm  # noqa: PLC0415 -- they use what stands below

    makers = {"mp3": mp3, "wav": wav, "m4a": m4a, "ogg": ogg, "webm": webm.webm, "amr": phones.amr, "aac": phones.aac}  # fmt: skip
    most = limits.get("audio_seconds", 0)
    try:
        made = makers[kind](content)
        is_too_long = most and phones.seconds(kind, made) > most
    except (struct.error, IndexError, ValueError, RecursionError) as error:
        raise Refused("broken_audio") from error
    if is_too_long:
        raise Refused("too_long", minutes=most // 60)
    target.write_bytes(made)
    return kind, {}


# ── WAV ──────────────────────────────────────────────────────────────────────────────────────────


def wav(content: bytes) -> bytes:
    """`fmt ` and `data` of a RIFF file."""
    kept: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        body = content[at + 8 : at + 8 + size]
        if name in {b"fmt ", b"data", b"fact"} and name not in kept:
            kept[name] = body
        at += 8 + size + size % 2
    if len(kept.get(b"fmt ", b"")) < 16 or not kept.get(b"data"):
        raise Refused("broken_audio")
    parts = [name + struct.pack("<I", len(kept[name])) + kept[name] + b"\0" * (len(kept[name]) % 2)
             for name in (b"fmt ", b"fact", b"data") if name in kept]  # fmt: skip
    body = b"WAVE" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# ── MP3: ISO/IEC 11172-3, frames of layer III; ID3v2 before, ID3v1 and APE behind ────────────────

RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_BITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def mp3(content: bytes) -> bytes:
    """The frames of sound that follow one another; everything between and around them is left out."""
    at = 0
    while content[at : at + 3] == b"ID3":
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size
    kept = []
    while at + 4 <= len(content):
        length = frame_length(content[at : at + 4])
        if not length or at + length > len(content):
            if kept:
                break
            at += 1  # some encoders pad before the first frame
            if at > 65_536:
                break
            continue
        kept.append(content[at : at + length])
        at += length
    if len(kept) < 2:
        raise Refused("broken_audio")
    return b"".join(kept)


def frame_length(head: bytes) -> int:
    """Bytes of the frame that begins here; 0: none does."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if head[0] != 0xFF or head[1] < 0xE0 or version == 1 or layer != 1 or bits in {0, 15} or rate == 3:
        return 0
    kilobits = (_BITS_1 if version == 3 else _BITS_2)[bits]
    return (144 if version == 3 else 72) * kilobits * 1000 // RATES[version][rate] + padding


# ── M4A and 3GP: boxes of ISO/IEC 14496-12 ───────────────────────────────────────────────────────

_TOP = {b"ftyp", b"moov", b"mdat"}
_INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"}
_TABLES = {
    b"mvhd", b"tkhd", b"elst", b"mdhd", b"hdlr", b"smhd", b"dref", b"stsd", b"stts", b"ctts", b"stsc", b"stsz",
    b"stz2", b"stco", b"co64", b"stss", b"sgpd", b"sbgp",
}  # fmt: skip


_DATED = {b"mvhd", b"tkhd", b"mdhd"}


def m4a(content: bytes) -> bytes:
    """The same bytes, with every box that describes blanked in its place, so that what points into the file still fits."""
    made = bytearray(content)
    seen = set()
    end = 0
    for name, start, body, end in _boxes(content, 0, len(content)):
        seen.add(name)
        if name == b"moov":
            _blank_inside(made, content, body, end, depth=0)
        elif name not in _TOP:
            _blank(made, start, end)
    if not {b"ftyp", b"moov", b"mdat"} <= seen or end != len(content):
        raise Refused("broken_audio")
    return bytes(made)


def _blank_inside(made: bytearray, content: bytes, start: int, end: int, depth: int) -> None:
    for name, begins, body, ends in _boxes(content, start, end):
        if name == b"hdlr" and depth:
            if content[body + 8 : body + 12] not in {b"soun", b"url "}:
                raise Refused("film")
            made[body + 24 : ends] = b"\0" * (ends - body - 24)  # its name is free text
        elif name in _INSIDE and depth < 6:
            _blank_inside(made, content, body, ends, depth + 1)
        elif name not in _TABLES:
            _blank(made, begins, ends)
        elif name in _DATED:
            width = 16 if content[body] else 8
            made[body + 4 : body + 4 + width] = b"\0" * width  # when it was made and changed


def _blank(made: bytearray, start: int, end: int) -> None:
    made[start + 4 : start + 8] = b"free"
    made[start + 8 : end] = b"\0" * (end - start - 8)


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(name, start, start of the body, end) of each box; their sizes must add up."""
    at = start
    while at < end:
        size, name = struct.unpack_from(">I4s", content, at)
        body = at + 8
        if size == 1 and name == b"mdat":
            size, body = struct.unpack_from(">Q", content, at + 8)[0], at + 16
        elif size == 0 and end == len(content):
            size = end - at
        if size < body - at or at + size > end:
            raise Refused("broken_audio")
        yield name, at, body, at + size
        at += size


# ── Ogg with Opus or Vorbis: RFC 3533, RFC 7845 ──────────────────────────────────────────────────


def ogg(content: bytes) -> bytes:
    """One stream of sound, its comments emptied; pages are numbered and summed anew."""
    pages = list(_pages(content))
    serial = pages[0][1]
    first = pages[0][4]
    if not first.startswith((b"OpusHead", b"\x01vorbis")) or any(page[1] != serial for page in pages):
        raise Refused("broken_audio")
    heads = 2 if first.startswith(b"OpusHead") else 3
    packets, rest = _head_packets(pages[1:], heads - 1)
    packets[0] = _without_comments(packets[0])
    made = [_page(pages[0][0], pages[0][2], serial, 0, _lacing(first), first)]
    for number, (lacing, body) in enumerate(_paged(packets), start=1):
        made.append(_page(0 if number == 1 else 1, 0, serial, number, lacing, body))
    for flags, _serial, position, lacing, body in rest:
        made.append(_page(flags, position, serial, len(made), lacing, body))
    return b"".join(made)


def _pages(content: bytes) -> Iterator[tuple[int, int, int, bytes, bytes]]:
    """(flags, serial, position, lacing, body) of each page."""
    at = 0
    while at + 27 <= len(content) and content[at : at + 4] == b"OggS":
        flags, position, serial = struct.unpack_from("<BQI", content, at + 5)
        segments = content[at + 26]
        lacing = content[at + 27 : at + 27 + segments]
        body = content[at + 27 + segments : at + 27 + segments + sum(lacing)]
        if len(lacing) < segments or len(body) < sum(lacing):
            raise Refused("broken_audio")
        yield flags, serial, position, lacing, body
        at += 27 + segments + len(body)
    if at == 0:
        raise Refused("broken_audio")


type _Pages = list[tuple[int, int, int, bytes, bytes]]


def _head_packets(pages: _Pages, wanted: int) -> tuple[list[bytes], _Pages]:
    """The packets that follow the first, and the pages after them; sound begins on a page of its own."""
    packets, open_packet = [], b""
    for index, (_flags, _serial, _position, lacing, body) in enumerate(pages):
        at = 0
        for size in lacing:
            open_packet += body[at : at + size]
            at += size
            if size < 255:
                packets.append(open_packet)
                open_packet = b""
        if len(packets) >= wanted:
            if len(packets) > wanted or open_packet:
                break
            return packets, pages[index + 1 :]
    raise Refused("broken_audio")


def _without_comments(packet: bytes) -> bytes:
    for magic in (b"OpusTags", b"\x03vorbis"):
        if packet.startswith(magic):
            return magic + struct.pack("<II", 0, 0) + (b"\1" if magic != b"OpusTags" else b"")
    raise Refused("broken_audio")


def _lacing(packet: bytes) -> bytes:
    return b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])


def _paged(packets: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    lacing, body = b"".join(_lacing(packet) for packet in packets), b"".join(packets)
    for at in range(0, len(lacing), 255):
        sizes = lacing[at : at + 255]
        yield sizes, body[: sum(sizes)]
        body = body[sum(sizes) :]


def _page(flags: int, position: int, serial: int, number: int, lacing: bytes, body: bytes) -> bytes:
    head = struct.pack("<4sBBQIIIB", b"OggS", 0, flags, position, serial, number, 0, len(lacing)) + lacing
    return head[:22] + struct.pack("<I", _sum(head + body)) + head[26:] + body


def _table() -> list[int]:
    table = []
    for value in range(256):
        rest = value << 24
        for _bit in range(8):
            rest = (rest << 1 ^ 0x04C11DB7 if rest & 0x80000000 else rest << 1) & 0xFFFFFFFF
        table.append(rest)
    return table


_SUMS = _table()


def _sum(page: bytes) -> int:
    """The checksum of a page: CRC-32 with polynomial 0x04c11db7, no reflection. Source: RFC 3533, 6."""
    total = 0
    for byte in page:
        total = (total << 8 & 0xFFFFFFFF) ^ _SUMS[total >> 24 ^ byte]
    return total
