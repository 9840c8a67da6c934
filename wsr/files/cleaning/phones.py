"""Recordings as phones make them besides MP3 and M4A: AMR and bare AAC, frame by frame, and how long each kind of recording lasts."""

import struct
from collections.abc import Callable, Iterator, Mapping

from wsr.files.cleaning import audio, webm
from wsr.files.cleaning.refusals import Refused

# Bytes of a frame with its first one, by type: RFC 4867, 5.3 (narrow band, then wide band).
_NARROW = {0: 13, 1: 14, 2: 16, 3: 18, 4: 20, 5: 21, 6: 27, 7: 32, 8: 6, 15: 1}
_WIDE = {0: 18, 1: 24, 2: 33, 3: 37, 4: 41, 5: 47, 6: 51, 7: 59, 8: 61, 9: 6, 14: 1, 15: 1}
_AMR = {b"#!AMR\n": _NARROW, b"#!AMR-WB\n": _WIDE}
_AMR_SECONDS = 0.02
_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)


def amr(content: bytes) -> bytes:
    """The head and the frames that follow one another; what hangs on behind is left out."""
    head, _sizes = _amr_head(content)
    frames = list(_amr_frames(content))
    if not frames:
        raise Refused("broken_audio")
    return head + b"".join(frames)


def aac(content: bytes) -> bytes:
    """The frames of an ADTS stream (ISO/IEC 14496-3, 1.A.2) that follow one another."""
    frames = list(_aac_frames(content))
    if len(frames) < 2:
        raise Refused("broken_audio")
    return b"".join(frames)


def seconds(kind: str, content: bytes) -> float:
    """How long a cleaned recording lasts, as it says itself; 0 where it does not say."""
    return _SECONDS[kind](content)


def _amr_head(content: bytes) -> tuple[bytes, Mapping[int, int]]:
    for head, sizes in _AMR.items():
        if content.startswith(head):
            return head, sizes
    raise Refused("broken_audio")  # several channels in one file: no phone does that


def _amr_frames(content: bytes) -> Iterator[bytes]:
    head, sizes = _amr_head(content)
    at = len(head)
    while at < len(content):
        first = content[at]
        size = 0 if first & 0x83 else sizes.get(first >> 3 & 15, 0)
        if not size or at + size > len(content):
            return
        yield content[at : at + size]
        at += size


def _aac_frames(content: bytes) -> Iterator[bytes]:
    at = 0
    while at + 7 <= len(content):
        head = content[at : at + 7]
        size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        is_frame = head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 15 < len(_RATES)
        if not is_frame or size < 7 or at + size > len(content):
            return
        yield content[at : at + size]
        at += size


def _aac_seconds(content: bytes) -> float:
    return sum((frame[6] % 4 + 1) * 1024 / _RATES[frame[2] >> 2 & 15] for frame in _aac_frames(content))


def _wav_seconds(content: bytes) -> float:
    per_second = struct.unpack_from("<I", content, content.index(b"fmt ") + 16)[0]
    return len(content) / per_second if per_second else 0.0


def _mp3_seconds(content: bytes) -> float:
    total, at = 0.0, 0
    while at + 4 <= len(content):
        head = content[at : at + 4]
        version = head[1] >> 3 & 3
        total += (1152 if version == 3 else 576) / audio.RATES[version][head[2] >> 2 & 3]
        at += audio.frame_length(head)
    return total


def _m4a_seconds(content: bytes) -> float:
    body = content.index(b"mvhd") + 4
    scale, length = struct.unpack_from(">IQ" if content[body] else ">II", content, body + (20 if content[body] else 12))  # fmt: skip
    return length / scale if scale else 0.0


def _ogg_seconds(content: bytes) -> float:
    last = content.rindex(b"OggS")
    samples = struct.unpack_from("<Q", content, last + 6)[0]
    first = content.find(b"\x01vorbis")
    rate = struct.unpack_from("<I", content, first + 12)[0] if first >= 0 else 48_000
    return samples / rate if rate else 0.0


_SECONDS: Mapping[str, Callable[[bytes], float]] = {
    "mp3": _mp3_seconds,
    "wav": _wav_seconds,
    "m4a": _m4a_seconds,
    "ogg": _ogg_seconds,
    "webm": webm.seconds,
    "aac": _aac_seconds,
    "amr": lambda content: sum(1 for _frame in _amr_frames(content)) * _AMR_SECONDS,
}
