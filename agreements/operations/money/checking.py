"""Understanding one line of a report, typed or from a file, and saying at each field why it cannot stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.clauses import currency_code
from agreements.models.money import Purchase
from agreements.money.amounts import is_whole
from agreements.money.enums import ReportSide, RowStatus
from agreements.money.quantities import unit_of, units_known
from agreements.queries.money_terms import MoneyRules, Term, money_rules, premium_terms, rate_of, term_on
from programs.enums import Part
from programs.models import Participation, Workplace
from wsr.imports.names import name_key
from wsr.imports.reading.values import day, number, one_line

FIELDS = (
    "partner",
    "workplace",
    "product",
    "volume",
    "unit",
    "period",
    "starts_on",
    "ends_on",
    "value",
    "currency",
)
_LARGEST = Decimal(10) ** 14
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(?i)(?:(\d{4})[- ]?q([1-4])|q([1-4])[- ]?(\d{4}))")


@dataclass
class Line:
    """One line understood. `errors`: {field: sentence}; with none it can be recorded."""

    number: int = 0
    partner_id: UUID | None = None
    workplace_id: UUID | None = None
    product: str = ""
    unit: str = ""
    volume: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    value: Decimal | None = None
    currency: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    status: RowStatus = RowStatus.NEW
    known: Purchase | None = None

    @property
    def product_key(self) -> str:
        """Products are the same whatever the letters."""
        return self.product.casefold()

    def same_figures(self, row: Purchase) -> bool:
        """Whether a report on record says exactly this."""
        mine = (self.unit, self.volume, self.value, self.currency, self.ends_on)
        return (row.unit, row.volume, row.value, row.currency, row.ends_on) == mine

    def as_data(self) -> dict[str, Any]:
        """As it is kept beside the line of the file."""
        names = (
            "partner_id",
            "workplace_id",
            "product",
            "unit",
            "volume",
            "starts_on",
            "ends_on",
            "value",
            "currency",
        )
        return {name: str(getattr(self, name) or "") for name in names}


class Desk:
    """What one side's lines are checked against: its partners and their workplaces, units, the agreement, and what is on record."""

    def __init__(self, side: ReportSide, owner: Participation, *, today: date) -> None:
        """Reads everything once, however many lines follow. The caller holds the lock of the report."""
        self.side, self.owner, self.today = side, owner, today
        self._is_brand = side == ReportSide.BRAND
        # Partners are those on record as buying or selling, today or formerly: what a portal may see, and staff go by the same list.
        partners = (
            Participation.objects.filter(part=Part.SUPPLIER, sold_to__brand=owner)
            if self._is_brand
            else Participation.objects.filter(part=Part.BRAND, sources_from__supplier=owner)
        ).distinct()
        self.partners = {str(row.pk): row for row in partners}
        self._by_name: dict[str, list[Participation]] = {}
        for row in self.partners.values():
            self._by_name.setdefault(name_key(row.name), []).append(row)
        self._workplaces: dict[tuple[UUID, str], list[Workplace]] = {}
        for place in Workplace.objects.only("id", "supplier_id", "name"):
            self._workplaces.setdefault((place.supplier_id, name_key(place.name)), []).append(place)
        self.rules: MoneyRules = money_rules(on=today)
        self.terms: list[Term] = premium_terms(owner.pk) if self._is_brand else []
        agreed = (unit_of(rate.unit) for term in self.terms for rate in term.rates)
        self.units = {*units_known(self.rules.container_pounds), *agreed}
        self._on_record: dict[tuple[UUID, str], list[Purchase]] = {}
        for purchase in Purchase.objects.current().filter(side=side, **{str(side): owner}):
            partner_id = purchase.supplier_id if self._is_brand else purchase.brand_id
            self._on_record.setdefault((partner_id, purchase.product_key), []).append(purchase)
        self._earlier: dict[tuple[UUID, str], list[Line]] = {}

    def understand(self, values: Mapping[str, str], *, line: int = 0, day_first: bool = False) -> Line:
        """One line, compared with what is on record and with the lines before it. `values` are texts by the names in FIELDS."""
        said = {name: one_line(values.get(name, "") or "") for name in FIELDS}
        found = Line(number=line)
        self._partner(found, said)
        self._goods(found, said)
        self._days(found, said, day_first=day_first)
        self._value(found, said)
        if not found.errors and self._is_brand:
            self._terms_hold(found)
        if not found.errors:
            self._compare(found)
        if found.errors:
            found.status = RowStatus.ERROR
        elif found.partner_id is not None:
            self._earlier.setdefault((found.partner_id, found.product_key), []).append(found)
        return found

    def _partner(self, line: Line, said: Mapping[str, str]) -> None:
        typed = said["partner"]
        fitting = [self.partners[typed]] if typed in self.partners else self._by_name.get(name_key(typed), [])
        named = {"name": typed[:80]}
        if not typed:
            line.errors["partner"] = _("Name the supplier.") if self._is_brand else _("Name the brand.")
        elif not fitting and self._is_brand:
            line.errors["partner"] = (
                _(
                    "“%(name)s” is no supplier you are on record as buying from. Check the name, or ask the program to add it."
                )
                % named
            )
        elif not fitting:
            line.errors["partner"] = (
                _(
                    "“%(name)s” is no brand on record as buying from you. Check the name, or ask the program to add it."
                )
                % named
            )
        elif len(fitting) > 1:
            line.errors["partner"] = _("More than one participant is called “%(name)s”.") % named
        else:
            line.partner_id = fitting[0].pk
        if said["workplace"] and line.partner_id:
            supplier = line.partner_id if self._is_brand else self.owner.pk
            places = self._workplaces.get((supplier, name_key(said["workplace"])), [])
            if len(places) == 1:
                line.workplace_id = places[0].pk
            else:
                line.errors["workplace"] = _(
                    "“%(name)s” is no workplace of this supplier. Leave it empty for the supplier as a whole."
                ) % {"name": said["workplace"][:80]}

    def _goods(self, line: Line, said: Mapping[str, str]) -> None:
        line.product, line.unit = said["product"][:120], unit_of(said["unit"])
        if not line.product:
            line.errors["product"] = _("Name the product.")
        line.volume = number(said["volume"])
        if not said["volume"]:
            line.errors["volume"] = _("Write how much.")
        elif line.volume is None:
            line.errors["volume"] = _("“%(text)s” is not a number.") % {"text": said["volume"][:40]}
        elif line.volume <= 0:
            line.errors["volume"] = _(
                "The volume must be above 0. To take a report back, withdraw it; to change it, correct it."
            )
        elif line.volume >= _LARGEST or line.volume != round(line.volume, 6):
            line.errors["volume"] = _("Write a volume of at most 14 digits and six decimals.")
        if not line.unit:
            line.errors["unit"] = _("Name the unit.")
        elif line.unit not in self.units:
            said_units = {"unit": said["unit"][:30], "units": ", ".join(sorted(self.units))}
            line.errors["unit"] = (
                _("“%(unit)s” is no unit this program knows. It knows: %(units)s.") % said_units
            )

    def _days(self, line: Line, said: Mapping[str, str], *, day_first: bool) -> None:
        if said["period"] and not said["starts_on"] and not said["ends_on"]:
            stretch = period(said["period"])
            if stretch is None:
                line.errors["period"] = _("“%(text)s” is no period. Write 2026-03 or 2026-Q1.") % {
                    "text": said["period"][:40]
                }
                return
            line.starts_on, line.ends_on = stretch
        else:
            line.starts_on = _day(line, "starts_on", said, day_first)
            line.ends_on = _day(line, "ends_on", said, day_first)
        if line.starts_on is None or line.ends_on is None:
            return
        if line.ends_on < line.starts_on:
            line.errors["ends_on"] = _("The last day is before the first.")
        elif line.ends_on > self.today:
            line.errors["ends_on"] = _(
                "These days are not over yet. Report what was bought, not what is planned."
            )
        elif (line.ends_on - line.starts_on).days > 366:
            line.errors["ends_on"] = _("Report at most one year in a line.")

    def _value(self, line: Line, said: Mapping[str, str]) -> None:
        """The value is not asked for by every program; where it is given, it has a currency."""
        if not said["value"]:
            return
        line.value = number(said["value"])
        if line.value is None or line.value <= 0 or line.value >= _LARGEST:
            line.errors["value"] = _("“%(text)s” is no amount above 0.") % {"text": said["value"][:40]}
        try:
            line.currency = currency_code(said["currency"])
        except ValueError:
            line.errors["currency"] = _(
                "“%(text)s” is no currency. Write its three letters, for example USD."
            ) % {"text": said["currency"][:10]}
            return
        agreed = {rate.currency for term in self.terms for rate in term.rates}
        if agreed and line.currency not in agreed:
            words = {"agreed": ", ".join(sorted(agreed)), "currency": line.currency}
            line.errors["currency"] = _("Your agreement is in %(agreed)s, not in %(currency)s.") % words
        elif (
            line.value is not None and "value" not in line.errors and not is_whole(line.value, line.currency)
        ):
            line.errors["value"] = _("%(currency)s has no such fraction of a unit.") % {
                "currency": line.currency
            }

    def _terms_hold(self, line: Line) -> None:
        """One rate holds over all days of a line; otherwise the line must be two."""
        ends = [term.ends_on + timedelta(days=1) for term in self.terms if term.ends_on]
        for change in sorted([term.starts_on for term in self.terms] + ends):
            inside = (
                line.starts_on is not None
                and line.ends_on is not None
                and line.starts_on < change <= line.ends_on
            )
            if inside and self._rate(line, change - timedelta(days=1)) != self._rate(line, change):
                words = {"day": date_format(change)}
                line.errors["starts_on"] = (
                    _(
                        "The premium changed on %(day)s. Report the days before it and from it on as two lines."
                    )
                    % words
                )
                return

    def _rate(self, line: Line, on: date) -> Any:
        term = term_on(self.terms, on)
        if term is None:
            return None
        rate = rate_of(term, line.product, line.unit, container_pounds=self.rules.container_on(on))
        return rate and (rate, term.supplier_percent, term.period)

    def _compare(self, line: Line) -> None:
        if line.partner_id is None:
            return
        key = (line.partner_id, line.product_key)
        for earlier in self._earlier.get(key, []):
            if _overlap(line, earlier):
                sentence = (
                    _("The same as line %(line)d.")
                    if line.as_data() == earlier.as_data()
                    else _("These days overlap with line %(line)d, for the same partner and product.")
                )
                line.errors["starts_on"] = sentence % {"line": earlier.number}
                return
        for row in self._on_record.get(key, []):
            if not _overlap(line, row):
                continue
            if (row.starts_on, row.ends_on, row.workplace_id) == (
                line.starts_on,
                line.ends_on,
                line.workplace_id,
            ):
                line.known = row
                line.status = RowStatus.UNCHANGED if line.same_figures(row) else RowStatus.CHANGED
                continue
            words = {"start": date_format(row.starts_on), "end": date_format(row.ends_on)}
            line.errors["starts_on"] = (
                _("These days overlap with a report on record, for %(start)s to %(end)s. Correct that one.")
                % words
            )
            return


def period(text: str) -> tuple[date, date] | None:
    """First and last day of "2026-03" or "2026-Q1"; None for anything else."""
    if (month := _MONTH.fullmatch(text)) and 1 <= int(month.group(2)) <= 12:
        year, first, length = int(month.group(1)), int(month.group(2)), 1
    elif quarter := _QUARTER.fullmatch(text):
        year, first, length = (
            int(quarter.group(1) or quarter.group(4)),
            int(quarter.group(2) or quarter.group(3)) * 3 - 2,
            3,
        )
    else:
        return None
    if not 1900 < year < 2200:
        return None
    after = date(year + (first + length > 12), (first + length - 1) % 12 + 1, 1)
    return date(year, first, 1), after - timedelta(days=1)


def _day(line: Line, name: str, said: Mapping[str, str], day_first: bool) -> date | None:
    found = day(said[name], day_first=day_first)
    if found is None:
        text = {"text": said[name][:40]}
        line.errors[name] = (
            _("“%(text)s” is not a day of the calendar.") % text if said[name] else _("Write the day.")
        )
    return found


def _overlap(line: Line, other: Line | Purchase) -> bool:
    """Days in common at the same workplace; a report of the supplier as a whole covers each of its workplaces."""
    if line.starts_on is None or line.ends_on is None or other.starts_on is None or other.ends_on is None:
        return False
    same_place = None in (line.workplace_id, other.workplace_id) or line.workplace_id == other.workplace_id
    return same_place and line.starts_on <= other.ends_on and other.starts_on <= line.ends_on
