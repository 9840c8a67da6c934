"""The gateways that the operator connected, from a file outside the database: whose they are, where they listen, what signs.

`gateways.json` in the keys folder (`WSR_SMS_GATEWAYS` names another file), read anew when it changes:

    {"garment-bd": {"program": "garment", "number": "+8801700000000", "url": "https://sms.example.org/send", "secrets": ["whsec_…"]}}

The name is the last part of the address that the gateway calls: `/texts/garment-bd/`. The first secret signs, all of them are believed.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import phonenumbers
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from wsr.notices.webhooks.signing import key_of

FILE = "gateways.json"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LEAST = 24  # bytes of a secret


@dataclass(frozen=True)
class Gateway:
    """One number of one program. `country` (ISO 3166) is that of numbers written without +."""

    name: str
    program: str
    number: str
    url: str
    secrets: tuple[str, ...]
    country: str

    def __repr__(self) -> str:
        return f"Gateway({self.name})"


def named(name: str) -> Gateway | None:
    """The gateway of this name."""
    return _all().get(name)


def of_program(slug: str) -> Gateway | None:
    """The gateway that sends for a program, the first one in the file."""
    return next((gateway for gateway in _all().values() if gateway.program == slug), None)


def connected() -> list[Gateway]:
    """All of them, for the operator."""
    return list(_all().values())


def path() -> Path:
    """The file; there need not be one."""
    return Path(settings.SMS_GATEWAYS) if settings.SMS_GATEWAYS else settings.KEYS_DIR / FILE


def _all() -> dict[str, Gateway]:
    try:
        state = path().stat()
    except FileNotFoundError:
        return {}
    return _read(path(), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(file: Path, changed: int, size: int) -> dict[str, Gateway]:
    try:
        said = json.loads(file.read_text())
        return {name: _gateway(name, **entry) for name, entry in said.items()}
    except (ValueError, TypeError, AttributeError) as error:
        # Not the words of other errors: they may quote a secret.
        why = f": {error}" if isinstance(error, _Wrong) else ""
        raise ImproperlyConfigured(
            f"{file.name} is not a list of gateways{why}; see docs/text-messages.md."
        ) from None


class _Wrong(ValueError):
    """An entry that cannot be used; says which and why, and no secret."""


def _gateway(name: str, *, program: str, number: str, url: str, secrets: list[str]) -> Gateway:
    if not _NAME.fullmatch(name):
        raise _Wrong(f"{name}: small letters, digits and hyphens")
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise _Wrong(f"{name}: the number is written with + and its country") from None
    if not secrets or any(len(key_of(secret)) < _LEAST for secret in secrets):
        raise _Wrong(f"{name}: a secret has {_LEAST} bytes or more in base64, after whsec_")
    country = phonenumbers.region_code_for_number(parsed) or ""
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Gateway(name, program, number, url, tuple(secrets), country)
