"""The units a rule's value may have: what is allowed, how it is typed in and how it is shown.

Values are kept as JSON: text, whole numbers, booleans, lists of text, rows of a table.
Amounts and percentages are decimal text ("0.32"), never floats.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

type Value = str | int | bool | list[str] | list[dict[str, str | None]] | None

UNITS = {
    "text": gettext_lazy("text"),
    "list": gettext_lazy("list"),
    "yes_no": gettext_lazy("yes or no"),
    "count": gettext_lazy("number"),
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
    "working_days": gettext_lazy("working days"),
    "weeks": gettext_lazy("weeks"),
    "months": gettext_lazy("months"),
    "years": gettext_lazy("years"),
    "seasons": gettext_lazy("seasons"),
    "percent": gettext_lazy("percent"),
    "usd": gettext_lazy("USD"),
    "cents_per_pound": gettext_lazy("US cents per pound"),
    "usd_per_hundredweight": gettext_lazy("USD per hundredweight"),
    "pounds": gettext_lazy("pounds"),
    "time_zone": gettext_lazy("time zone"),
    "disclosure": gettext_lazy("what is public"),
    "severity": gettext_lazy("severity"),
    "fee_table": gettext_lazy("fee table in USD"),
    "scoring": gettext_lazy("way of scoring"),
    "grades": gettext_lazy("worth of each answer"),
}
LENGTHS = ("hours", "days", "working_days", "weeks", "months", "years", "seasons")
WHOLE = frozenset({"count", *LENGTHS})
DECIMAL = frozenset({"percent", "usd", "cents_per_pound", "usd_per_hundredweight", "pounds"})
DISCLOSURES = {
    "published": gettext_lazy("Published"),
    "count": gettext_lazy("Only how many"),
    "totals": gettext_lazy("Only totals of the program"),
    "case_log": gettext_lazy("A log of cases without names"),
    "final_step": gettext_lazy("Only the final step"),
    "decisions": gettext_lazy("Only decisions"),
    "outcome_only": gettext_lazy("Only that it happened and how it ended"),
    "withheld": gettext_lazy("Not public"),
}
SCORINGS = {
    "remediation": gettext_lazy("Progress of remediation: findings verified fixed of all original ones"),
    "grades": gettext_lazy("Grades: each provision per supplier, and as an average of the program"),
    "milestones": gettext_lazy("Compliance plan: actions with milestones and dates"),
}
GRADED = ("met", "partly_met", "not_met")  # the answers of a checklist that count
BAND_KEYS = frozenset({"volume_from", "volume_to", "fee"})


def problem(unit: str, value: Value) -> str | None:
    """A sentence that says why `value` does not fit `unit`, or None. An empty value always fits."""
    if unit not in UNITS:
        return _("“%(unit)s” is not a known unit.") % {"unit": unit}
    if value is None:
        return None
    if unit in WHOLE:
        return _whole_problem(value)
    if unit in DECIMAL:
        return _decimal_problem(unit, value)
    return _OTHERS[unit](value)


def parse(unit: str, typed: str) -> Value:
    """The value a person typed for `unit`; an empty text is no value.

    A list has one entry per line; a fee table one band per line: from, to, fee.
    Raises ValueError with a full sentence when it does not fit.
    """
    typed = typed.strip()
    value: Value = None
    if typed:
        value = _parsed(unit, typed)
    if sentence := problem(unit, value):
        raise ValueError(sentence)
    return value


def typed(unit: str, value: Value) -> str:
    """`value` as a person would type it, so that parse(unit, typed(unit, value)) == value."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case [dict(), *_rest]:
            return "\n".join(
                ", ".join([row["volume_from"] or "", row["volume_to"] or "", row["fee"] or ""])
                for row in value
            )
        case list():
            return "\n".join(value)
    return str(value)


def words(unit: str, value: Value) -> list[str]:
    """`value` as a page shows it, one text per line; nothing where there is no value."""
    match value:
        case None:
            return []
        case bool():
            return [_("Yes") if value else _("No")]
        case [dict(), *_rest]:
            return [_band_words(row) for row in value]
        case list():
            return value
    if unit == "disclosure":
        return [str(DISCLOSURES.get(str(value), value))]
    if unit == "scoring":
        return [str(SCORINGS.get(str(value), value))]
    if unit in WHOLE - {"count"} or unit in DECIMAL:
        return [f"{value} {UNITS[unit]}"]
    return [str(value)]


def _band_words(row: dict[str, str | None]) -> str:
    start, end, fee = (
        f"{Decimal(part):,}" if part else "" for part in (row["volume_from"], row["volume_to"], row["fee"])
    )
    if end:
        return _("%(start)s to %(end)s USD: %(fee)s USD") % {"start": start, "end": end, "fee": fee}
    return _("from %(start)s USD: %(fee)s USD") % {"start": start, "fee": fee}


def _parsed(unit: str, text: str) -> Value:
    if unit in WHOLE:
        return int(text) if text.isascii() and text.isdigit() else text
    if unit == "yes_no":
        return {"yes": True, "no": False}.get(text.lower(), text)
    if unit in ("list", "grades"):
        return [line.strip() for line in text.splitlines() if line.strip()]
    if unit == "fee_table":
        return [_band(line) for line in text.splitlines() if line.strip()]
    return text


def _band(line: str) -> dict[str, str | None]:
    cells = [cell.strip() or None for cell in line.split(",")]
    if len(cells) != 3:
        raise ValueError(
            _("Write each band as three numbers: from, to, fee. “%(line)s” has not three.") % {"line": line}
        )
    return dict(zip(("volume_from", "volume_to", "fee"), cells, strict=True))


def _whole_problem(value: Value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        return _("Write a whole number, 0 or more.")
    return None


def _decimal_problem(unit: str, value: Value) -> str | None:
    amount = _amount(value)
    if amount is None or amount < 0:
        return _("Write a number with a point before the decimals, for example 0.32.")
    if unit == "percent" and amount > 100:
        return _("A percentage is at most 100.")
    return None


def _amount(value: object) -> Decimal | None:
    """The decimal number in a text, or None when there is none."""
    if not isinstance(value, str):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _text_problem(value: Value) -> str | None:
    return None if isinstance(value, str) and value.strip() else _("Write a text.")


def _list_problem(value: Value) -> str | None:
    if isinstance(value, list) and value and all(isinstance(entry, str) and entry.strip() for entry in value):
        return None
    return _("Write a list, one entry per line.")


def _yes_no_problem(value: Value) -> str | None:
    return None if isinstance(value, bool) else _("Write yes or no.")


def _time_zone_problem(value: Value) -> str | None:
    if isinstance(value, str) and value in available_timezones():
        return None
    return _("Write a time zone such as Asia/Dhaka or America/New_York.")


def _disclosure_problem(value: Value) -> str | None:
    if isinstance(value, str) and value in DISCLOSURES:
        return None
    return _("Choose one of: %(choices)s.") % {"choices": ", ".join(DISCLOSURES)}


def _scoring_problem(value: Value) -> str | None:
    if isinstance(value, str) and value in SCORINGS:
        return None
    return _("Choose one of: %(choices)s.") % {"choices": ", ".join(SCORINGS)}


def worth(value: Value) -> dict[str, Decimal]:
    """{answer: points} of a rule in the unit “grades”: lines such as “met = 4”. Empty where it is not set, or does not fit."""
    if not isinstance(value, list):
        return {}
    found = {}
    for line in value:
        answer, _equals, points = str(line).partition("=")
        amount = _amount(points.strip())
        if amount is None:
            return {}
        found[answer.strip()] = amount
    return found if sorted(found) == sorted(GRADED) and len(value) == len(GRADED) else {}


def _grades_problem(value: Value) -> str | None:
    if worth(value):
        return None
    return _("Write one line for each of: %(answers)s. For example “met = 4”.") % {
        "answers": ", ".join(GRADED)
    }


def _fee_table_problem(value: Value) -> str | None:
    """Bands follow one another without gap; only the last may be open."""
    if not isinstance(value, list) or not value:
        return _("Write at least one band.")
    previous: str | None = "0"
    for row in value:
        if not isinstance(row, dict) or set(row) != BAND_KEYS:
            return _("Each band has a start, an end and a fee.")
        if _amount(row["volume_from"]) is None or _amount(row["fee"]) is None:
            return _("Each band starts at a number and has a fee.")
        if previous is None or Decimal(previous) != Decimal(str(row["volume_from"])):
            return _("Each band starts where the one before it ends; the first starts at 0.")
        previous = row["volume_to"]
        if previous is not None and (
            _amount(previous) is None or Decimal(previous) <= Decimal(str(row["volume_from"]))
        ):
            return _("Each band ends above its start.")
    return None


_OTHERS: dict[str, Callable[[Value], str | None]] = {
    "text": _text_problem,
    "severity": _text_problem,
    "list": _list_problem,
    "yes_no": _yes_no_problem,
    "time_zone": _time_zone_problem,
    "disclosure": _disclosure_problem,
    "fee_table": _fee_table_problem,
    "scoring": _scoring_problem,
    "grades": _grades_problem,
}
