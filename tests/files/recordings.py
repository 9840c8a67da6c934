"""Recordings as phones and browsers make them, with what they tell; made byte by byte."""

TOLD = b"memo from the dormitory 23.810139"


def amr(frames: int = 50, *, tail: bytes = TOLD) -> bytes:
    """A second of narrow band at 12.2 kbit/s, with something behind it."""
    return b"#!AMR\n" + (b"\x3c" + b"\xa5" * 31) * frames + tail


def aac(frames: int = 20, *, tail: bytes = TOLD) -> bytes:
    """ADTS frames of 48 kHz."""
    body = b"\x21" * 40
    size = 7 + len(body)
    head = bytes([0xFF, 0xF1, 0x4C, 0x80 | size >> 11, size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC])
    return (head + body) * frames + tail


def element(name: int, body: bytes, *, is_open: bool = False) -> bytes:
    """One element of EBML; open: without a length, as recordings that are under way have it."""
    size = b"\x01" + b"\xff" * 7 if is_open else (len(body) | 1 << 56).to_bytes(8)
    return name.to_bytes((name.bit_length() + 7) // 8) + size + body


def webm(*, kind: int = 2, codec: bytes = b"A_OPUS", is_open: bool = True, seconds: int = 3, more: bytes = b"") -> bytes:  # fmt: skip
    """What a browser records: segment and clusters without a length, tags, a title and a chapter."""
    head = element(0x1A45DFA3, element(0x4282, b"webm") + element(0xEC, TOLD))
    info = element(0x1549A966, element(0x2AD7B1, (1_000_000).to_bytes(3)) + element(0x7BA9, TOLD) + element(0x4D80, TOLD) + element(0x5741, b"Chrome"))  # fmt: skip
    track = element(0xD7, b"\1") + element(0x83, bytes([kind])) + element(0x86, codec)
    track += element(0x63A2, b"OpusHead" + b"\1" * 11) + element(0x536E, TOLD) + element(0xE1, element(0x9F, b"\1"))  # fmt: skip
    clusters = b"".join(
        element(
            0x1F43B675,
            element(0xE7, (second * 1000).to_bytes(4))
            + element(0xA3, b"\x81\x00\x00\x80" + b"\xfc" * 30)
            + element(0xBF, TOLD[:4]),
            is_open=is_open,
        )
        for second in range(seconds)
    )
    tags = element(0x1254C367, element(0x7373, TOLD))
    segment = element(0x18538067, info + element(0x1654AE6B, element(0xAE, track)) + clusters + tags + more, is_open=is_open)  # fmt: skip
    return head + segment
