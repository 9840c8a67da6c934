"""The checklist: questions about the provisions of a version of the code.

A question that was asked is never reworded, since answers to it may stand: another wording retires it and asks a new one in its place.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from audits.enums import InspectionKind
from audits.models import Question
from programs.enums import CodeState
from programs.models import CodeVersion, Provision
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic


class CannotAskThis(DomainError):
    """The question cannot stand on the checklist."""


@atomic
def add(
    *,
    provision_id: UUID,
    text: str,
    by: Person,
    at: datetime,
    guidance: str = "",
    kinds: Iterable[InspectionKind] = (),
) -> Question:
    """Ask something about a provision, at the end of what is asked about it. The same question twice is one.

    `kinds`: the kinds of inspection it is asked at; none: at every one. Raises Provision.DoesNotExist and CannotAskThis.
    """
    provision = Provision.objects.select_for_update(of=("self",)).select_related("code").get(pk=provision_id)
    said = {"text": text.strip(), "guidance": guidance.strip(), "kinds": _known(kinds)}
    _check(provision.code, said["text"])
    same = Question.objects.filter(provision=provision, retired_at=None, **said).first()
    if same is not None:
        return same
    last = Question.objects.filter(provision=provision).aggregate(last=Max("position"))["last"]
    question = Question.objects.create(
        code=provision.code, provision=provision, position=0 if last is None else last + 1, **said
    )
    record("question.added", question, by=by, at=at, after={"provision": provision.reference, **said})
    return question


@atomic
def change(
    *,
    question_id: UUID,
    text: str,
    by: Person,
    at: datetime,
    guidance: str = "",
    kinds: Iterable[InspectionKind] = (),
) -> Question:
    """Ask it in other words or at other kinds of inspection: the question is retired and the new one stands in its place.

    Raises Question.DoesNotExist and CannotAskThis.
    """
    before = _present(question_id)
    said = {"text": text.strip(), "guidance": guidance.strip(), "kinds": _known(kinds)}
    _check(before.code, said["text"])
    if all(getattr(before, name) == value for name, value in said.items()):
        return before
    before.retired_at = at
    before.save(update_fields=["retired_at"])
    after = Question.objects.create(
        code=before.code, provision=before.provision, position=before.position, **said
    )
    changed = [name for name, value in said.items() if getattr(before, name) != value]
    record(
        "question.changed",
        after,
        by=by,
        at=at,
        before={"question": before.pk, **{name: getattr(before, name) for name in changed}},
        after={name: said[name] for name in changed},
    )
    return after


@atomic
def retire(*, question_id: UUID, by: Person, at: datetime) -> Question:
    """Ask it no more. What was answered to it stays. Raises Question.DoesNotExist and CannotAskThis."""
    question = _present(question_id)
    question.retired_at = at
    question.save(update_fields=["retired_at"])
    record("question.retired", question, by=by, at=at, before={"text": question.text})
    return question


@atomic
def move(*, question_id: UUID, is_up: bool, by: Person, at: datetime) -> Question:
    """Ask it before the one above it, or after the one below it; at the end of the list nothing changes.

    Raises Question.DoesNotExist and CannotAskThis.
    """
    question = _present(question_id)
    others = list(
        Question.objects.select_for_update(of=("self",))
        .filter(provision=question.provision_id, retired_at=None)
        .order_by("position", "pk")
    )
    place = next(number for number, one in enumerate(others) if one.pk == question.pk)
    beside = place - 1 if is_up else place + 1
    if not 0 <= beside < len(others):
        return question
    others[place], others[beside] = others[beside], others[place]
    for number, one in enumerate(others):
        one.position = number
    Question.objects.bulk_update(others, ["position"])
    record("question.moved", question, by=by, at=at, before={"place": place + 1}, after={"place": beside + 1})
    return question


def _present(question_id: UUID) -> Question:
    question = (
        Question.objects.select_for_update(of=("self",))
        .select_related("code", "provision")
        .get(pk=question_id)
    )
    if question.retired_at is not None:
        raise CannotAskThis(_("This question is not asked any more."))
    return question


def _check(code: CodeVersion, text: str) -> None:
    if not text:
        raise CannotAskThis(_("Write the question."))
    if code.state == CodeState.REPLACED:
        raise CannotAskThis(_("This version of the code was replaced; its checklist stays as it was."))


def _known(kinds: Iterable[InspectionKind]) -> list[str]:
    """Each kind once, in the order of the list."""
    wanted = {InspectionKind(kind) for kind in kinds}
    return [kind.value for kind in InspectionKind if kind in wanted]
