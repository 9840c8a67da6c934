"""The first table of triage of a program that starts from a blueprint, or takes it later. From then on the table is the program's own."""

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from complaints.enums import Scope
from complaints.models import TriageRule
from programs.models import Provision, Severity
from programs.queries import code_in_force
from wsr.accounts.models import Person

_BEFORE = timedelta(days=366)  # a complaint on paper may be older than the program
_FILE = Path(__file__).parent / "topics.yaml"


def begin_table(*, blueprint: str, on: date, at: datetime) -> None:
    """The lines of a blueprint as rows of the active program, which has just started; an empty one starts with none."""
    add_lines(blueprint, since=on - _BEFORE, by=None, at=at)


def lines_of(blueprint: str) -> list[str]:
    """The topics of a blueprint's table, in the order workers see them; none where it has no table."""
    return list(topics()["blueprints"].get(blueprint, {}))


def missing_lines(blueprint: str) -> list[str]:
    """Topics of a blueprint's table that the active program never had."""
    return sorted(set(lines_of(blueprint)) - set(TriageRule.objects.values_list("key", flat=True)))


def add_lines(blueprint: str, *, since: date, by: Person | None, at: datetime) -> list[TriageRule]:
    """The lines of a blueprint that the active program never had, below those that it has, each with what of severities and code is there.

    Done twice it adds nothing, and what the program ended or changed stays so. The caller holds the lock.
    """
    read = topics()
    severities = {row.key: row for row in Severity.objects.all()}
    code = code_in_force()
    provisions = {
        row.reference: row
        for row in (Provision.objects.filter(code=code) if code else Provision.objects.all())
    }
    had = dict(TriageRule.objects.values_list("key", "position"))
    rows = []
    for topic in lines_of(blueprint):
        if topic in had:
            continue
        scope, severity, provision, is_urgent, partner = read["blueprints"][blueprint][topic]
        rows.append(
            TriageRule.objects.create(
                key=topic,
                label=read["topics"][topic],
                scope=Scope(scope),
                severity=severities.get(severity),
                provision=provisions.get(provision),
                is_urgent=is_urgent,
                partner=partner,
                position=max(had.values(), default=0) + len(rows) + 1,
                valid_from=since,
                set_by=by,
                set_at=at,
            )
        )
    return rows


@cache
def topics() -> dict[str, Any]:
    """`topics`: topic → language → words; `blueprints`: blueprint → topic → scope, severity, provision, danger, partner."""
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))
