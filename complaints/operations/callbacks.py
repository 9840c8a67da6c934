"""Workers who want to be called: within the hours that are safe for them, by one person at a time, each try on record.

A callback has a circle and a key of its own. It is made in the scope of a worker (`worker_scope(program, callback_id)`); the number is read by
whoever has taken it, and nothing of the complaint with it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.enums import CallbackState, Heard
from complaints.models import Callback, CallTry, Complainant, WorkerKey
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.operations.starting import start
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, case_scope, current_program_id
from wsr.tenancy.models import Program
from wsr.vault import operations as vault
from wsr.vault.digits import runs_of_digits
from wsr.vault.envelope import Place
from wsr.vault.models import CaseKey

CALLBACK = "complaints.callback"  # the clock from her wish to the call
TEXTS = ("phone", "name", "code_word", "words")  # of a callback in the vault
MOST_TRIES = 5
AGAIN = timedelta(hours=2)  # after nobody answered
HELD = timedelta(minutes=30)  # as long as a call lasts; afterwards a colleague may take it over
_LEAST_DIGITS = 5


class CannotCall(DomainError):
    """Not this number, not now, or not by this person."""


@dataclass(frozen=True, repr=False)
class Wish:
    """Whom to call, and how. `call_from` and `call_until`: hours of the program's clocks, both or neither."""

    phone: str
    name: str = ""
    code_word: str = ""
    words: str = ""
    language: str = "en"
    call_from: time | None = None
    call_until: time | None = None


@dataclass(frozen=True, repr=False)
class Whom:
    """What the caller reads, opened."""

    phone: str
    name: str
    code_word: str
    words: str


@atomic
def ask(
    *,
    callback_id: UUID,
    wish: Wish,
    matter_id: UUID | None = None,
    complainant_id: UUID | None = None,
    by: Person | None = None,
    is_set_aside: bool = False,
    at: datetime,
) -> Callback:
    """Somebody wants to be called. In `worker_scope(program, callback_id)`; the same id again is the same wish.

    `matter_id`: the complaint it is about; `by`: who wrote it down. Raises CannotCall.
    """
    if there := Callback.objects.filter(pk=callback_id).first():
        return there
    if sum(map(len, runs_of_digits(wish.phone))) < _LEAST_DIGITS:
        raise CannotCall(_("Write the whole telephone number."))
    zone = _zone()
    callback = Callback.objects.create(
        id=callback_id,
        matter_id=matter_id or callback_id,
        complainant_id=complainant_id,
        language=wish.language,
        call_from=wish.call_from,
        call_until=wish.call_until,
        next_at=next_moment(at, wish.call_from, wish.call_until, zone),
        is_set_aside=is_set_aside,
        asked_at=at,
        asked_by=by,
    )
    vault.open_case(callback_id)
    texts = {_place(callback_id, column): text for column in TEXTS if (text := getattr(wish, column))}
    vault.seal_many(callback_id, texts)
    record("callback.asked", callback, by=by, at=at)
    _put_in_line(callback, at=at)
    return callback


def _put_in_line(callback: Callback, *, at: datetime) -> None:
    """Its clock, and word to whoever calls; of a flood once an hour."""
    start(
        kind=CALLBACK,
        subject=("complaints.callback", callback.pk),
        started_at=callback.next_at,
        title=_("Somebody wants to be called"),
        url=_queue_page(),
        at=at,
    )
    once = f"aside:{at:%Y-%m-%dT%H}" if callback.is_set_aside else str(callback.pk)
    tell_role(
        kind="callback_wanted",
        key=f"callback_wanted:{once}",
        permission=Permission.COMPLAINT_ENTER,
        context={},
        at=at,
        about=None if callback.is_set_aside else callback.pk,
    )


@atomic
def ask_for_herself(*, key: WorkerKey, callback_id: UUID, wish: Wish, at: datetime) -> Callback:
    """A worker in her case wants to be called about it, and so may be. In her scope of the case. Raises CannotCall."""
    with case_scope(callback_id):
        callback = ask(
            callback_id=callback_id,
            wish=wish,
            matter_id=key.complaint_id,
            complainant_id=key.complainant_id,
            at=at,
        )
    Complainant.objects.filter(pk=key.complainant_id).update(may_call=True)
    return callback


@atomic
def take(*, callback_id: UUID, by: Person, at: datetime) -> Callback:
    """Take a callback to call now; from then on she, and she alone, reads the number. Raises Callback.DoesNotExist and CannotCall."""
    callback = _locked(callback_id)
    if callback.state != CallbackState.WAITING:
        raise CannotCall(_("This call is done, or she does not want to be called any more."))
    if callback.caller_id == by.pk:
        check_hours(callback, at=at)
        return callback
    if callback.caller_id and callback.taken_at and at < callback.taken_at + HELD:
        raise CannotCall(_("%(name)s is calling at this moment.") % {"name": callback.caller})
    check_hours(callback, at=at)
    callback.caller, callback.taken_at = by, at
    callback.save(update_fields=["caller", "taken_at"])
    record("callback.taken", callback, by=by, at=at)
    return callback


def check_hours(callback: Callback, *, at: datetime) -> None:
    """Raises CannotCall outside the hours that are safe for her, and before the next try is due."""
    zone = _zone()
    local = at.astimezone(zone)
    if at < callback.next_at or not is_within(local.time(), callback.call_from, callback.call_until):
        moment = max(callback.next_at, next_moment(at, callback.call_from, callback.call_until, zone))
        raise CannotCall(
            _("Not now: it is safe for her from %(time)s on %(day)s.")
            % {
                "time": f"{moment.astimezone(zone):%H:%M}",
                "day": f"{moment.astimezone(zone).date():%Y-%m-%d}",
            }
        )


def whom(callback: Callback) -> Whom:
    """Number, name, code word and what to mind. For whoever has taken it; everybody else gets CaseKey.DoesNotExist."""
    places = [_place(callback.pk, column) for column in TEXTS]
    texts = vault.unseal_many(callback.pk, places)
    return Whom(*(texts[place] or "" for place in places))


@atomic
def heard(*, callback_id: UUID, heard: Heard, by: Person, at: datetime) -> Callback:
    """What came of the call; whoever called puts it down. Nobody answered: again later, five times at most. Somebody else did: another day.

    Raises Callback.DoesNotExist and CannotCall.
    """
    callback = _mine(callback_id, by)
    heard = Heard(heard)
    CallTry.objects.create(callback=callback, by=by, at=at, heard=heard)
    callback.tries += 1
    if heard == Heard.REACHED:
        _end(callback, CallbackState.REACHED, at)
        clocks.meet(kind=CALLBACK, subject=callback, at=at, by=by)
    elif callback.tries >= MOST_TRIES:
        _end(callback, CallbackState.GIVEN_UP, at)
        reason = _("Called %(count)s times and not reached.") % {"count": callback.tries}
        clocks.cancel(kind=CALLBACK, subject=callback, reason=reason, at=at, by=by)
    else:
        callback.next_at = _next_try(callback, heard, at)
        callback.caller = callback.taken_at = None
        callback.save(update_fields=["next_at", "caller", "taken_at", "tries"])
    record("callback.called", callback, by=by, at=at, after={"heard": heard, "tries": callback.tries})
    return callback


@atomic
def never_again(*, callback_id: UUID, by: Person, at: datetime) -> Callback:
    """She said on the phone that she does not want to be called any more. Raises Callback.DoesNotExist and CannotCall."""
    callback = _mine(callback_id, by)
    _end(callback, CallbackState.CANCELLED, at)
    clocks.cancel(kind=CALLBACK, subject=callback, reason=_("She does not want to be called."), at=at, by=by)
    record("callback.cancelled", callback, by=by, at=at)
    return callback


@atomic
def do_not_call(*, key: WorkerKey, at: datetime) -> None:
    """A worker does not want to be called any more: nobody does from this moment. In her scope of the complaint."""
    waiting = Callback.objects.filter(
        matter_id=key.complaint_id, complainant_id=key.complainant_id, state=CallbackState.WAITING
    )
    for callback in waiting.select_for_update(of=("self",)):
        callback.state, callback.ended_at = CallbackState.CANCELLED, at
        callback.caller = callback.taken_at = None
        callback.save(update_fields=["state", "ended_at", "caller", "taken_at"])
        clocks.cancel(
            kind=CALLBACK,
            subject=("complaints.callback", callback.pk),
            reason=_("She does not want to be called."),
            at=at,
        )
        record("callback.cancelled", callback, by=None, at=at)
    Complainant.objects.filter(pk=key.complainant_id).update(may_call=False)


def matter_erased(*, case_id: UUID, by: Person | None, at: datetime, reason: str) -> None:
    """A complaint is erased, and with it whom to call about it: number, name and what to mind have keys of their own."""
    about_it = Callback.objects.filter(matter_id=case_id).exclude(pk=case_id).order_by("pk")
    kept = CaseKey.objects.filter(pk__in=list(about_it.values_list("pk", flat=True)))
    for callback_id in list(kept.values_list("pk", flat=True)):
        vault.destroy(callback_id, by=by, at=at, reason=reason)


def is_within(local: time, call_from: time | None, call_until: time | None) -> bool:
    """Whether a time of day lies in the hours; they may pass midnight. Without hours always."""
    if call_from is None or call_until is None:
        return True
    if call_from <= call_until:
        return call_from <= local < call_until
    return local >= call_from or local < call_until


def next_moment(at: datetime, call_from: time | None, call_until: time | None, zone: ZoneInfo) -> datetime:
    """The first moment from `at` on that lies in the hours of `zone`."""
    local = at.astimezone(zone)
    if call_from is None or is_within(local.time(), call_from, call_until):
        return at
    days = (local.date() + timedelta(days=ahead) for ahead in range(3))
    begins = (datetime.combine(day, call_from, zone).astimezone(UTC) for day in days)
    # A night on which the clocks go forward may lack the hour.
    return next(
        moment
        for moment in begins
        if moment > at and is_within(moment.astimezone(zone).time(), call_from, call_until)
    )


def _next_try(callback: Callback, heard: Heard, at: datetime) -> datetime:
    zone = _zone()
    earliest = at + AGAIN
    if heard == Heard.WRONG_PERSON:
        tomorrow = at.astimezone(zone).date() + timedelta(days=1)
        earliest = datetime.combine(tomorrow, callback.call_from or time(9), zone)
    return next_moment(earliest, callback.call_from, callback.call_until, zone)


def _end(callback: Callback, state: CallbackState, at: datetime) -> None:
    callback.state, callback.ended_at = state, at
    callback.caller = callback.taken_at = None
    callback.save(update_fields=["state", "ended_at", "caller", "taken_at", "tries"])


def _locked(callback_id: UUID) -> Callback:
    return Callback.objects.select_for_update(of=("self",)).select_related("caller").get(pk=callback_id)


def _mine(callback_id: UUID, by: Person) -> Callback:
    callback = _locked(callback_id)
    if callback.caller_id != by.pk:
        raise CannotCall(_("Take this call first; somebody else may have taken it."))
    return callback


def _place(callback_id: UUID, column: str) -> Place:
    return Place("complaints_callback", column, callback_id)


def _zone() -> ZoneInfo:
    return ZoneInfo(Program.objects.get(pk=current_program_id()).time_zone)


def _queue_page() -> str:
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    return reverse("complaints:calls", args=[slug])
