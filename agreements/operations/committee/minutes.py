"""Minutes: drafted item by item, put before the members, approved in writing or by a later meeting, published, corrected, withdrawn.

What of them is public `agreements/disclosure/minutes.py` says. They go out with the next publication; where the program has a limit for it
(`clocks.minutes_public`) and nobody has published by then, the engine does.
"""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.urls import reverse
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from psycopg import errors

from agreements.enums import ItemState, MinutesState
from agreements.models import AgendaItem, Approval, FormerText, Minutes, Seat, Sitting
from agreements.operations.committee.common import CannotMove, NoVote, own_seat, tell_members
from agreements.operations.moving import move_row
from agreements.queries import committee as queries
from wsr.accounts.models import Person
from wsr.deadlines import operations as deadlines
from wsr.deadlines.models import Clock
from wsr.history.operations import record
from wsr.registry import operations as registry
from wsr.tenancy import atomic, current_program_id, on_commit
from wsr.tenancy.models import Program

logger = logging.getLogger(__name__)

DUE, PUBLIC = "agreements.minutes_approved", "agreements.minutes_public"


@atomic
def write(
    *,
    item_id: UUID,
    discussion: str,
    public_text: str,
    is_withheld: bool,
    by: Person,
    at: datetime,
    correction: str = "",
) -> AgendaItem:
    """What the minutes say of one item, and what the public reads of it. Approved minutes change with a sentence that says why.

    `correction` is public; what was corrected is a version of its own, and the text before it is kept. Raises AgendaItem.DoesNotExist and
    CannotMove.
    """
    sitting_id = AgendaItem.objects.values_list("sitting_id", flat=True).get(pk=item_id)
    minutes = _locked(Minutes.objects.values_list("pk", flat=True).get(sitting_id=sitting_id))
    if minutes.state in (MinutesState.CIRCULATED, MinutesState.WITHDRAWN):
        raise CannotMove(
            _("The minutes are “%(state)s”, so they do not change.") % {"state": minutes.get_state_display()}
        )
    if minutes.state == MinutesState.APPROVED and not correction.strip():
        raise CannotMove(_("The minutes are approved. Say what is corrected and why; the public reads it."))
    item: AgendaItem = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    _keep_former(item, minutes, by=by, at=at, reason=correction.strip()[:500])
    item.discussion, item.public_text, item.is_withheld = discussion.strip(), public_text.strip(), is_withheld
    item.save(update_fields=["discussion", "public_text", "is_withheld"])
    if minutes.state == MinutesState.APPROVED:
        minutes.corrected_at, minutes.correction = at, correction.strip()[:500]
        minutes.version += 1
        minutes.save(update_fields=["corrected_at", "correction", "version"])
        record("minutes.corrected", minutes, by=by, at=at, reason=correction.strip())
        _publish_in_time(minutes, by=by, at=at)
    else:
        record("minutes.written", minutes, by=by, at=at, after={"item": item.position})
    return item


@atomic
def circulate(*, minutes_id: UUID, by: Person, at: datetime) -> Minutes:
    """Put the minutes before the members; the program's time to approve them runs. Raises Minutes.DoesNotExist and CannotMove."""
    minutes = _locked(minutes_id)
    if minutes.sitting.items.filter(state=ItemState.OPEN).exists():
        raise CannotMove(
            _("Some items are still open. Decide, note or leave them for another meeting first.")
        )
    _move(minutes, MinutesState.CIRCULATED, by=by, at=at, circulated_at=at)
    _start(DUE, minutes, by=by, at=at)
    tell_members("committee_minutes", minutes.sitting, key=f"minutes:{minutes.pk}:{minutes.version}", at=at)
    return minutes


@atomic
def answer(*, minutes_id: UUID, by: Person, at: datetime, objection: str = "") -> Approval:
    """A member who was called approves the minutes in writing, or says what must be changed first; once per version.

    When everybody with a vote who was there has approved and nobody objects, they are approved. Raises Minutes.DoesNotExist, CannotMove
    and NoVote.
    """
    return _answer(minutes_id, own_seat(by, at=at), objection, person=by, by=by, at=at)


@atomic
def enter_answer(
    *, minutes_id: UUID, seat_id: UUID, by: Person, at: datetime, objection: str = ""
) -> Approval:
    """Write down the written answer of a member who has no account. Raises Minutes.DoesNotExist, CannotMove and NoVote."""
    seat = Seat.objects.get(pk=seat_id)
    if seat.person_id is not None:
        raise NoVote(_("%(name)s has an account and answers herself.") % {"name": seat.name})
    return _answer(minutes_id, seat, objection, person=None, by=by, at=at)


@atomic
def settle(*, minutes_id: UUID, at: datetime) -> Minutes:
    """Approve the minutes if all who must have answered, and approved. Doing it again changes nothing. Needs the rights of staff.

    Whoever was there with a vote must, as long as her term runs; somebody must have.
    """
    minutes = _locked(minutes_id)
    if minutes.state != MinutesState.CIRCULATED:
        return minutes
    sitting = Seat.objects.on(queries.today(at)).values("pk")
    present = minutes.sitting.attendances.filter(was_present=True, seat__has_vote=True)
    answers = list(queries.approvals_of(minutes))
    approving = {row.seat_id for row in answers if not row.objection}
    must = set(present.filter(seat__in=sitting).values_list("seat_id", flat=True))
    has_voice = approving & set(present.values_list("seat_id", flat=True))
    if has_voice and must <= approving and len(approving) == len(answers):
        _approve(minutes, by=None, at=at)
    return minutes


@atomic
def take_back(*, minutes_id: UUID, reason: str, by: Person, at: datetime) -> Minutes:
    """Change them after an objection: a draft again; what was approved is asked again. Raises Minutes.DoesNotExist and CannotMove."""
    minutes = _locked(minutes_id)
    if not reason.strip():
        raise CannotMove(_("Say why; the members read it."))
    _move(minutes, MinutesState.DRAFT, by=by, at=at, reason=reason, version=minutes.version + 1)
    deadlines.cancel(kind=DUE, subject=minutes, reason=reason.strip(), at=at, by=by)
    return minutes


@atomic
def approve_in(*, minutes_id: UUID, sitting: Sitting, by: Person, at: datetime) -> Minutes:
    """A later meeting has approved them. Raises Minutes.DoesNotExist and CannotMove."""
    minutes = _locked(minutes_id)
    _approve(minutes, by=by, at=at, approved_in=sitting)
    return minutes


@atomic
def withdraw(*, minutes_id: UUID, reason: str, by: Person, at: datetime) -> Minutes:
    """Take approved minutes back: the next publication shows the reason in place of the text. Raises Minutes.DoesNotExist and CannotMove."""
    minutes = _locked(minutes_id)
    if not reason.strip():
        raise CannotMove(_("Say why; the public reads it."))
    _move(
        minutes,
        MinutesState.WITHDRAWN,
        by=by,
        at=at,
        reason=reason,
        withdrawn_at=at,
        withdrawn_because=reason.strip()[:500],
        version=minutes.version + 1,
    )
    _publish_in_time(minutes, by=by, at=at)
    return minutes


# ── Published by rule ────────────────────────────────────────────────────────────────────────────


def publish_due(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """The program's time to publish minutes is over: whoever has not pressed, they go out now. Raises what `registry.start_publication` does.

    A closed gate leaves the step undone, to be tried again and shown with its reason.
    """
    minutes = Minutes.objects.get(pk=clock.subject_id)
    if queries.published_at(minutes):
        deadlines.meet(kind=PUBLIC, subject=minutes, at=at)
    elif not queries.minutes_are_public(on=queries.today(at)):
        deadlines.cancel(
            kind=PUBLIC, subject=minutes, reason=_("The program does not publish minutes any more."), at=at
        )
    else:
        registry.start_publication(by=None, at=at)


def note_published(*, by: Person | None, at: datetime, **_others: Any) -> None:
    """Something was published: the time of minutes that are public as they stand now is met. In the publisher's transaction."""
    waiting = Clock.objects.open().filter(kind=PUBLIC).values("subject_id")
    for minutes in Minutes.objects.filter(pk__in=waiting).order_by("pk"):
        if queries.published_at(minutes):
            deadlines.meet(kind=PUBLIC, subject=minutes, at=at, by=by)


def _publish_in_time(minutes: Minutes, *, by: Person | None, at: datetime) -> None:
    """Run the program's time to publish this version, where it publishes minutes at all."""
    if queries.minutes_are_public(on=queries.today(at)):
        _start(PUBLIC, minutes, by=by, at=at)


def _start(kind: str, minutes: Minutes, *, by: Person | None, at: datetime) -> None:
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    deadlines.start(
        kind=kind,
        subject=minutes,
        started_at=at,
        at=at,
        by=by,
        title=_("Minutes of %(number)s") % {"number": minutes.sitting.number},
        url=reverse("agreements:sitting", args=[slug, minutes.sitting_id]),
    )


# ── Inside ───────────────────────────────────────────────────────────────────────────────────────


def _keep_former(item: AgendaItem, minutes: Minutes, *, by: Person, at: datetime, reason: str) -> None:
    """Keep the text that the members had before them: of approved minutes, and of those that went back after an objection."""
    read = minutes.version if minutes.state == MinutesState.APPROVED else minutes.version - 1
    if read:
        kept = {
            "discussion": item.discussion,
            "public_text": item.public_text,
            "is_withheld": item.is_withheld,
            "reason": reason,
            "replaced_by": by,
            "replaced_at": at,
        }
        FormerText.objects.get_or_create(item=item, version=read, defaults=kept)


def _answer(
    minutes_id: UUID, seat: Seat, objection: str, *, person: Person | None, by: Person, at: datetime
) -> Approval:
    is_staff = queries.is_staff()
    minutes = _locked(minutes_id) if is_staff else Minutes.objects.get(pk=minutes_id)
    if minutes.state != MinutesState.CIRCULATED:
        raise CannotMove(_("These minutes are not before the members."))
    if not seat.attendances.filter(sitting_id=minutes.sitting_id).exists():
        raise NoVote(_("%(name)s was not called to this meeting.") % {"name": seat.name})
    try:
        with atomic():
            made = Approval.objects.create(
                minutes=minutes,
                seat=seat,
                version=minutes.version,
                objection=objection.strip(),
                person=person,
                given_at=at,
            )
    except IntegrityError as error:
        if isinstance(error.__cause__, errors.UniqueViolation):
            raise CannotMove(_("%(name)s has answered already.") % {"name": seat.name}) from None
        raise CannotMove(_("These minutes are not before the members any more.")) from None
    record("minutes.answered", minutes, by=by, at=at, after={"objects": bool(made.objection)})
    if is_staff:
        settle(minutes_id=minutes_id, at=at)
    else:
        _settle_soon(minutes_id)
    return made


def _approve(minutes: Minutes, *, by: Person | None, at: datetime, **fields: Any) -> None:
    _move(minutes, MinutesState.APPROVED, by=by, at=at, approved_at=at, **fields)
    deadlines.meet(kind=DUE, subject=minutes, at=at, by=by)
    tell_members("committee_minutes", minutes.sitting, key=f"minutes-approved:{minutes.pk}", at=at)
    _publish_in_time(minutes, by=by, at=at)


def _settle_soon(minutes_id: UUID) -> None:
    """A portal may not move the minutes; the program does it right after, and beat again whatever was lost."""
    program_id = str(current_program_id())

    def wake() -> None:
        from agreements.tasks import settle_minutes  # noqa: PLC0415 -- tasks are leaves; operations import them

        try:
            settle_minutes.delay(program_id=program_id, minutes_id=str(minutes_id))
        except OperationalError:
            logger.warning("minutes not settled minutes=%s", minutes_id)

    on_commit(wake)


def _locked(minutes_id: UUID) -> Minutes:
    minutes: Minutes = (
        Minutes.objects.select_for_update(of=("self",)).select_related("sitting").get(pk=minutes_id)
    )
    return minutes


def _move(
    minutes: Minutes, to: MinutesState, *, by: Person | None, at: datetime, reason: str = "", **fields: Any
) -> None:
    """The only place that writes `Minutes.state`. The caller holds the row lock."""
    refusal = CannotMove(_("The minutes are “%(state)s” already.") % {"state": minutes.get_state_display()})
    move_row(minutes, to, name="minutes", refusal=refusal, by=by, at=at, reason=reason, **fields)
