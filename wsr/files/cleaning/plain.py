"""Plain text and tables in text: kept as UTF-8, without control characters."""

import re
from pathlib import Path

from wsr.files.cleaning.refusals import Refused

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_MARKUP = re.compile(r"\A\s*(<|\{\\rtf|%!ps)|<(script|html|svg|iframe|object|embed)\b", re.IGNORECASE)


def clean(kind: str, source: Path, target: Path, limits: dict[str, int]) -> tuple[str, dict[str, object]]:
    """Write the text as UTF-8. UTF-8, UTF-16 with its mark and Windows-1252 are read; raises Refused for anything else."""
    content = source.read_bytes()
    text = _decoded(content)
    if not text.strip():
        raise Refused("empty")
    if _CONTROL.search(text):
        raise Refused("other")
    if _MARKUP.search(text):
        raise Refused("markup")
    target.write_bytes(text.encode())
    return kind, {}


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("other")
