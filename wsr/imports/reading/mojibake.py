"""Text that was read in the wrong encoding once. A repair is offered to a person, never made by itself."""

from wsr.imports.reading.values import has_control


def repair(text: str) -> str | None:
    """What the text probably was, or None when nothing is wrong or nothing can be said.

    UTF-8 read as Latin-1 can be undone exactly, because random Latin-1 text is almost never valid UTF-8. Correct Turkish or
    Vietnamese holds letters outside Latin-1 and so never gets here. Everything else is left to `ftfy`, which must be sure.
    """
    if text.isascii():
        return None
    for encoding in ("latin-1", "cp1252"):
        try:
            fixed = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return fixed if fixed != text else None
    import ftfy.badness  # noqa: PLC0415 -- heavy, and hardly any text gets here

    if not (has_control(text) or ftfy.badness.is_bad(text)):
        return None
    fixed = ftfy.fix_encoding(text)
    return fixed if fixed != text and not has_control(fixed) else None
