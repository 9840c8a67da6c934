"""What happens to every request of a signed-in person: her language, when she was last seen, and her second factor."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from wsr.accounts import second_factor
from wsr.accounts.queries import needs_second_factor

# What a signed-in session may do before it passed its second factor: pass it, leave, choose how pages look.
BEFORE_SECOND_FACTOR = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "ui:preferences",
        "set_language",
    }
)
# Where someone without any second factor may go to set one up. Everything else waits.
SET_UP = "/accounts/"
REMOVALS = frozenset({"mfa_deactivate_totp", "mfa_remove_webauthn"})
GOING_TO = "after_second_factor"
SEEN_EVERY_SECONDS = 300

type Respond = Callable[[HttpRequest], HttpResponse]


class PersonalSettings:
    """The language a person chose wins over her browser's; the list of her sessions says when each was last seen."""

    def __init__(self, get_response: Respond) -> None:
        """Django's middleware protocol."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Requests without a session cookie are not looked at, so that public pages stay cacheable."""
        timezone.deactivate()  # the page before, in this thread, may have told the time of its program
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            language = request.user.language
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
            _note_seen(request)
        return self.get_response(request)


def _note_seen(request: HttpRequest) -> None:
    key = request.session.session_key
    if cache.add(f"session-seen:{key}", 1, SEEN_EVERY_SECONDS):
        UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())


class SecondFactorRequired:
    """Closed unless opened: a signed-in session reaches only public pages until it has passed a second factor.

    Who has none is sent to set one up; who has one but signed in without it is sent to show it. Both come back to where they were
    going. A session that has passed costs no query.
    """

    def __init__(self, get_response: Respond) -> None:
        """Django's middleware protocol."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Everything happens in `process_view`, where the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: object, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """A redirect, or None to go on."""
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name
        if name in BEFORE_SECOND_FACTOR:
            return None
        if second_factor.has_passed(request):
            return _refuse_last_removal(request, kwargs) if name in REMOVALS else None
        kinds = second_factor.kinds_of(request.user)
        if kinds:
            return _go(request, factor_url(kinds, _destination(request)))
        if request.path.startswith(SET_UP):
            return None
        request.session[GOING_TO] = _destination(request)
        return _go(request, reverse("mfa_index"))


def _destination(request: HttpRequest) -> str:
    """The page to come back to: this one, unless it was a form being sent or a part of a page."""
    if request.method == "GET" and not request.htmx:
        return request.get_full_path()
    return settings.LOGIN_REDIRECT_URL


def factor_url(kinds: list[str], going_to: str) -> str:
    """The page that asks for one of these kinds of second factor and then goes on."""
    view = "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn"
    return f"{reverse(view)}?{urlencode({'next': going_to})}"


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that htmx follows as a whole page."""
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if request.htmx else redirect(url)


def _refuse_last_removal(request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse | None:
    if len(second_factor.kinds_of(request.user)) > 1 or not needs_second_factor(request.user):
        return None
    messages.error(
        request,
        _(
            "This is your only second factor, and your role in a program needs one. Add another one first, then remove this one."
        ),
    )
    return redirect("mfa_index")
