"""Coming back: a worker signs in with number and code, reads where it stands, writes, allows, withdraws. One address, a session of its own."""

from dataclasses import asdict
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints.enums import PLAIN, ComplaintState
from complaints.forms import worker as questions
from complaints.forms.worker import MAY_BE_SAID, STEPS, Allowed, ComeBack, Write
from complaints.models import WorkerKey
from complaints.operations import access, thread
from complaints.operations.access import Entry
from complaints.views.worker import chosen_language, keep_cookie, left, network, show, worker_page
from wsr.errors import DomainError
from wsr.tenancy import worker_scope
from wsr.vault import secrets

COOKIE = "wsr-case"
PATH = "/report/case/"
SECONDS = 1800  # without a press: time to read a long answer, too short for whoever finds the phone later
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
        if session:
            entry = Entry(*(UUID(session[name]) for name in ("program_id", "case_id", "key_id")))
            with worker_scope(entry.program_id, entry.case_id):
                if key := access.key_of(entry):
                    response = _inside(request, entry, key)
                    if access.key_of(entry):
                        return _stays(response, entry, language)
                    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")  # she has another code now
                    return response
        if request.method == "POST" and "number" in request.POST:
            return _sign_in(request, language)
    return _door(request, ComeBack(), is_over=bool(request.COOKIES.get(COOKIE)))


def _sign_in(request: HttpRequest, language: str) -> HttpResponse:
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
    return _stays(redirect(PATH), entry, language)


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


def _inside(request: HttpRequest, entry: Entry, key: WorkerKey) -> HttpResponse:
    """One page of her case. A secret that somebody else has seen opens nothing but the page that makes another."""
    if request.method == "POST" and "new" in request.POST:
        return _new_secret(request, entry)
    if key.must_change or request.GET.get("p") == "code":
        return _offer_secret(request, entry, must_change=key.must_change)
    if request.method == "POST":
        return _act(request, key)
    if request.GET.get("p") == "allow":
        return _allow(request, key)
    if request.GET.get("p") == "stop" and thread.may_withdraw(key.complaint):
        return show(request, "stop", {})
    return _case(request, key, Write())


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
        elif act == "stop":
            thread.withdraw(key=key, at=at)
        elif act == "again":
            thread.take_up(key=key, at=at)
    except DomainError as error:
        if act == "say":
            form.add_error("text", str(error))
        return _case(request, key, form, said="" if act == "say" else str(error), status=422)
    return redirect(f"{PATH}?{'done=' + act if act in ('say', 'allow') else ''}".rstrip("?"))


def _case(
    request: HttpRequest, key: WorkerKey, form: Write, *, said: str = "", status: int = 200
) -> HttpResponse:
    complaint = key.complaint
    complaint.refresh_from_db(fields=["state"])
    words = {step.key: next(iter(step.form().fields.values())).label for step in STEPS}
    lines = [
        {"line": line, "question": words.get(line.question, "")}
        for line in thread.lines(complaint.pk, at=timezone.now())
    ]
    thanks = {"say": _("We have your message."), "allow": _("We have written down what you allow.")}
    context = {
        "number": complaint.number,
        "plain": PLAIN[ComplaintState(complaint.state)],
        "visited_before_at": key.visited_before_at,
        "lines": lines,
        "form": form,
        "said": said,
        "done": thanks.get(request.GET.get("done", ""), ""),
        "may_withdraw": thread.may_withdraw(complaint),
        "is_withdrawn": complaint.state == ComplaintState.WITHDRAWN,
    }
    return show(request, "case", context, status=status)


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


def _session(request: HttpRequest) -> dict[str, str]:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        return {}


def _stays(response: HttpResponse, entry: Entry, language: str) -> HttpResponse:
    """The half hour begins anew with each press."""
    ids = {name: str(value) for name, value in asdict(entry).items()}
    keep_cookie(
        response, COOKIE, signing.dumps({**ids, "lang": language}, salt=_SALT), path=PATH, seconds=SECONDS
    )
    return response
