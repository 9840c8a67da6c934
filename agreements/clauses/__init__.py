"""What each kind of clause asks for: typed parameters, from which obligations, money and consequences follow.

A parameter's value is plain JSON, so that a version can be printed, compared and signed:

    text, choice      "monthly"                         yes_no        true
    whole             3                                 percent       "13.00"
    date              "2026-09-01"                      list          ["loan", "prepayment"]
    duration          {"value": 30, "unit": "days"}     money         {"amount": "1000.00", "currency": "USD"}
    rates             [{"product": "Tomatoes", "unit": "lb", "amount": "0.01", "currency": "USD"}]
    bands             [{"from": "0", "to": "1000000", "fee": "1000"}]   the last band may have no `to`

Amounts are decimal texts, never floats. Which lengths a program uses is its own choice; nothing here is a figure of a real program.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.enums import ClauseKind
from wsr.errors import DomainError

type Value = Any  # JSON

DURATION_UNITS = {
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
    "working_days": gettext_lazy("working days"),
    "weeks": gettext_lazy("weeks"),
    "months": gettext_lazy("months"),
    "seasons": gettext_lazy("seasons"),
}
FREQUENCIES = {
    "once": gettext_lazy("Once"),
    "monthly": gettext_lazy("Each month"),
    "quarterly": gettext_lazy("Each quarter"),
    "half_yearly": gettext_lazy("Each half year"),
    "yearly": gettext_lazy("Each year"),
}
SUPPORT_FORMS = {
    "premium": gettext_lazy("Premium"),
    "price": gettext_lazy("Higher price"),
    "order_commitment": gettext_lazy("Longer or larger guaranteed orders"),
    "prepayment": gettext_lazy("Prepayment of orders"),
    "loan": gettext_lazy("Soft loan"),
    "cash": gettext_lazy("Direct payment"),
}
PAYMENT_WAYS = {
    "supply_chain": gettext_lazy("With the price, through the supply chain"),
    "direct": gettext_lazy("Directly to the supplier"),
    "escrow": gettext_lazy("Into escrow"),
}
OWED_BY = {
    "brand": gettext_lazy("The brand"),
    "supplier": gettext_lazy("The supplier"),
    "program": gettext_lazy("The program"),
}
# Bands of the 2013 Accord share their end points, so which band an end point belongs to is undefined there
# (`domain.md` 2.2): the program must choose.
BOUNDARIES = {
    "lower": gettext_lazy("An end point belongs to the band below it"),
    "upper": gettext_lazy("An end point belongs to the band above it"),
}


class WrongParameters(DomainError):
    """Parameters do not fit their clause. `problems`: {parameter name: sentence}."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(problems.values()))


@dataclass(frozen=True)
class Parameter:
    """One typed value of a clause. `choices` for kinds "choice" and "list"."""

    name: str
    label: Any
    kind: str = "text"
    required: bool = False
    help: Any = ""
    choices: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class ClauseType:
    """A kind of clause: what it is for and what it asks."""

    kind: ClauseKind
    purpose: Any
    parameters: tuple[Parameter, ...] = ()


def _duration(name: str, label: Any, *, required: bool = False, help: Any = "") -> Parameter:  # noqa: A002 -- the field's own word
    return Parameter(name, label, "duration", required, help)


def _frequency(name: str, label: Any, *, required: bool = False, help: Any = "") -> Parameter:  # noqa: A002 -- the field's own word
    return Parameter(name, label, "choice", required, help, choices=FREQUENCIES)


__ = gettext_lazy
TYPES: dict[ClauseKind, ClauseType] = {
    item.kind: item
    for item in (
        ClauseType(ClauseKind.DEFINITIONS, __("Words that the agreement uses in a fixed sense, one per line as “Word: meaning”.")),
        ClauseType(
            ClauseKind.FINANCIAL_SUPPORT,
            __("How the brand carries part of the cost of decent work."),
            (
                Parameter("forms", __("Forms of support"), "list", required=True, choices=SUPPORT_FORMS),
                _duration("negotiate_within", __("Talk with the supplier within"), help=__("Counted from the supplier's request.")),
                _frequency("report_every", __("Report of support given")),
                _duration("report_within", __("Report due after the end of a period")),
            ),
        ),
        ClauseType(
            ClauseKind.PREMIUM,
            __("A premium on top of the price, passed on to workers."),
            (
                Parameter("rates", __("Rates"), "rates", required=True),
                Parameter("paid_by", __("Way of payment"), "choice", required=True, choices=PAYMENT_WAYS),
                _frequency("period", __("Period of accrual"), required=True),
                _duration("pay_within", __("Due after the end of a period")),
                Parameter("supplier_share", __("Share the supplier keeps for taxes and administration"), "percent"),
                _duration("pass_on_within", __("Supplier passes it on to workers within"), help=__("Counted from the payment.")),
            ),
        ),
        ClauseType(
            ClauseKind.STOP_PURCHASE,
            __("The brand stops buying from a supplier whose standing stops purchases."),
            (
                _duration("acknowledge_within", __("Acknowledge within"), help=__("Counted from the notice of the standing.")),
                _duration("stop_within", __("Stop purchases within"), required=True, help=__("Counted from the notice of the standing.")),
                _duration("prove_within", __("Prove it within"), help=__("Counted from the day purchases must have stopped.")),
                Parameter("until", __("Lasts until")),
            ),
        ),
        ClauseType(
            ClauseKind.PURCHASE_PREFERENCE,
            __("The brand prefers suppliers in good standing."),
            (_frequency("report_every", __("Report of shares")), _duration("report_within", __("Report due after the end of a period"))),
        ),
        ClauseType(
            ClauseKind.SOURCING_DISCLOSURE,
            __("The brand tells the program from whom it buys."),
            (
                _duration("first_within", __("First list within"), required=True, help=__("Counted from the day the agreement takes effect.")),
                _frequency("update_every", __("Updated list")),
                _duration("report_within", __("Updated list due after the end of a period")),
            ),
        ),
        ClauseType(
            ClauseKind.REPORTING,
            __("The brand reports what it bought."),
            (_frequency("report_every", __("Report"), required=True), _duration("report_within", __("Due after the end of a period"), required=True)),
        ),
        ClauseType(ClauseKind.ACCESS, __("The monitor and the worker organization may enter workplaces and talk with workers.")),
        ClauseType(ClauseKind.NON_INTERFERENCE, __("Nobody interferes with complaints, inspections or workers' education.")),
        ClauseType(
            ClauseKind.PROGRAM_FEE,
            __("What the brand pays for running the program."),
            (
                Parameter("currency", __("Currency of fees and volumes"), required=True, help=__("Three letters, for example USD.")),
                Parameter("bands", __("Fee by yearly volume"), "bands", required=True),
                Parameter("boundary", __("End points of bands"), "choice", required=True, choices=BOUNDARIES,
                          help=__("Where the source leaves it open, the program chooses.")),
                _duration("pay_within", __("Due after the start of a year")),
            ),
        ),
        ClauseType(
            ClauseKind.DISPUTE_RESOLUTION,
            __("From a breach to its cure, to the committee and on to arbitration."),
            (
                _duration("cure_within", __("Time to cure a breach"), help=__("Counted from the notice of breach.")),
                _duration("decide_within", __("Committee decides within"), help=__("Counted from the petition.")),
                _duration("appeal_within", __("Arbitration may be asked for within"), help=__("Counted from the decision.")),
                Parameter("arbitration", __("Rules and seat of arbitration")),
            ),
        ),
        ClauseType(
            ClauseKind.TERM,
            __("How long the agreement lasts and how it ends."),
            (
                _duration("lasts", __("Lasts"), help=__("Empty: until it is ended.")),
                _duration("notice", __("Notice before it is ended")),
                Parameter("renews", __("Renews by itself"), "yes_no"),
            ),
        ),
        ClauseType(
            ClauseKind.GENERAL,
            __("Anything else the parties agree on, a duty of any party included."),
            (
                Parameter("task", __("Duty"), help=__("What one of the parties must do, in a few words.")),
                Parameter("done_by", __("Owed by"), "choice", choices=OWED_BY, help=__("Empty: by the brand.")),
                _frequency("done_every", __("How often"), help=__("Empty: once, counted from the day the agreement takes effect.")),
                _duration("done_within", __("Done within"), help=__("Counted from the start, or from the end of each period.")),
            ),
        ),
    )
}  # fmt: skip


def checked(kind: ClauseKind, parameters: Mapping[str, Value], *, complete: bool = True) -> dict[str, Value]:
    """The parameters of a clause as they are stored: known names only, each of its type, empty ones left out.

    `complete`: required ones must be there, as from the proposal on. Raises WrongParameters with a sentence per parameter.
    """
    declared = {parameter.name: parameter for parameter in TYPES[kind].parameters}
    found: dict[str, Value] = {}
    problems = {
        name: _("This kind of clause has no “%(name)s”.") % {"name": name}
        for name in parameters
        if name not in declared
    }
    for name, parameter in declared.items():
        value = parameters.get(name)
        if value in (None, "", [], {}):
            if complete and parameter.required:
                problems[name] = _("%(label)s: fill this in.") % {"label": parameter.label}
            continue
        try:
            found[name] = _CHECKS[parameter.kind](parameter, value)
        except (ValueError, InvalidOperation) as error:
            problems[name] = f"{parameter.label}: {error}"
    if problems:
        raise WrongParameters(problems)
    return found


def _text(parameter: Parameter, value: Value) -> str:
    if not isinstance(value, str):
        raise ValueError(_("write a text."))
    return value.strip()


def _choice(parameter: Parameter, value: Value) -> str:
    if value not in (parameter.choices or {}):
        raise ValueError(_("choose one of those offered."))
    return value


def _list(parameter: Parameter, value: Value) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(_("choose from those offered."))
    return [_choice(parameter, entry) for entry in value]


def _yes_no(parameter: Parameter, value: Value) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("write yes or no."))
    return value


def _whole(parameter: Parameter, value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(_("write a whole number, 0 or more."))
    return value


def decimal_text(value: Value) -> str:
    """A decimal amount as it is stored. Raises ValueError for anything that is not a finite number of 0 or more in a text."""
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount < 0:
        raise ValueError(_("write a number with a point before the decimals, for example 0.32."))
    return format(amount, "f")


def currency_code(value: Value) -> str:
    """An ISO 4217 code. Raises ValueError."""
    import pycountry  # noqa: PLC0415 -- its table is loaded only where a currency is typed

    code = value.strip().upper() if isinstance(value, str) else ""
    if pycountry.currencies.get(alpha_3=code) is None:
        raise ValueError(_("write the three letters of a currency, for example USD."))
    return code


def _percent(parameter: Parameter, value: Value) -> str:
    text = decimal_text(value)
    if Decimal(text) > 100:
        raise ValueError(_("a percentage is at most 100."))
    return text


def _date(parameter: Parameter, value: Value) -> str:
    return date.fromisoformat(value).isoformat()


def _duration_value(parameter: Parameter, value: Value) -> dict[str, Value]:
    if not isinstance(value, dict) or set(value) != {"value", "unit"} or value["unit"] not in DURATION_UNITS:
        raise ValueError(_("write a number and choose a unit."))
    return {"value": _whole(parameter, value["value"]), "unit": value["unit"]}


def _money(parameter: Parameter, value: Value) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) != {"amount", "currency"}:
        raise ValueError(_("write an amount and its currency."))
    return {"amount": decimal_text(value["amount"]), "currency": currency_code(value["currency"])}


def _rates(parameter: Parameter, value: Value) -> list[dict[str, str]]:
    """Premium rates: no product and unit twice."""
    found, seen = [], set()
    for row in value if isinstance(value, list) else []:
        if (
            not isinstance(row, dict)
            or set(row) != {"product", "unit", "amount", "currency"}
            or not str(row["unit"]).strip()
        ):
            raise ValueError(_("each rate has a product, a unit, an amount and a currency."))
        product, unit = str(row["product"]).strip(), str(row["unit"]).strip()
        if (product.casefold(), unit.casefold()) in seen:
            raise ValueError(_("two rates are for the same product and unit."))
        seen.add((product.casefold(), unit.casefold()))
        found.append(
            {
                "product": product,
                "unit": unit,
                "amount": decimal_text(row["amount"]),
                "currency": currency_code(row["currency"]),
            }
        )
    if not found:
        raise ValueError(_("write at least one rate."))
    return found


def _bands(parameter: Parameter, value: Value) -> list[dict[str, str | None]]:
    """Bands follow one another from 0 without gap; only the last may be open."""
    found: list[dict[str, str | None]] = []
    end: str | None = "0"
    for row in value if isinstance(value, list) else []:
        if not isinstance(row, dict) or set(row) != {"from", "to", "fee"}:
            raise ValueError(_("each band has a start, an end and a fee."))
        start = decimal_text(row["from"])
        if end is None or Decimal(start) != Decimal(end):
            raise ValueError(_("each band starts where the one before it ends; the first starts at 0."))
        end = decimal_text(row["to"]) if row["to"] else None
        if end is not None and Decimal(end) <= Decimal(start):
            raise ValueError(_("each band ends above its start."))
        found.append({"from": start, "to": end, "fee": decimal_text(row["fee"])})
    if not found:
        raise ValueError(_("write at least one band."))
    return found


_CHECKS: dict[str, Callable[[Parameter, Value], Value]] = {
    "text": _text,
    "choice": _choice,
    "list": _list,
    "yes_no": _yes_no,
    "whole": _whole,
    "percent": _percent,
    "date": _date,
    "duration": _duration_value,
    "money": _money,
    "rates": _rates,
    "bands": _bands,
}
