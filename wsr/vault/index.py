"""Finding a case by a phone number or a name that is nowhere kept in clear.

What is kept is HMAC-SHA256 under a key derived from the pepper for one program and one kind. So equal texts are found, programs cannot be
compared with each other, and whoever has the database without the pepper learns nothing. Numbers are compared in E.164, names without regard to case,
width and spaces.

    index.put(case_id, "phone", ["01711-234567"], country="BD")
    index.add(case_id, "phone", ["01811-765432"], country="BD")  # besides those before
    index.find("phone", "+880 1711 234567")  # ids of cases, of those that the person may know of
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from uuid import UUID

import phonenumbers
from django.db import connections
from django.utils.translation import gettext as _

from wsr.tenancy import atomic, current_alias, current_program_id
from wsr.vault.digits import runs_of_digits
from wsr.vault.keys import Pepper, derived, peppers
from wsr.vault.models import BlindIndex, CaseKey
from wsr.vault.operations import CaseErased

PHONE = "phone"
NAME = "name"


def index(
    program_id: UUID, kind: str, text: str, *, country: str = "", pepper: Pepper | None = None
) -> bytes:
    """The digest under which a text is kept, 32 bytes. `country` (ISO 3166) is that of phone numbers written without +."""
    plain = phone_key(text, country) if kind == PHONE else name_key(text)
    key = derived(f"blind index {kind}", program_id.bytes, pepper=pepper)
    return hmac.new(key, plain.encode(), hashlib.sha256).digest()


def every_index(program_id: UUID, kind: str, text: str, *, country: str = "") -> list[bytes]:
    """The digests under which a text may be kept: of the first pepper, and of those from before that are still here."""
    return [index(program_id, kind, text, country=country, pepper=pepper) for pepper in peppers()]


def phone_key(text: str, country: str = "") -> str:
    """E.164 where the number can be understood, else its digits; "" where there are none."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return "".join(runs_of_digits(text))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def name_key(text: str) -> str:
    """A name as it is compared: compatibility forms, case and spaces made alike."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


@atomic
def put(case_id: UUID, kind: str, texts: Iterable[str], *, country: str = "") -> None:
    """Make a case findable by these texts of one kind, and by no others of it; none takes it out. Raises CaseErased."""
    digests = _enter(case_id, kind, texts, country)
    BlindIndex.objects.filter(case_id=case_id, kind=kind).exclude(digest__in=digests).delete()


@atomic
def add(case_id: UUID, kind: str, texts: Iterable[str], *, country: str = "") -> None:
    """Make a case findable by these texts as well. Raises CaseErased."""
    _enter(case_id, kind, texts, country)


def _enter(case_id: UUID, kind: str, texts: Iterable[str], country: str) -> set[bytes]:
    """Add what is missing; returns the digests of the texts. Raises CaseErased."""
    program_id = current_program_id()
    with connections[
        current_alias()
    ].cursor() as cursor:  # so that nothing is added while the case is being erased
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [f"vault {case_id}"])
    if CaseKey.objects.get(pk=case_id).destroyed_at is not None:
        raise CaseErased(_("This case was erased. Nothing more can be kept for it."))
    digests = {index(program_id, kind, text, country=country) for text in texts if text.strip()}
    BlindIndex.objects.bulk_create(
        [
            BlindIndex(
                program_id=program_id, case_id=case_id, kind=kind, digest=digest, pepper=peppers()[0].id
            )
            for digest in digests
        ],
        ignore_conflicts=True,
    )
    return digests


def find(kind: str, text: str, *, country: str = "") -> list[UUID]:
    """Ids of the cases with this phone number or name, of those whose circle the person is in."""
    digests = every_index(current_program_id(), kind, text, country=country)
    found = BlindIndex.objects.filter(kind=kind, digest__in=digests).order_by("case_id")
    return list(found.values_list("case_id", flat=True).distinct())


def stale_cases(*, most: int) -> list[UUID]:
    """Cases that are still found by another pepper than the first, so many of them. In the engine's scope of the program."""
    rows = BlindIndex.objects.exclude(pepper=peppers()[0].id).order_by("case_id")
    return list(rows.values_list("case_id", flat=True).distinct()[:most])


def forget_stale(case_id: UUID) -> None:
    """A case is found by the first pepper alone from now on; the caller has put in whatever it is found by."""
    BlindIndex.objects.filter(case_id=case_id).exclude(pepper=peppers()[0].id).delete()
