"""Sign-in as this platform wants it: what allauth lets an installation decide."""

import base64
import hashlib
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from wsr.accounts import second_factor, throttle
from wsr.accounts.models import Person
from wsr.accounts.queries import needs_second_factor


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by invitation only; wrong passwords are counted so that the right person still gets in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The e-mail address and the password do not go together. Check both and try again."
        ),
        "incorrect_password": _("That is not your password. Check it and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by herself; `wsr.accounts.operations.accept_as_new_person` creates people."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; past a limit the answer is the page "Too many tries", whether or not the address has an account."""
        self._attempt = throttle.begin(request, credentials.get("email", ""))
        if not self._attempt.is_allowed:
            raise ImmediateHttpResponse(respond_429(request))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person of these credentials, or None. The right password counts against nobody."""
        person = super().authenticate(request, **credentials)
        if person is not None:
            self._attempt.forget()
        return person

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        """Signed in, with all factors: from now on this browser is known."""
        response = super().post_login(request, user, **kwargs)
        throttle.remember_device(request, response, user.email)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not right after signing in with all the factors she has: she typed them a moment ago."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        if not second_factor.signed_in_just_now(self.request):
            return True
        return bool(second_factor.kinds_of(self.request.user)) and not second_factor.has_passed(self.request)

    def get_reauthentication_methods(self, user: Person) -> list[dict]:
        """Who has a second factor shows that one again; the password alone would not do."""
        methods = super().get_reauthentication_methods(user)
        strong = [method for method in methods if method["id"] != "reauthenticate"]
        return strong or methods


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are encrypted; the last factor stays while a role needs it."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "This is your only second factor, and your role in a program needs one. Add another one first, then remove this one."
        ),
        "incorrect_code": _(
            "This code is not right. Codes change every 30 seconds; type the one that is shown now."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Encrypted under a key derived from SECRET_KEY."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of `encrypt`; SECRET_KEY_FALLBACKS are tried too."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """Black on white, so that a phone reads it on a dark page too."""
        return qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of a person whose role needs one."""
        person = authenticator.user
        return len(second_factor.kinds_of(person)) > 1 or not needs_second_factor(person)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """An organization's own sign-in opens accounts at its own e-mail domain and no other."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Accounts come by invitation only."""
        return False

    def is_email_verified(self, provider: Any, email: str) -> bool:
        """The organization answers for addresses at its own domain."""
        return _domain(email) == provider.app.settings["domain"]

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Whatever the provider claims about an address elsewhere does not count; nor one it says it did not check."""
        said = login.account.extra_data
        claims = said.get("userinfo") or said.get("id_token") or said
        is_refuted = str(claims.get("email_verified", "")).lower() == "false"  # some providers send text
        return not is_refuted and _domain(email) == login.provider.app.settings["domain"]


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"second factors {key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
