"""What rungs and severities mean takes effect on its day: the columns of their rows follow the rules about them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from programs.blueprints.units import Value
from programs.meanings import FIELDS, LONGEST, parts
from programs.models import Rule, Rung, Severity
from programs.queries import rules, today
from programs.queries.meanings import MODELS, as_column
from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

type Step = Rung | Severity


def problem(key: str, value: Value) -> str | None:
    """A sentence that says why a rung or severity cannot have this value, or None; also for rules about other things."""
    found = parts(key)
    if found is None:
        return None
    section, step_key, field = found
    text = str(value or "").strip()
    if field in LONGEST and len(text) > LONGEST[field]:
        return _("Write at most %(n)s characters.") % {"n": LONGEST[field]}
    if field != "label":
        return None
    if not text:
        return _("Give it a name.")
    if text.casefold() in _names(section, but=step_key):
        return _("%(name)s is there already.") % {"name": text}
    return None


def _names(section: str, *, but: str) -> set[str]:
    """Names that the other steps of a scale have or will have, without regard to capital letters."""
    others = MODELS[section].objects.exclude(key=but)
    names = {row.key: {row.label.casefold()} for row in others}
    planned = Rule.objects.filter(section=section, valid_until=None).values_list("key", "value")
    for key, value in planned:
        found = parts(key)
        if found and found[2] == "label" and found[1] in names:
            names[found[1]].add(str(value).casefold())
    return set().union(*names.values())


@atomic
def take_effect(*, at: datetime, by: Person | None = None) -> int:
    """Write into each rung and severity what the rules of today say of it; how many rows changed. Done again, it changes nothing.

    In the same transaction as a change from today on, and by the beat on the day of a planned one. `at` is timezone-aware. Reaction:
    `rung.stops` with a rung on which brands must stop buying from now on.
    """
    day = today(at)
    if not any(_differing(day)):
        return 0
    Program.objects.select_for_update(no_key=True).get(pk=current_program_id())
    changed = 0
    for step, wanted in _differing(day):
        _write(step, wanted, by=by, at=at)
        changed += 1
    return changed


def _write(step: Step, wanted: dict[str, Any], *, by: Person | None, at: datetime) -> None:
    before = {name: getattr(step, name) for name in wanted}
    for name, value in wanted.items():
        setattr(step, name, value)
    step.save(update_fields=list(wanted))
    event = "rung.set" if isinstance(step, Rung) else "severity.set"
    record(event, step, by=by, at=at, before=before, after=wanted)
    if wanted.get("stops_purchases"):
        react("rung.stops", rung=step, by=by, at=at)


def _differing(day: date) -> Iterator[tuple[Step, dict[str, Any]]]:
    """Rungs and severities whose columns say something else than the rules of a day, with what these say."""
    said: dict[tuple[str, str], dict[str, Any]] = {}
    for key, value in rules(on=day).filter(section__in=FIELDS).values_list("key", "value"):
        if found := parts(key):
            section, step_key, field = found
            said.setdefault((section, step_key), {})[field] = as_column(field, value)
    for section, model in MODELS.items():
        for step in model.objects.all():
            wanted = said.get((section, step.key), {})
            other = {name: value for name, value in wanted.items() if value != getattr(step, name)}
            if other:
                yield step, other
