"""Changing the rules of a program."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from programs import queries
from programs.blueprints import units
from programs.blueprints.units import Value
from programs.enums import Certainty
from programs.models import Rule
from programs.operations.meanings import problem, take_effect
from programs.sections import LIMITS
from wsr.accounts.models import Person
from wsr.deadlines.kinds import kinds
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

TIME_ZONE = "program.time_zone"


class CannotSet(DomainError):
    """The rule cannot have this value from this day."""


@atomic
def set_rule(
    *,
    key: str,
    value: Value,
    valid_from: date,
    source: str = "",
    note: str = "",
    unit: str = "",
    by: Person,
    at: datetime,
) -> Rule:
    """Give a rule a value from a day on; the value until then stays on record, and the blueprint's stays beside it.

    `value` fits the rule's unit; a limit may be given another `unit` of time. None means that the program does not know it after all. `valid_from` is today in the program's
    time zone or later, never the past. Raises Rule.DoesNotExist and CannotSet.
    """
    program = Program.objects.get(pk=current_program_id())
    today = at.astimezone(ZoneInfo(program.time_zone)).date()
    value = value.strip() if isinstance(value, str) else value
    last = last_rule(key, on=today, for_update=True)
    if last is None:
        raise Rule.DoesNotExist
    _check_value(last, value, unit)
    _check_day(last, valid_from, today)
    before = {"value": last.value, "unit": last.unit, "valid_from": last.valid_from}
    rule = _replaced(last, valid_from)
    rule.value, rule.note, rule.source = value, note, source
    rule.unit = unit or rule.unit
    rule.certainty = Certainty.UNKNOWN if value is None else Certainty.SET_BY_PROGRAM
    rule.set_by, rule.set_at = by, at
    rule.save()
    if key == TIME_ZONE:
        program.time_zone = str(value or "UTC")
        program.save(update_fields=["time_zone"])
    after = {"value": value, "unit": rule.unit, "valid_from": valid_from}
    record("rule.set", rule, by=by, at=at, before=before, after=after, reason=note)
    if valid_from == today:
        take_effect(by=by, at=at)
    return rule


@atomic
def cancel_plan(*, key: str, by: Person, at: datetime) -> Rule:
    """Take back the change of a rule that is planned last; what held before it holds on. Returns the canceled plan, which stays on record.

    Raises Rule.DoesNotExist where the program never had the rule, and CannotSet where nothing is planned.
    """
    day = queries.today(at)
    rows = Rule.objects.planned_or_held().select_for_update(of=("self",)).filter(key=key)
    newest = list(rows.order_by("-valid_from")[:2])
    if not newest:
        raise Rule.DoesNotExist
    plan = newest[0]
    if plan.valid_from <= day:
        raise CannotSet(_("No change is planned. What holds already changes from a day on."))
    plan.valid_until = plan.valid_from
    plan.save(update_fields=["valid_until"])
    for held in newest[1:]:
        held.valid_until = None
        held.save(update_fields=["valid_until"])
    before = {"value": plan.value, "unit": plan.unit, "valid_from": plan.valid_from}
    record("rule.plan_canceled", plan, by=by, at=at, before=before)
    return plan


def _check_value(last: Rule, value: Value, unit: str) -> None:
    if unit and unit != last.unit and (last.section not in LIMITS or unit not in units.LENGTHS):
        raise CannotSet(_("This rule cannot have another unit."))
    if sentence := units.problem(unit or last.unit, value) or problem(last.key, value):
        raise CannotSet(sentence)


def _check_day(last: Rule, valid_from: date, today: date) -> None:
    if valid_from < today:
        raise CannotSet(_("A rule cannot change in the past. Choose today or a later day."))
    if valid_from < last.valid_from:
        raise CannotSet(
            _(
                "A change from %(day)s is already on record. Choose that day or a later one, or cancel it first."
            )
            % {"day": last.valid_from}
        )
    if last.key == TIME_ZONE and valid_from > today:
        raise CannotSet(_("The time zone changes today or not at all."))


def last_rule(key: str, *, on: date, for_update: bool = False) -> Rule | None:
    """The open row of a rule. For a limit that a clock asks for and that this program has no row of yet: a new one, unknown, not saved."""
    rows = Rule.objects.select_for_update(of=("self",)) if for_update else Rule.objects
    found = rows.filter(key=key, valid_until=None).first()
    section, _dot, name = key.partition(".")
    if found is not None or section not in (*LIMITS, "benchmarks"):
        return found
    label = next((str(words) for asked, words in _asked_lengths() if asked.partition(".")[2] == name), None)
    if label is None:
        return None
    unit = "text" if section == "benchmarks" else "days"
    return Rule(section=section, key=key, label=label, unit=unit, certainty=Certainty.UNKNOWN, valid_from=on)


def _asked_lengths() -> Iterator[tuple[str, object]]:
    """(key, label) of every length that a kind of clock or a step of one needs."""
    for kind in kinds().values():
        yield kind.length_key, kind.label
        for rung in kind.rungs:
            yield rung.length_key, f"{kind.label}: {rung.label}"


def _replaced(last: Rule, valid_from: date) -> Rule:
    """The row that holds from `valid_from`: the same one when it begins that very day, else a new one after it."""
    if last._state.adding:  # the first row of its rule
        last.valid_from = valid_from
    if last.valid_from == valid_from:
        return last
    last.valid_until = valid_from
    last.save(update_fields=["valid_until"])
    return Rule(
        section=last.section,
        key=last.key,
        label=last.label,
        unit=last.unit,
        position=last.position,
        blueprint_value=last.blueprint_value,
        valid_from=valid_from,
    )
