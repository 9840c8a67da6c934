"""What a program has set for its clocks, for the platform: limits, targets and benchmarks are rules, seasons have their own table."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse

from programs.blueprints import units
from programs.models import Participation, Rule, Season
from programs.queries import rules
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length, Limits
from wsr.deadlines.lengths import Season as CalendarSeason
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

BINDING, TARGET, BENCHMARK = "clocks", "targets", "benchmarks"


def limits_of(key: str, *, on: date) -> Limits | None:
    """The binding limit, the program's own target and the published figure named like `key` (“clocks.report_issued”) on a day."""
    section, _dot, name = key.partition(".")
    if section != BINDING:
        return None
    found = {
        rule.key.partition(".")[0]: rule
        for rule in rules(on=on).filter(key__in=[f"{part}.{name}" for part in (BINDING, TARGET, BENCHMARK)])
    }
    if not found:
        return None
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    benchmark = found.get(BENCHMARK)
    first = found.get(BINDING) or next(iter(found.values()))
    return Limits(
        label=first.label,
        binding=_length(found.get(BINDING), Basis.BINDING),
        target=_length(found.get(TARGET), Basis.TARGET),
        benchmark="; ".join(units.words(benchmark.unit, benchmark.value)) if benchmark else "",
        benchmark_source=benchmark.source if benchmark else "",
        page=reverse("programs:rule", args=[slug, first.key]),
    )


def seasons() -> list[CalendarSeason]:
    """The active program's seasons."""
    return [CalendarSeason(row.name, row.starts_on, row.ends_on) for row in Season.objects.all()]


def organizations_of(participations: Collection[UUID]) -> dict[UUID, UUID]:
    """{participation: organization} of those with an account."""
    rows = Participation.objects.filter(pk__in=participations).exclude(organization=None)
    return dict(rows.values_list("pk", "organization_id"))


def names_of(participations: Collection[UUID]) -> dict[UUID, str]:
    """{participation: its name}"""
    return dict(Participation.objects.filter(pk__in=participations).values_list("pk", "name"))


def _length(rule: Rule | None, basis: Basis) -> Length | None:
    """A rule as a length; None where it is empty. A year is twelve months."""
    if rule is None or rule.value is None:
        return None
    value, unit = rule.value, rule.unit
    if unit == "years":
        value, unit = value * 12, Unit.MONTHS.value
    if unit not in Unit.values or not isinstance(value, int):
        return None
    return Length(value, Unit(unit), basis, rule.certainty, rule.source)


LENGTHS = [limits_of]
SEASONS = [seasons]
ORGANIZATIONS = [organizations_of]
NAMES = [names_of]
