"""What a clause's parameters say, in words: on pages, on paper and in comparisons."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from agreements.clauses import DURATION_UNITS, TYPES, Parameter
from agreements.enums import ClauseKind
from agreements.models import Clause
from programs.enums import Certainty


@dataclass(frozen=True)
class Said:
    """One parameter in words. `rows` with `heads` instead of `text` for tables. `mark`: where the template had it from."""

    parameter: Parameter
    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    certainty: str = ""
    source: str = ""
    note: str = ""

    @property
    def is_missing(self) -> bool:
        """Nothing is filled in."""
        return not self.text and not self.rows

    @property
    def certainty_label(self) -> str:
        """The mark, as pages say it."""
        return str(Certainty(self.certainty).label) if self.certainty else ""


def parameters_of(clause: Clause, *, with_missing: bool = False) -> list[Said]:
    """Every parameter of a clause that is filled in, or all, in the order in which the kind declares them."""
    found = []
    for parameter in TYPES[ClauseKind(clause.kind)].parameters:
        value = clause.parameters.get(parameter.name)
        if value is not None or with_missing:
            found.append(_said(parameter, value, clause.provenance.get(parameter.name, {})))
    return found


def missing_of(clause: Clause) -> list[Parameter]:
    """Required parameters that are not filled in."""
    return [
        parameter
        for parameter in TYPES[ClauseKind(clause.kind)].parameters
        if parameter.required and parameter.name not in clause.parameters
    ]


def as_text(clause: Clause) -> str:
    """A clause with its parameters as one text, for comparisons."""
    lines = [clause.title, clause.text]
    for said in parameters_of(clause):
        table = "; ".join(", ".join(row) for row in said.rows)
        lines.append(f"{said.parameter.label}: {said.text or table}")
    return "\n".join(lines)


def definitions(clause: Clause) -> list[tuple[str, str]] | None:
    """Word and meaning, line by line, where a clause of definitions is written so; otherwise None."""
    if clause.kind != ClauseKind.DEFINITIONS:
        return None
    found: list[tuple[str, str]] = []
    for line in filter(str.strip, clause.text.splitlines()):
        word, colon, meaning = line.partition(":")
        if colon and len(word) <= 60:
            found.append((word.strip(), meaning.strip()))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        else:
            return None
    return found


def amount(text: str) -> str:
    """A decimal text as people write it: 1,000,000 or 0.01. No figure is lost."""
    value = Decimal(text)
    places = max(-int(value.as_tuple().exponent), 0)
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def _said(parameter: Parameter, value: Any, mark: dict[str, str]) -> Said:
    where = {name: mark.get(name, "") for name in ("certainty", "source", "note")}
    if value is None:
        return Said(parameter, **where)
    if parameter.kind == "rates":
        heads = (_("Product"), _("Unit"), _("Amount per unit"))
        rows = tuple(
            (row["product"] or _("all"), row["unit"], f"{amount(row['amount'])} {row['currency']}")
            for row in value
        )
        return Said(parameter, heads=heads, rows=rows, **where)
    if parameter.kind == "bands":
        heads = (_("From"), _("To"), _("Fee"))
        rows = tuple(
            (
                amount(row["from"]),
                amount(row["to"]) if row["to"] is not None else _("without limit"),
                amount(row["fee"]),
            )
            for row in value
        )
        return Said(parameter, heads=heads, rows=rows, **where)
    return Said(parameter, text=_plain(parameter, value), **where)


def _plain(parameter: Parameter, value: Any) -> str:
    match parameter.kind:
        case "choice":
            return str((parameter.choices or {})[value])
        case "list":
            return "; ".join(str((parameter.choices or {})[entry]) for entry in value)
        case "yes_no":
            return _("yes") if value else _("no")
        case "duration":
            return f"{value['value']} {DURATION_UNITS[value['unit']]}"
        case "money":
            return f"{amount(value['amount'])} {value['currency']}"
        case "percent":
            return f"{amount(value)} %"
        case "date":
            return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
        case _:
            return str(value)
