"""The table that triages complaints: what one is about, and what follows. A change is a new line; the old one holds for what came before."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from complaints.enums import Scope
from complaints.models import TriageRule
from programs.models import Provision, Severity
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic

LANGUAGES = ("en", "es", "ht", "bn", "ur")  # of the workers' pages


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
    _end(rule, on)
    record("triage_rule.ended", rule, by=by, at=at, after={"valid_until": on})
    return rule


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
