"""How many parts a text message takes, and so what it costs and whether cheap phones show it whole. No Django, no state.

A text whose characters are all in the alphabet of GSM takes 7 bits for each (14 for those of its extension table): 160 in one part, 153 in
each of several. Any other character makes the whole text UCS-2, 16 bits a unit: 70 in one part, 67 in each of several. A character is
never cut in two. Source: 3GPP TS 23.038, 6.2.1 (alphabet), and TS 23.040, 9.2.3.24.1 (concatenation).
"""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # two units each: the escape and the sign


def parts(text: str) -> int:
    """Parts of a text, at least one."""
    is_gsm = all(sign in BASIC or sign in EXTENSION for sign in text)
    alone, together = (160, 153) if is_gsm else (70, 67)
    widths = [_units(sign, is_gsm=is_gsm) for sign in text]
    return 1 if sum(widths) <= alone else _filled(widths, together)


def _units(sign: str, *, is_gsm: bool) -> int:
    """Of 7 bits in the alphabet of GSM, of 16 in UCS-2, where a sign beyond U+FFFF is two."""
    if is_gsm:
        return 2 if sign in EXTENSION else 1
    return 2 if ord(sign) > 0xFFFF else 1


def _filled(widths: list[int], most: int) -> int:
    count, used = 1, 0
    for width in widths:
        if used + width > most:
            count, used = count + 1, 0
        used += width
    return count
