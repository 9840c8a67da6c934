"""Nobody reaches program data without a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

GUARDED = ("/p/", "/inbox/", "/admin/", "/style/")


class SecondFactorRequired:
    """Sends a signed-in person without a second factor to set one up before any page of a program."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Django's middleware protocol."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages outside programs pass."""
        if (
            request.path.startswith(GUARDED)
            and request.user.is_authenticated
            and not is_mfa_enabled(request.user)
        ):
            request.session["after_second_factor"] = request.get_full_path()
            return redirect(reverse("mfa_index"))
        return self.get_response(request)
