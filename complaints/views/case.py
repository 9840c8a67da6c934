"""Coming back: a worker signs in with number and code, reads where it stands, writes, allows, withdraws. One address, a session of its own."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints import wording
from complaints.enums import ComplaintState, Got
from complaints.forms import worker as questions
from complaints.forms.worker import MAY_BE_SAID, STEPS, Allowed, ComeBack, Write
from complaints.models import Complaint, RemedyShare, WorkerKey
from complaints.operations import access, attachments, remedies, thread
from complaints.operations.access import Entry
from complaints.operations.attachments import Sent
from complaints.operations.complainants import number_of
from complaints.queries import texts
from complaints.queries.inquiry import owed_to
from complaints.views import attaching, own_calls, own_watch, worker_outcome
from complaints.views.worker import (
    asked_language,
    chosen_language,
    keep_cookie,
    left,
    left_quickly,
    network,
    show,
    worker_page,
)
from wsr import languages
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.tenancy.models import Program
from wsr.vault import secrets

COOKIE = "wsr-case"
PATH = "/report/case/"
NAMES = ("program_id", "case_id", "key_id", "complainant_id")  # of an Entry, in the cookie
SECONDS = 1800  # without a press: time to read a long answer, too short for whoever finds the phone later
# From signing in, however much is pressed: whoever has a phone that was taken from her is out after that; longer than reading, writing and sending
# files over a slow line takes in one sitting.
LONGEST = 4 * 3600
_THANKED = ("say", "allow", "got", "missing", "reply", "appeal", *own_calls.ACTS)
_SALT = "complaints.case"
_NEW_SALT = "complaints.new-secret"


@worker_page
def case(request: HttpRequest) -> HttpResponse:
    """The sign-in, or her case."""
    session = _session(request)
    language = chosen_language(request, session.get("lang", ""))
    with translation.override(language):
        if request.method == "POST" and "leave" in request.POST:
            return left(request, COOKIE, path=PATH)
        if "leave" in request.GET:
            return left_quickly(request, COOKIE if session else "", path=PATH)
        if request.method == "POST" and "number" in request.POST:
            return _sign_in(
                request, language
            )  # also where another case is open: hers is the one whose code was entered
        staff = request.user if request.user.is_authenticated else None  # the scope reads no sessions
        if session:
            request.exit = "?leave=1"  # whoever takes the phone from her finds the case closed
            entry = Entry(*(UUID(session[name]) for name in NAMES))
            file = _file(request)  # cleaned outside of the scope
            with entry.scope:
                if key := access.key_of(entry):
                    if staff and key.must_change:
                        return _not_for_staff(request, entry, staff)
                    if there := own_watch.goes_to(request, key):
                        return _stays(redirect(PATH), there, language, begun=session["begun"])
                    zone = Program.objects.get(pk=entry.program_id).time_zone
                    with timezone.override(zone):  # her days and hours
                        response = _inside(request, entry, key, file)
                    if access.key_of(entry):
                        return _stays(response, entry, language, begun=session["begun"])
                    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")  # she has another code now
                    return response
        return _door(request, ComeBack(), is_over=bool(request.COOKIES.get(COOKIE)))


def _sign_in(request: HttpRequest, language: str) -> HttpResponse:
    """Her case; where number and code open none, the question again, and no case of somebody else behind it."""
    response = _entered(request, language)
    if response.status_code != 302:
        response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


def _entered(request: HttpRequest, language: str) -> HttpResponse:
    form = ComeBack(request.POST)
    if not form.is_valid():
        return _door(request, form, status=422)
    try:
        entry = access.sign_in(
            **form.cleaned_data,
            network=network(request),
            ticket=request.POST.get("ticket", ""),
            at=timezone.now(),
        )
    except access.Wait as wait:
        response = _door(request, form, said=str(wait), ticket=wait.ticket, status=429)
        response["Retry-After"] = str(wait.seconds)
        return response
    except DomainError as error:
        return _door(request, form, said=str(error), status=422)
    language = asked_language(request) or _hers(entry) or language
    return _stays(redirect(PATH), entry, language, begun=int(time.time()))


def _hers(entry: Entry) -> str:
    """The language that she complained in: she may come back on a borrowed phone."""
    with entry.scope:
        return languages.nearest(Complaint.objects.values_list("language", flat=True).get(pk=entry.case_id))


def _door(
    request: HttpRequest,
    form: ComeBack,
    *,
    said: str = "",
    ticket: str = "",
    is_over: bool = False,
    status: int = 200,
) -> HttpResponse:
    carried = {"lang": request.POST.get("lang") or request.GET.get("lang", "")}
    context = {"form": form, "said": said, "ticket": ticket, "is_over": is_over}
    return show(request, "come_back", context, status=status, carried=carried)


def _file(request: HttpRequest) -> Sent | str:
    """A file that she sends, cleaned; the reason where it is not taken; empty where she sends none."""
    if request.method != "POST" or request.POST.get("act") != "file":
        return ""
    try:
        return attaching.cleaned(request)
    except DomainError as error:
        return str(error)


def _not_for_staff(request: HttpRequest, entry: Entry, staff: Person) -> HttpResponse:
    """Whoever gave out a one-time code must not use it: refused where she is signed in, and on record."""
    access.refuse_staff(entry=entry, by=staff, at=timezone.now())
    response = _door(
        request, ComeBack(), said=_("This code is for the worker alone, on a telephone of hers."), status=403
    )
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


def _inside(request: HttpRequest, entry: Entry, key: WorkerKey, file: Sent | str) -> HttpResponse:
    """One page of her case. A secret that somebody else has seen opens nothing but the page that makes another."""
    if key.hash and request.method == "POST" and "new" in request.POST:
        return _new_secret(request, entry)
    if key.must_change or (key.hash and request.GET.get("p") == "code"):
        return _offer_secret(request, entry, must_change=key.must_change)
    if file:
        return _take(request, key, file)
    if request.method == "POST":
        return _act(request, key)
    if request.GET.get("p") == "files":
        return attaching.page_of_case(request)
    if asked_file := request.GET.get("file"):
        return attaching.download_own(key, asked_file)
    if request.GET.get("p") == "allow":
        return _allow(request, key)
    if (response := worker_outcome.page(request, key)) is not None:
        return response
    if request.GET.get("p") == "call":
        return own_calls.page(request)
    if request.GET.get("p") == "stop" and thread.may_withdraw(key):
        return show(request, "stop", {"words": _words(key)})
    if request.GET.get("p") == "worse":
        return own_watch.worse(request)
    return _case(request, key, Write())


def _take(request: HttpRequest, key: WorkerKey, file: Sent | str) -> HttpResponse:
    if isinstance(file, str):
        return attaching.page_of_case(request, error=file, status=422)
    try:
        attachments.send(key=key, sent=file, at=timezone.now())
    except DomainError as error:
        return attaching.page_of_case(request, error=str(error), status=422)
    return redirect(f"{PATH}?done=file")


def _act(request: HttpRequest, key: WorkerKey) -> HttpResponse:
    """One press: a message, consents, withdrawal, or its opposite."""
    at, act = timezone.now(), request.POST.get("act", "")
    form = Write(request.POST if act == "say" else None)
    try:
        if act == "say":
            if not form.is_valid():
                return _case(request, key, form, status=422)
            thread.say(key=key, text=form.cleaned_data["text"], at=at)
        elif act == "allow":
            wanted = Allowed(request.POST)
            marks = wanted.cleaned_data["allowed"] if wanted.is_valid() else []
            thread.allow(key=key, wanted=questions.pairs(marks), at=at)
        elif act in own_watch.ACTS:
            return own_watch.act(request, key)
        elif act in own_calls.ACTS:
            if (response := own_calls.act(request, key, at=at)) is not None:
                return response
        elif act in ("reply", "appeal"):
            if (response := worker_outcome.act(request, key, at=at)) is not None:
                return response
        elif act == "stop":
            thread.withdraw(key=key, at=at)
        elif act == "again":
            thread.take_up(key=key, at=at)
        elif act in ("got", "missing"):
            with suppress(RemedyShare.DoesNotExist, ValueError):
                share_id = UUID(request.POST.get("share", ""))
                got = Got.YES if act == "got" else Got.NO
                remedies.answer(key=key, share_id=share_id, got=got, at=at)
    except DomainError as error:
        if act == "say":
            form.add_error("text", str(error))
        return _case(request, key, form, said="" if act == "say" else str(error), status=422)
    return redirect(f"{PATH}?{'done=' + act if act in _THANKED else ''}".rstrip("?"))


def _case(
    request: HttpRequest, key: WorkerKey, form: Write, *, said: str = "", status: int = 200
) -> HttpResponse:
    complaint = key.complaint
    complaint.refresh_from_db(fields=["state"])
    words = _words(key)
    asked = {step.key: words[wording.title_of(step)] for step in STEPS}
    lines = [
        {"line": line, "question": asked.get(line.question, "")}
        for line in thread.lines(key, at=timezone.now())
    ]
    thanks = {
        "say": _("We have your message."),
        "file": _("We have your file."),
        "allow": _("We have written down what you allow."),
        "got": _("Thank you. We have written it down."),
        "missing": _("We have written it down and look into it at once."),
        **own_watch.thanks(),
        **own_calls.thanks(),
        "reply": _("We have your answer."),
        "appeal": _("Another person, who had nothing to do with it, looks at it again."),
    }
    context = {
        "number": number_of(complaint, key.complainant),
        "plain": words[wording.state(ComplaintState(complaint.state))],
        "visited_before_at": key.visited_before_at,
        "lines": lines,
        "owed": owed_to(key, at=timezone.now()),
        "form": form,
        "said": said,
        "done": thanks.get(request.GET.get("done", ""), ""),
        "may_withdraw": thread.may_withdraw(key),
        "is_withdrawn": thread.has_withdrawn(key),
        "has_code": bool(key.hash),
        "watch": own_watch.context(key, words),
        **worker_outcome.section(key, at=timezone.now()),
    }
    return show(request, "case", context, status=status)


def _words(key: WorkerKey) -> Mapping[str, str]:
    """The texts of her program, in the language of the page."""
    return texts.all_of(Program.objects.get(pk=key.program_id), translation.get_language())


def _allow(request: HttpRequest, key: WorkerKey) -> HttpResponse:
    given = thread.allowed(key)
    marks = [name for name, (to, said, _words) in MAY_BE_SAID.items() if (to, said) in given]
    return show(request, "allow", {"form": Allowed(initial={"allowed": marks})})


def _offer_secret(request: HttpRequest, entry: Entry, *, must_change: bool, said: str = "") -> HttpResponse:
    """A new code, good once she confirms it: until then the old one works, so no broken line leaves her without any."""
    secret = secrets.new_secret()
    offer = signing.dumps({"key": str(entry.key_id), "secret": secret}, salt=_NEW_SALT)
    context = {"secret": secrets.shown(secret), "offer": offer, "must_change": must_change, "said": said}
    return show(request, "new_secret", context, status=422 if said else 200)


def _new_secret(request: HttpRequest, entry: Entry) -> HttpResponse:
    try:
        offer = signing.loads(request.POST["new"], salt=_NEW_SALT, max_age=SECONDS)
    except signing.BadSignature:
        offer = {}
    if offer.get("key") != str(entry.key_id):
        return redirect(f"{PATH}?p=code")
    try:
        access.change_secret(entry=entry, secret=offer["secret"], at=timezone.now())
    except DomainError as error:
        return _offer_secret(request, entry, must_change=True, said=str(error))
    return show(request, "secret_made", {})


# ── The session: ids in a signed cookie ──────────────────────────────────────────────────────────


def _session(request: HttpRequest) -> dict[str, Any]:
    """The names of an Entry, `lang`, and `begun`, in seconds of Unix; empty where there is none, or it is over."""
    try:
        session = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        return {}
    is_whole = {*NAMES, "begun"} <= set(session)
    return session if is_whole and time.time() < session["begun"] + LONGEST else {}


def _stays(response: HttpResponse, entry: Entry, language: str, *, begun: int) -> HttpResponse:
    """The half hour begins anew with each press, and `begun` stays."""
    said = {name: str(value) for name, value in asdict(entry).items()} | {"lang": language, "begun": begun}
    keep_cookie(response, COOKIE, signing.dumps(said, salt=_SALT), path=PATH, seconds=SECONDS)
    return response
