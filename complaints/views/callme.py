"""On the worker's pages: she would rather be called than write. One page, no cookie; pressed twice it is one wish."""

import re
import secrets
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation

from complaints.forms.hotline import HOURS, CallMe
from complaints.models import WorkerKey
from complaints.operations import callbacks, flood
from complaints.operations.drafts import Token
from complaints.views.worker import chosen_language, left, network, show, worker_page
from wsr.errors import DomainError
from wsr.tenancy import worker_scope
from wsr.tenancy.models import Program

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@worker_page
def call_me(request: HttpRequest, program_slug: str) -> HttpResponse:
    """Number, hours, and whom to ask for."""
    program = Program.objects.filter(slug=program_slug).first()
    if program is None:
        raise Http404("No such program.")
    with translation.override(chosen_language(request)):
        if request.method == "POST" and "leave" in request.POST:
            return left(request, "", path=request.path)
        if request.method != "POST":
            return _ask(request, program, CallMe())
        form = CallMe(request.POST)
        if not form.is_valid():
            return _ask(request, program, form, status=422)
        token = Token(once(request.POST.get("once", "")), program.pk)
        try:
            wanted(form, token, program, network=network(request))
        except DomainError as error:
            form.add_error("phone", str(error))
            return _ask(request, program, form, status=422)
        return show(request, "called", {"program": program})


def wanted(form: CallMe, token: Token, program: Program, *, network: str) -> None:
    """Put her wish into the queue; what comes in a flood of one network is looked at before anybody is called. Raises CannotCall."""
    new = token.made_id("callback")
    is_flood = flood.is_flooding(network)
    with worker_scope(program.pk, new):
        callbacks.ask(callback_id=new, wish=wish_of(form), is_set_aside=is_flood, at=timezone.now())
    flood.note(network)


def wanted_by(form: CallMe, key: WorkerKey, text: str, *, at: datetime) -> None:
    """The same of a worker in her case. In her scope. Raises CannotCall."""
    new = Token(once(text), key.program_id).made_id("callback")
    callbacks.ask_for_herself(key=key, callback_id=new, wish=wish_of(form), at=at)


def once(text: str) -> str:
    """What the form carries so that what is pressed twice is one wish."""
    return text if _TOKEN.fullmatch(text) else secrets.token_urlsafe(32)


def wish_of(form: CallMe) -> callbacks.Wish:
    """Her wish, as the queue keeps it."""
    said = form.cleaned_data
    begins, ends, _words = HOURS[said["hours"]]
    return callbacks.Wish(
        phone=said["phone"],
        name=said["name"],
        words=said["words"],
        language=translation.get_language(),
        call_from=begins,
        call_until=ends,
    )


def _ask(request: HttpRequest, program: Program, form: CallMe, *, status: int = 200) -> HttpResponse:
    carried = {"lang": request.POST.get("lang") or request.GET.get("lang", "")}
    context = {"form": form, "once": once(request.POST.get("once", "")), "program": program}
    return show(request, "call_me", context, status=status, carried=carried)
