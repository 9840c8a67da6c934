"""Endorsing in public: the form, the links in mails. No script, no cookie, no third party; posts of other sites are told by what browsers say."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from programs import statement
from programs.forms.endorsing import AddressForm, EndorseForm
from programs.operations import endorsements
from programs.queries import endorsers
from programs.views.answering import bound
from wsr import languages
from wsr.accounts.doors import public_page
from wsr.cache import count_up
from wsr.errors import DoneTwice
from wsr.ui.navigation import in_language
from wsr.vault.throttle import network_of

FREE = 120  # forms of one network (/24, /48) in an hour: a hall full of people behind one address
SECONDS = 3600


def endorsing_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A public form in the language of `?lang=`. Error reports leave out what was posted; nothing is kept by the browser."""

    @public_page
    @csrf_exempt  # it knows nobody, and its links are the right to do what they do
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.sensitive_post_parameters = "__ALL__"
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in (
            "same-origin",
            "none",
        ):
            raise PermissionDenied
        with languages.speaking(request, languages.pressed(request)) as language:
            response = view(request, *args, **kwargs)
            response["Content-Language"] = language
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return page


@endorsing_page
def endorse(request: HttpRequest) -> HttpResponse:
    """What is endorsed, by how many, and the form."""
    form = bound(EndorseForm, request)
    status = 422 if form.is_bound else 200
    if form.is_bound and _is_flooding(request):
        form.add_error(None, _too_many())
        status = 429
    elif form.is_valid():
        said = dict(form.cleaned_data)
        email = said.pop("email")
        with suppress(DoneTwice):  # the first press stands, and the answer is the same
            endorsements.ask(
                email=email,
                facts=endorsements.Facts(**said),
                language=translation.get_language() or settings.LANGUAGE_CODE,
                at=timezone.now(),
            )
        return _to("programs:endorse_sent")
    shown = statement.current()
    words = [one.said_in(translation.get_language() or "en") for one in shown.principles]
    context = {"form": form, "statement": shown, "words": words, "totals": endorsers.totals()}
    return _page("endorse", context, status)


@endorsing_page
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next; the same whatever is known of the address."""
    return _page("sent", {"days": endorsements.CONFIRM_SECONDS // 86400})


@endorsing_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link that confirms: what would be confirmed and one button, since programs that check mails open links by themselves.

    Anybody may type an address; so whoever reads its mails sees what was typed with it before she makes it hers.
    """
    is_done = request.method == "POST"
    try:
        asked = (
            endorsements.confirm(token=token, at=timezone.now())
            if is_done
            else endorsements.asked_by_link(token)
        )
    except endorsements.LinkIsOver as error:
        return _page("confirm", {"problem": str(error)}, 410)
    return _page("confirm", {"is_done": is_done, "asked": asked})


@endorsing_page
def withdraw(request: HttpRequest) -> HttpResponse:
    """For whoever has lost the link: it is written to the address once more."""
    form = bound(AddressForm, request)
    status = 422 if form.is_bound else 200
    if form.is_bound and _is_flooding(request):
        form.add_error(None, _too_many())
        status = 429
    elif form.is_valid():
        endorsements.remind(email=form.cleaned_data["email"], at=timezone.now())
        return _to("programs:endorse_sent")
    return _page("withdraw", {"form": form}, status)


@endorsing_page
def withdraw_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link that withdraws: a page with one button."""
    context: dict[str, Any] = {"is_link": True}
    if request.method == "POST":
        try:
            endorsements.withdraw(token=token, at=timezone.now())
        except endorsements.LinkIsOver as error:
            return _page("withdraw", {"problem": str(error), "is_link": True}, 410)
        context["is_done"] = True
    return _page("withdraw", context)


def _is_flooding(request: HttpRequest) -> bool:
    """Whether this network has sent its free forms of the hour. The cache holds a keyed digest of it and nothing else."""
    network = network_of(get_ip(request))
    digest = salted_hmac("programs.endorsing", network, algorithm="sha256").hexdigest()[:32]
    return count_up(f"endorse:{digest}", SECONDS) > FREE


def _too_many() -> str:
    return _(
        "Very many endorsements came from your network within an hour. Nothing you typed is lost: send it again later."
    )


def _page(name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that knows nobody, so that its links keep the language as those of the record do."""
    said = context | {"lang": translation.get_language()}
    return HttpResponse(render_to_string(f"programs/network/{name}.html", said), status=status)


def _to(name: str) -> HttpResponse:
    return HttpResponseRedirect(in_language(reverse(name)))
