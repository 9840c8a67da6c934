"""More time for a corrective action: asked for with a reason, granted or refused by the program, up to the program's ceiling."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.enums import DUE_STATES, ExtensionState
from audits.models import CorrectiveAction, Extension
from audits.operations.actions import keeping
from audits.operations.actions.keeping import CannotMove
from audits.operations.actions.moving import set_due
from programs.queries import rule_value, today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic

TIMES, DAYS = "correction.extensions", "correction.extension_days"


class CannotExtend(DomainError):
    """The date cannot be moved like this."""


@dataclass(frozen=True)
class Ceiling:
    """How often and how far the program lets a date be moved; None where it has set no ceiling. `used`: how often it was."""

    times: int | None
    days: int | None
    used: int
    first_due: date | None

    @property
    def is_open(self) -> bool:
        """Whether another extension is possible at all."""
        return self.times is None or self.used < self.times

    def check(self, due_on: date) -> None:
        """Raises CannotExtend where a date is beyond the ceiling."""
        if not self.is_open:
            raise CannotExtend(
                ngettext(
                    "The program lets a date be moved %(n)s time, and it was.",
                    "The program lets a date be moved %(n)s times, and it was.",
                    self.times or 0,
                )
                % {"n": self.times}
            )
        if self.days is not None and self.first_due and (due_on - self.first_due).days > self.days:
            raise CannotExtend(
                _("The program lets a date be moved by %(days)s days in all, counted from %(first)s.")
                % {"days": self.days, "first": self.first_due}
            )


def ceiling(action: CorrectiveAction, *, on: date) -> Ceiling:
    """The program's ceiling for an action, and how much of it is used."""
    granted = Extension.objects.filter(action=action, state=ExtensionState.GRANTED).order_by("answered_at")
    moved = list(granted.values_list("due_before", flat=True))
    times, days = (rule_value(key, on=on) for key in (TIMES, DAYS))
    return Ceiling(
        times if isinstance(times, int) else None,
        days if isinstance(days, int) else None,
        len(moved),
        moved[0] if moved else action.due_on,
    )


@atomic
def ask(*, action_id: UUID, due_on: date, reason: str, by: Person, at: datetime) -> Extension:
    """Ask for a later date: the supplier, or staff for it. The agreed date runs on until the program answers.

    Raises CorrectiveAction.DoesNotExist and CannotExtend.
    """
    action = keeping.locked(action_id)
    extension = _asked(action, due_on, reason, by=by, at=at)
    record(
        "extension.asked",
        action,
        by=by,
        at=at,
        before={"due_on": action.due_on},
        after={"due_on": due_on},
        reason=extension.reason,
    )
    keeping.tell_program(
        action, "extension_asked", key=f"{extension.pk}", at=at, permission=Permission.ACTION_CHANGE
    )
    return extension


@atomic
def grant(
    *, extension_id: UUID, by: Person, at: datetime, answer: str = "", due_on: date | None = None
) -> Extension:
    """Give more time: the day asked for, or another one. Raises Extension.DoesNotExist, CannotExtend and CannotMove."""
    extension, action = _open(extension_id)
    granted = due_on or extension.due_asked
    _check(action, granted, at=at)
    _answer(extension, ExtensionState.GRANTED, answer, by=by, at=at)
    set_due(action, granted, answer.strip() or extension.reason, event="extension.granted", by=by, at=at)
    return extension


@atomic
def refuse(*, extension_id: UUID, answer: str, by: Person, at: datetime) -> Extension:
    """The agreed date stands, with the reason. Raises Extension.DoesNotExist, CannotExtend and CannotMove."""
    extension, action = _open(extension_id)
    answer = keeping.explained(answer, _("Say why not; the supplier reads it."))
    _answer(extension, ExtensionState.REFUSED, answer, by=by, at=at)
    record("extension.refused", action, by=by, at=at, reason=answer)
    keeping.tell_supplier(action, "extension_refused", key=f"{extension.pk}", at=at)
    return extension


def _asked(action: CorrectiveAction, due_on: date, reason: str, *, by: Person, at: datetime) -> Extension:
    if action.state not in DUE_STATES or action.due_on is None:
        raise CannotExtend(_("More time can be asked for while the action is to be done."))
    if Extension.objects.filter(action=action, state=ExtensionState.ASKED).exists():
        raise CannotExtend(_("More time was asked for already; the program has not answered yet."))
    if not reason.strip():
        raise CannotExtend(_("Say why more time is needed."))
    _check(action, due_on, at=at)
    return Extension.objects.create(
        action=action,
        supplier_id=action.supplier_id,
        due_before=action.due_on,
        due_asked=due_on,
        reason=reason.strip(),
        asked_by=by,
        asked_at=at,
    )


def _check(action: CorrectiveAction, due_on: date, *, at: datetime) -> None:
    now = today(at)
    if action.due_on is None or due_on <= action.due_on or due_on < now:
        raise CannotExtend(_("Choose a day after the agreed one, and not in the past."))
    ceiling(action, on=now).check(due_on)


def _open(extension_id: UUID) -> tuple[Extension, CorrectiveAction]:
    """The action first, as everywhere; then the request."""
    action = keeping.locked(Extension.objects.values_list("action_id", flat=True).get(pk=extension_id))
    extension = Extension.objects.select_for_update(of=("self",)).get(pk=extension_id)
    if extension.state != ExtensionState.ASKED:
        raise CannotExtend(_("This request was answered already."))
    if action.state not in DUE_STATES:
        raise CannotMove(_("The action is not to be done any more, so there is nothing to extend."))
    return extension, action


def _answer(extension: Extension, to: ExtensionState, answer: str, *, by: Person, at: datetime) -> None:
    extension.state, extension.answer = to, answer.strip()
    extension.answered_by, extension.answered_at = by, at
    extension.save(update_fields=["state", "answer", "answered_by", "answered_at"])
