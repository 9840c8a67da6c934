"""Calling back: the queue, one call, a wish that is written down; and a worker who calls with number and code."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from complaints import wording
from complaints.enums import CallbackState, ComplaintState, Heard
from complaints.forms.hotline import CallbackForm, CheckForm, SayForm
from complaints.models import Callback, Complaint
from complaints.operations import access, callbacks, thread
from complaints.operations.access import DO_NOT_FIT, Entry
from complaints.operations.callbacks import CALLBACK
from complaints.operations.drafts import Token
from complaints.queries import texts
from programs.queries import today
from wsr import languages
from wsr.accounts.doors import own_scope, requires, requires_at_the_door
from wsr.accounts.grants import Permission
from wsr.deadlines.kinds import kind_of
from wsr.deadlines.lengths import limits_of
from wsr.errors import DomainError
from wsr.tenancy import case_scope
from wsr.ui.answering import answer, bound

MOST = 200  # rows of one part of the queue
RECENT = timedelta(days=7)
_ONCE, _CALLER = "complaints.callback", "complaints.caller"  # salts
_SECONDS = 1800  # a caller who was let in
_NAMES = ("program_id", "case_id", "key_id", "complainant_id")


def _has_limit(at: datetime) -> bool:
    """Whether the program has set how soon somebody is called."""
    limits = limits_of(kind_of(CALLBACK).length_key, on=today(at))
    return limits is not None and limits.runs_on is not None


@requires(Permission.COMPLAINT_ENTER)
@never_cache
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Who wants to be called: now, later, and what came of the last ones."""
    at = timezone.now()
    waiting = Callback.objects.filter(state=CallbackState.WAITING).select_related("caller")
    rows = list(waiting.filter(is_set_aside=False).order_by("next_at")[:MOST])
    aside = list(waiting.filter(is_set_aside=True).order_by("next_at")[:MOST])  # they crowd out nobody
    due = [row for row in rows if _is_due(request, row, at)]
    later = [row for row in rows if row not in due]
    ended = Callback.objects.filter(ended_at__gt=at - RECENT).select_related("caller").order_by("-ended_at")
    parts = [
        ("due", _("Due now"), _("Nobody waits for a call at this hour."), due),
        ("later", _("Later"), _("Nobody waits for another hour."), later),
        ("ended", _("The last week"), _("No call ended in the last week."), list(ended[:MOST])),
    ]
    if aside:
        parts.insert(2, ("aside", _("Very many of one network: look before you call"), "", aside))
    with timezone.override(request.program.time_zone):  # as the safe hours beside them
        context = {"parts": parts, "has_no_limit": not _has_limit(at)}
        return render(request, "complaints/hotline/calls.html", context)


@requires(Permission.COMPLAINT_ENTER)
@never_cache
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    """One call: taken, made, and what came of it."""
    row = get_object_or_404(Callback.objects.select_related("caller"), pk=callback_id)
    error = ""
    if request.method == "POST":
        try:
            return _act(request, row)
        except DomainError as refused:
            error = str(refused)
            row.refresh_from_db()
    whom = None
    if row.state == CallbackState.WAITING and row.caller_id == request.user.pk:
        try:
            callbacks.check_hours(row, at=timezone.now())
            whom = callbacks.whom(row)
        except DomainError as refused:
            error = error or str(refused)
    page = _queue(request)
    language = languages.nearest(row.language) or "en"
    context = {
        "row": row,
        "whom": whom,
        "error": error,
        "heard": Heard.choices,
        "words": texts.all_of(request.program, language),
        "language": languages.BY_CODE[language],
        "back_url": page,
        "crumbs": [(_("Call back"), page)],
    }
    with timezone.override(request.program.time_zone):
        return render(request, "complaints/hotline/call.html", context, status=409 if error else 200)


@requires(Permission.COMPLAINT_ENTER)
@never_cache
@require_http_methods(["GET", "POST"])
def note_callback(request: HttpRequest) -> HttpResponse:
    """Write down that somebody wants to be called, and nothing of what it is about."""
    request.sensitive_post_parameters = "__ALL__"
    token = _once(request)
    page = _queue(request)
    initial = {"language": languages.nearest(request.program.language) or "en"}
    return answer(
        request,
        bound(CallbackForm, request, initial=initial),
        lambda data: _note(request, token, data),
        done=_("Noted. It stands among those to be called."),
        goes_to=lambda made: page,
        template="complaints/hotline/note.html",
        title=_("Somebody wants to be called"),
        button=_("Note it"),
        back_url=page,
        crumbs=[(_("Call back"), page)],
        once=signing.dumps(token.text, salt=_ONCE),
    )


@requires_at_the_door(Permission.COMPLAINT_ENTER)
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A worker tells number and code on the phone: where it stands, in plain words, and nothing that was written.

    Throttled as her own sign-in is, by number and by operator. The check comes before the scope: no staff may read a hash.
    """
    request.sensitive_post_parameters = "__ALL__"
    form = CheckForm(request.POST if request.method == "POST" else None)
    entry, said, ticket, status = None, "", "", 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            entry = access.sign_in(
                **form.cleaned_data,
                network=f"staff {request.user.pk}",
                ticket=request.POST.get("ticket", ""),
                at=timezone.now(),
            )
        except access.Wait as wait:
            said, ticket, status = str(wait), wait.ticket, 429
        except DomainError as error:
            said = str(error)
    if entry:
        with (
            entry.scope
        ):  # whoever hears it has it, also who is walled off from the complaint, or of another program
            access.seen_by_staff(entry=entry, by=request.user, at=timezone.now())
    with own_scope(request):
        if entry and (row := _known(request, entry)):
            return _status(request, entry, row, SayForm())
        said = said or (str(DO_NOT_FIT) if entry else "")
        language = languages.nearest(request.program.language) or "en"
        context = {
            "form": form,
            "said": said,
            "ticket": ticket,
            "words": texts.all_of(request.program, language),
            "language": languages.BY_CODE[language],
            "crumbs": _crumbs(request),
        }
        return render(request, "complaints/hotline/check.html", context, status=status)


@requires(Permission.COMPLAINT_ENTER)
@never_cache
@require_http_methods(["GET", "POST"])
def say_for(request: HttpRequest) -> HttpResponse:
    """Add what a caller says, who was let in a moment ago."""
    request.sensitive_post_parameters = "__ALL__"
    page = reverse("complaints:check", args=[request.program.slug])
    entry = _caller(request)
    row = entry and Complaint.objects.filter(pk=entry.case_id).first()
    if request.method != "POST" or entry is None or row is None:
        return redirect(page)
    form = SayForm(request.POST)
    if not form.is_valid():
        return _status(request, entry, row, form, status=422)
    try:
        with case_scope(entry.case_id, entry.complainant_id):
            key = access.key_of(entry)
            if key is None:
                raise access.DoNotFit(str(DO_NOT_FIT))
            thread.say(key=key, text=form.cleaned_data["text"], by=request.user, at=timezone.now())
    except DomainError as error:
        form.add_error("text", str(error))
        return _status(request, entry, row, form, status=409)
    messages.success(request, _("Added. Whoever works on it is told."))
    return redirect(page)


def _act(request: HttpRequest, row: Callback) -> HttpResponse:
    """One press on the page of a call. Raises CannotCall."""
    who: dict[str, Any] = {"callback_id": row.pk, "by": request.user, "at": timezone.now()}
    if "take" in request.POST:
        callbacks.take(**who)
        return redirect(request.path)
    if "never" in request.POST:
        callbacks.never_again(**who)
        messages.success(request, _("Nobody calls her any more."))
    elif request.POST.get("heard") in Heard.values:
        made = callbacks.heard(heard=Heard(request.POST["heard"]), **who)
        messages.success(request, _("On record: %(state)s.") % {"state": made.get_state_display().lower()})
    return redirect(_queue(request))


def _note(request: HttpRequest, token: Token, data: dict[str, Any]) -> Callback:
    new = token.made_id("callback")
    with case_scope(new):
        return callbacks.ask(callback_id=new, wish=callbacks.Wish(**data), by=request.user, at=timezone.now())


def _once(request: HttpRequest) -> Token:
    """The token of the form, so that what is pressed twice is noted once."""
    try:
        text = signing.loads(request.POST.get("once", ""), salt=_ONCE)
    except signing.BadSignature:
        return Token.new(request.program.pk)
    return Token(text, request.program.pk)


def _known(request: HttpRequest, entry: Entry) -> Complaint | None:
    """The complaint, where it is of this program and nobody walled this person off from it."""
    if entry.program_id != request.program.pk:
        return None
    return Complaint.objects.filter(pk=entry.case_id).first()


def _status(
    request: HttpRequest, entry: Entry, row: Complaint, form: SayForm, *, status: int = 200
) -> HttpResponse:
    language = languages.nearest(row.language) or "en"
    words = texts.all_of(request.program, language)
    ids = {name: str(getattr(entry, name)) for name in _NAMES}
    context = {
        "plain": words[wording.state(ComplaintState(row.state))],
        "form": form,
        "caller": signing.dumps({**ids, "person": str(request.user.pk)}, salt=_CALLER),
        "language": languages.BY_CODE[language],
        "page": reverse("complaints:check", args=[request.program.slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "complaints/hotline/check.html", context, status=status)


def _caller(request: HttpRequest) -> Entry | None:
    """Whom this person let in, not long ago, in this program."""
    try:
        said = signing.loads(request.POST.get("caller", ""), salt=_CALLER, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    entry = Entry(*(UUID(said[name]) for name in _NAMES))
    is_hers = said["person"] == str(request.user.pk) and entry.program_id == request.program.pk
    return entry if is_hers else None


def _is_due(request: HttpRequest, row: Callback, at: Any) -> bool:
    local = at.astimezone(ZoneInfo(request.program.time_zone)).time()
    return row.next_at <= at and callbacks.is_within(local, row.call_from, row.call_until)


def _queue(request: HttpRequest) -> str:
    return reverse("complaints:calls", args=[request.program.slug])


def _crumbs(request: HttpRequest) -> list[tuple[str, str]]:
    return [(_("Take a call"), reverse("complaints:console", args=[request.program.slug]))]
