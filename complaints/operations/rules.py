"""The table that triages complaints: what one is about, and what follows. A change is a new line; the old one holds for what came before."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from complaints.blueprints import add_lines
from complaints.enums import Scope
from complaints.models import TriageRule
from programs.models import Provision, Severity
from programs.queries import today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program


class CannotSet(DomainError):
    """The line of the table cannot be like this."""


@atomic
def set_rule(
    *,
    label: Mapping[str, str],
    scope: Scope,
    severity_id: UUID | None,
    is_urgent: bool,
    partner: str,
    on: date,
    by: Person,
    at: datetime,
    rule_id: UUID | None = None,
    provision_id: UUID | None = None,
) -> TriageRule:
    """Begin a line of the table on a day, in place of `rule_id` where it is given. Complaints received before keep the line of their day.

    `label`: language → words for workers, English always. Raises TriageRule.DoesNotExist and CannotSet.
    """
    words = {language: text.strip() for language, text in label.items() if text.strip()}
    scope = Scope(scope)
    _not_past(on, at)
    if "en" not in words:
        raise CannotSet(_("Write the words in English; they stand in for languages that have none."))
    if scope == Scope.OUTSIDE and not partner.strip():
        raise CannotSet(_("Say who can help: what is outside the scope goes to somebody."))
    before = TriageRule.objects.select_for_update(of=("self",)).get(pk=rule_id) if rule_id else None
    if before is not None:
        _end(before, on)
    key = before.key if before else slugify(words["en"])[:60]
    if not key or TriageRule.objects.filter(key=key, valid_until=None).exists():
        raise CannotSet(_("There is a line with these English words; change that one."))
    rule = TriageRule.objects.create(
        key=key,
        label=words,
        provision=Provision.objects.get(pk=provision_id) if provision_id else None,
        scope=scope,
        severity=Severity.objects.get(pk=severity_id) if severity_id else None,
        is_urgent=is_urgent,
        partner=partner.strip(),
        position=before.position if before else _last() + 1,
        valid_from=on,
        set_by=by,
        set_at=at,
    )
    record("triage_rule.set", rule, by=by, at=at, after={"key": key, "scope": scope, "valid_from": on})
    return rule


@atomic
def end_rule(*, rule_id: UUID, on: date, by: Person, at: datetime) -> TriageRule:
    """Nobody is offered this line from a day on. Raises TriageRule.DoesNotExist and CannotSet."""
    rule = TriageRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
    _not_past(on, at)
    _end(rule, on)
    record("triage_rule.ended", rule, by=by, at=at, after={"valid_until": on})
    return rule


@atomic
def cancel_plan(*, rule_id: UUID, by: Person, at: datetime) -> TriageRule:
    """Take back a line that is to hold from a later day; the one that it was to replace holds on. Raises TriageRule.DoesNotExist and CannotSet."""
    rule = TriageRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
    if rule.valid_until is not None or rule.valid_from <= today(at):
        raise CannotSet(_("Only a line that does not hold yet can be canceled. Change or end this one."))
    rule.valid_until = rule.valid_from
    rule.save(update_fields=["valid_until"])
    replaced = TriageRule.objects.filter(
        key=rule.key, valid_until=rule.valid_from, valid_from__lt=rule.valid_from
    )
    replaced.update(valid_until=None)
    record("triage_rule.plan_canceled", rule, by=by, at=at, before={"valid_from": rule.valid_from})
    return rule


@atomic
def begin_from_blueprint(*, by: Person, at: datetime) -> list[TriageRule]:
    """Add the lines of the blueprint that the program started from and never had: for programs that are older than their blueprint's table.

    They hold from today on, below those that are there. Raises CannotSet where there is nothing to add, and DoneTwice.
    """
    program = Program.objects.get(pk=current_program_id())
    rows = add_lines(program.blueprint, since=today(at), by=by, at=at)
    if not rows:
        raise CannotSet(
            _("The table has, or had, every line of the blueprint that this program started from.")
        )
    for rule in rows:
        after = {"key": rule.key, "scope": rule.scope, "valid_from": rule.valid_from}
        record("triage_rule.set", rule, by=by, at=at, after=after)
    return rows


def _not_past(on: date, at: datetime) -> None:
    """What was received keeps the table of its day."""
    if on < today(at):
        raise CannotSet(_("The table cannot change in the past. Choose today or a later day."))


def _end(rule: TriageRule, on: date) -> None:
    """The day on which a line ends is the first one that it does not hold for."""
    if rule.valid_until is not None:
        raise CannotSet(_("This line has ended; change the one that took its place."))
    if on < rule.valid_from:
        raise CannotSet(
            _("It holds since %(day)s; it cannot end before.") % {"day": rule.valid_from.isoformat()}
        )
    rule.valid_until = on
    rule.save(update_fields=["valid_until"])


def _last() -> int:
    return TriageRule.objects.aggregate(last=Max("position"))["last"] or 0
