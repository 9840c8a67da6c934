"""The program's own scales – rungs of the ladder of standing, severities of breaches – and the rules that it asks itself."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from programs import blueprints, ladder, meanings
from programs.blueprints import units
from programs.enums import Certainty
from programs.models import Participation, Rule, Rung, Severity, StandingEvent
from programs.operations.meanings import problem
from programs.operations.rules import CannotSet, set_rule
from programs.queries.meanings import as_column
from programs.sections import TITLES
from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program
from wsr.tenancy.references import in_use

NEW = "add"  # a word of the addresses, so no key
SEVERITY_QUESTIONS = (
    ("may_be_cured", "yes_no", "may be put right"),
    ("shortest_stop", "months", "shortest stop of purchases"),
)


# ── Both scales ──────────────────────────────────────────────────────────────────────────────────


@atomic
def add_rung(*, label: str, by: Person, at: datetime) -> Rung:
    """Add a rung below the last one, with the questions of the ladder, all unanswered. Raises CannotSet."""
    program = _locked()
    is_first = not Rung.objects.exists()
    rung = Rung(key=_key(Rung, label), label=_label(Rung, label), certainty=Certainty.SET_BY_PROGRAM)
    rung.position = _behind(Rung)
    rung.save()
    day = _today(program, at)
    say([rung], since=day, by=by, at=at)
    if not is_first:
        questions = [
            (ladder.key_of(rung.key, name), unit, ladder.label_of(rung.label, name))
            for name, (unit, _words) in ladder.QUESTIONS.items()
        ]
        _ask(ladder.SECTION, questions, day, by, at)
    record("rung.added", rung, by=by, at=at, after={"label": rung.label, "position": rung.position})
    return rung


@atomic
def add_severity(*, label: str, consequence: str = "", by: Person, at: datetime) -> Severity:
    """Add a severity below the last one, with its questions, all unanswered. Raises CannotSet."""
    program = _locked()
    severity = Severity(
        key=_key(Severity, label),
        label=_label(Severity, label),
        consequence=consequence.strip(),
        certainty=Certainty.SET_BY_PROGRAM,
        position=_behind(Severity),
    )
    severity.save()
    day = _today(program, at)
    say([severity], since=day, by=by, at=at)
    questions = [
        (f"severity.{severity.key}.{name}", unit, f"{severity.label}, {words}")
        for name, unit, words in SEVERITY_QUESTIONS
    ]
    _ask(meanings.SEVERITY, questions, day, by, at)
    after = {"label": severity.label, "consequence": severity.consequence, "position": severity.position}
    record("severity.added", severity, by=by, at=at, after=after)
    return severity


@atomic
def set_rung(
    *,
    rung_key: str,
    label: str,
    stops_purchases: bool | None,
    is_public: bool | None,
    valid_from: date,
    by: Person,
    at: datetime,
) -> Rung:
    """Say what a rung of the ladder means from a day on; None where the program has not decided. Whoever stands there before keeps what followed.

    Duties that run go on when a rung stops no purchases any more. Raises Rung.DoesNotExist and CannotSet, as `rules.set_rule` does.
    """
    wanted = {"label": label.strip() or None, "stops_purchases": stops_purchases, "is_public": is_public}
    return _set(Rung, rung_key, wanted, valid_from, by=by, at=at)


@atomic
def set_severity(
    *, key: str, label: str, consequence: str, valid_from: date, by: Person, at: datetime
) -> Severity:
    """Rename a severity or say what follows from it, from a day on. Raises Severity.DoesNotExist and CannotSet, as `rules.set_rule` does."""
    wanted = {"label": label.strip() or None, "consequence": consequence.strip() or None}
    return _set(Severity, key, wanted, valid_from, by=by, at=at)


def _set[T: (Rung, Severity)](
    scale: type[T], key: str, wanted: dict[str, Any], valid_from: date, *, by: Person, at: datetime
) -> T:
    """Rules for what is other than today; what stays as it is today is left to its own plans."""
    _locked()
    step = scale.objects.select_for_update(of=("self",)).get(key=key)
    for field, value in wanted.items():
        if as_column(field, value) != getattr(step, field):
            rule_key = meanings.key_of(_section(scale), key, field)
            set_rule(key=rule_key, value=value, valid_from=valid_from, by=by, at=at)
    step.refresh_from_db()
    return step


@atomic
def move(*, scale: type[Rung] | type[Severity], key: str, up: bool, by: Person, at: datetime) -> None:
    """Exchange a step with the one before (`up`) or behind it; at the end of the scale nothing happens. Raises CannotSet.

    The order holds at once, for every day. So rungs on which somebody ever stood keep theirs among each other, and the first keeps its place.
    """
    _locked()
    rows = list(scale.objects.select_for_update(of=("self",)).order_by("position", "pk"))
    here = next((at_ for at_, row in enumerate(rows) if row.key == key), None)
    if here is None:
        raise CannotSet(_("It was removed a moment ago. Load the page again."))
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return
    if scale is Rung:
        _refuse_to_rewrite(*sorted((rows[here], rows[there]), key=lambda row: row.position))
    before = [row.label for row in rows]
    rows[here], rows[there] = rows[there], rows[here]
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])
    moved, after = rows[there], [row.label for row in rows]
    record(f"{_word(scale)}.moved", moved, by=by, at=at, before={"order": before}, after={"order": after})


@atomic
def remove(*, scale: type[Rung] | type[Severity], key: str, by: Person, at: datetime) -> None:
    """Remove a step that nothing ever used, and end its questions. Raises DoesNotExist and CannotSet."""
    program = _locked()
    row = scale.objects.select_for_update(of=("self",)).get(key=key)
    if in_use(row) or (scale is Rung and _was_stood_on(row)):
        raise CannotSet(
            _("%(name)s is in use and stays: what was decided with it must remain readable.")
            % {"name": row.label}
        )
    record(
        f"{_word(scale)}.removed", row, by=by, at=at, before={"label": row.label, "position": row.position}
    )
    row.delete()
    scale.objects.filter(position__gt=row.position).update(position=F("position") - 1)
    _end(f"{_section(scale)}.{key}.", _today(program, at))


def _refuse_to_rewrite(upper: Rung, lower: Rung) -> None:
    """Raise CannotSet where exchanging the two would tell something else of those who stood there."""
    if not _was_stood_on(upper):
        return
    if _was_stood_on(lower):
        raise CannotSet(
            _(
                "Suppliers have stood on “%(upper)s” and on “%(lower)s”, so their order stays: what was decided would read otherwise. Add a new rung instead."
            )
            % {"upper": upper.label, "lower": lower.label}
        )
    if not Rung.objects.filter(position__lt=upper.position).exists():
        raise CannotSet(
            _(
                "Suppliers stand or have stood on “%(upper)s”, the first rung, so it stays the first. Add a new rung behind it instead."
            )
            % {"upper": upper.label}
        )


def _was_stood_on(rung: Rung) -> bool:
    """Whether a standing, a case or anything else ever named it. On the first one those began who were moved since, without a standing of then."""
    if in_use(rung) or Participation.objects.filter(rung=rung.key).exists():
        return True
    is_first = not Rung.objects.filter(position__lt=rung.position).exists()
    return is_first and StandingEvent.objects.exists()


def say(steps: Iterable[Rung | Severity], *, since: date, by: Person | None, at: datetime) -> None:
    """Rules that say of new rungs and severities what their rows say, from their first day on."""
    place, rules = _last_place(), []
    for step in steps:
        section = _section(type(step))
        for field, (unit, _words) in meanings.FIELDS[section].items():
            place += 1
            value = getattr(step, field)
            value = None if value == "" else value
            rules.append(
                Rule(
                    program_id=step.program_id,
                    section=section,
                    key=meanings.key_of(section, step.key, field),
                    label=meanings.label_of(section, step.label, field),
                    value=value,
                    unit=unit,
                    certainty=Certainty.UNKNOWN if value is None else Certainty.SET_BY_PROGRAM,
                    position=place,
                    valid_from=since,
                    set_by=by,
                    set_at=at,
                )
            )
    Rule.objects.bulk_create(rules)


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────


@atomic
def add_rule(*, section: str, label: str, unit: str, by: Person, at: datetime) -> Rule:
    """Add a rule of the program's own, without a value yet. Raises CannotSet."""
    program = _locked()
    label = label.strip()
    if section not in TITLES or unit not in units.UNITS:
        raise CannotSet(_("Choose where the rule belongs and in what it is counted."))
    slug = slugify(label).replace("-", "_")[:80]
    if not slug:
        raise CannotSet(_("Give the rule a name with letters or digits in it."))
    key = f"{section}.{slug}"
    if Rule.objects.filter(key=key).exists():
        raise CannotSet(_("There is a rule of this name already. Change that one."))
    return _added(key, section, unit, label, program, by, at)


@atomic
def add_known_rule(*, key: str, by: Person, at: datetime) -> Rule:
    """Add a rule that another blueprint asks, without its value. Raises CannotSet."""
    program = _locked()
    known = missing_rules()
    if key not in known:
        raise CannotSet(_("The program has this rule already."))
    section, unit, label = known[key]
    return _added(key, section, unit, label, program, by, at)


def missing_rules() -> dict[str, tuple[str, str, str]]:
    """{key: (section, unit, label)} of rules that a blueprint knows and the program does not."""
    have = set(Rule.objects.values_list("key", flat=True))
    found: dict[str, tuple[str, str, str]] = {}
    for name in blueprints.KEYS:
        for rule in blueprints.load(name).rules:
            if rule.key not in have:
                found.setdefault(rule.key, (rule.section, rule.leaf.unit, rule.label))
    return found


def _added(key: str, section: str, unit: str, label: str, program: Program, by: Person, at: datetime) -> Rule:
    [rule] = _ask(section, [(key, unit, label)], _today(program, at), by, at)
    record("rule.added", rule, by=by, at=at, after={"key": key, "label": label, "unit": unit})
    return rule


# ── Parts ────────────────────────────────────────────────────────────────────────────────────────


def _locked() -> Program:
    """Of two people at once, one waits."""
    return Program.objects.select_for_update(no_key=True).get(pk=current_program_id())


def _today(program: Program, at: datetime) -> date:
    return at.astimezone(ZoneInfo(program.time_zone)).date()


def _section(scale: type[Any]) -> str:
    return ladder.SECTION if scale is Rung else meanings.SEVERITY


def _word(scale: type[Any]) -> str:
    return "rung" if scale is Rung else "severity"


def _behind(scale: type[Any]) -> int:
    last = scale.objects.order_by("-position").first()
    return last.position + 1 if last else 0


def _label(scale: type[Any], label: str) -> str:
    label = label.strip()
    if sentence := problem(meanings.key_of(_section(scale), NEW, "label"), label):
        raise CannotSet(sentence)
    return label


def _key(scale: type[Any], label: str) -> str:
    """A key that neither a step nor a rule of an earlier one has."""
    section = _section(scale)
    base = slugify(label).replace("-", "_")[:34] or _word(scale)
    key, number = base, 1
    while (
        key == NEW
        or scale.objects.filter(key=key).exists()
        or Rule.objects.filter(key__startswith=f"{section}.{key}.").exists()
    ):
        number += 1
        key = f"{base}_{number}"
    return key


def _last_place() -> int:
    last = Rule.objects.order_by("-position").first()
    return last.position if last else -1


def _ask(
    section: str, questions: list[tuple[str, str, str]], day: date, by: Person, at: datetime
) -> list[Rule]:
    """Rules without a value, behind all others."""
    start = _last_place() + 1
    return [
        Rule.objects.create(
            section=section,
            key=key,
            label=label,
            unit=unit,
            certainty=Certainty.UNKNOWN,
            position=start + number,
            valid_from=day,
            set_by=by,
            set_at=at,
        )
        for number, (key, unit, label) in enumerate(questions)
    ]


def _end(prefix: str, day: date) -> None:
    """End the open rules below a key; what they said stays on record. What was planned never comes to hold."""
    rows = Rule.objects.planned_or_held().select_for_update(of=("self",)).filter(key__startswith=prefix)
    for rule in rows.filter(Q(valid_until=None) | Q(valid_until__gt=day)):
        rule.valid_until = max(day, rule.valid_from)
        rule.save(update_fields=["valid_until"])
