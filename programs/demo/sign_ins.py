"""Who can sign in to the demo, and with what."""

import base64
import hashlib
import hmac
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings

from programs.demo.invented import DEMOS, Demo
from wsr.accounts.grants import Role
from wsr.accounts.models import Person
from wsr.errors import DomainError

DOMAIN = "demo.example"
# The garment director sets up her second factor herself, as everybody does at the first sign-in; the others have one.
WITHOUT_FACTOR = f"garment.director@{DOMAIN}"


class NotADemo(DomainError):
    """This installation is not a demo."""


def refuse_elsewhere() -> None:
    """Raise NotADemo unless WSR_DEMO is set."""
    if not settings.DEMO:
        raise NotADemo("This installation is not a demo. Set WSR_DEMO=1 where nothing real will be kept.")


def password_of_all() -> str:
    """The password of every demo person: different in each installation, the same on each start."""
    digest = _derived("password").hex()
    return "demo-" + "-".join(digest[start : start + 4] for start in range(0, 12, 4))


def people() -> list[tuple[str, str, str]]:
    """(program, role, e-mail) of every demo person."""
    return [(demo.name, str(role.label), email_of(demo, role)) for demo in DEMOS for role in Role]


def email_of(demo: Demo, role: Role) -> str:
    """The address of the person who holds `role` in a demo program."""
    return f"{demo.key}.{role.value.replace('_', '-')}@{DOMAIN}"


def code_for(asked: str, *, at: datetime) -> str | None:
    """The six digits of the second factor now: for a demo person's e-mail, or for the key shown when setting one up.

    None when the person is no demo person or has no such factor, or the key is none. Raises NotADemo.
    """
    refuse_elsewhere()
    secret = asked.replace(" ", "").upper()
    if "@" in asked:
        person = Person.objects.filter(email=asked.strip().lower(), email__endswith=f"@{DOMAIN}").first()
        factor = (
            Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
            if person
            else None
        )
        if factor is None:
            return None
        secret = decrypt(factor.data["secret"])
    try:
        return format_hotp_value(hotp_value(secret, int(at.timestamp()) // app_settings.TOTP_PERIOD))
    except ValueError:  # not base32
        return None


def put_person(email: str, name: str, password: str) -> Person:
    """The demo person with this address; `password` is hashed already."""
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person.objects.create(email=email, name=name, password=password)
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        if email != WITHOUT_FACTOR:
            TOTP.activate(person, base64.b32encode(_derived(email)).decode())
    return person


def _derived(purpose: str) -> bytes:
    """Twenty bytes that only this installation can work out."""
    return hmac.new(settings.SECRET_KEY.encode(), f"demo {purpose}".encode(), hashlib.sha1).digest()
