"""Links to files: sealed, for one person and one file, good for a few minutes.

A link says nothing to who reads it in a log or over a shoulder: program, file and person are encrypted under a key of this
installation. It opens nothing by itself either: whoever follows it must be signed in as that person, and the database is asked again
whether she may read the file in the program, on behalf of the same organization.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.accounts.queries import programs_of
from wsr.errors import DomainError
from wsr.files.models import PersonalFile, StoredFile
from wsr.tenancy import Audience, NoActiveProgram, current_scope, program_scope


class LinkExpired(DomainError):
    """The link was good once."""


def link_to(file: StoredFile | PersonalFile | UUID, *, person: Person, at: datetime) -> str:
    """A path to the file for this person as she acts in the active scope, good for `FILE_LINK_SECONDS` from `at`."""
    scope = current_scope()
    if scope is None:
        raise NoActiveProgram("Links to files are made for somebody in a program.")
    said = [
        str(scope.program_id),
        str(file if isinstance(file, UUID) else file.pk),
        str(person.pk),
        scope.audience.value,
        str(scope.organization_id or ""),
    ]
    token = _seal().encrypt_at_time(json.dumps(said).encode(), int(at.timestamp())).decode()
    return reverse("files:download", args=[token.rstrip("=")])


def followed(token: str, *, person: Person, at: datetime) -> StoredFile | PersonalFile:
    """The file a link leads to, read anew as the person may read now. Own transaction.

    Raises LinkExpired, and StoredFile.DoesNotExist for a link of somebody else, a membership that ended, or a file that is not hers to read.
    """
    program_id, file_id, whose, audience, organization = _opened(token, at)
    if whose != str(person.pk):
        raise StoredFile.DoesNotExist
    for standing in programs_of(person):
        acts = (str(standing.program.pk), standing.audience.value, str(standing.organization_id or ""))
        if acts == (program_id, audience, organization):
            with program_scope(
                standing.program.pk,
                standing.audience,
                person_id=person.pk,
                organization_id=standing.organization_id,
            ):
                if standing.audience == Audience.STAFF:
                    own = PersonalFile.objects.filter(pk=file_id, expires_at__gt=at).first()
                    if own is not None:
                        return own
                return StoredFile.objects.get(pk=file_id)
    raise StoredFile.DoesNotExist


def _opened(token: str, at: datetime) -> list[str]:
    sealed = (token + "=" * (-len(token) % 4)).encode()
    now = int(at.timestamp())
    try:
        return json.loads(_seal().decrypt_at_time(sealed, settings.FILE_LINK_SECONDS, now))
    except InvalidToken:
        pass
    try:
        _seal().decrypt(sealed)
    except InvalidToken:
        raise StoredFile.DoesNotExist from None
    raise LinkExpired(
        _("This link has expired. Go back to the page it was on, load it again and follow it from there.")
    )


def _seal() -> MultiFernet:
    """Under the secret key of the installation; links sealed under an older one still open."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(urlsafe_b64encode(hmac.new(key.encode(), b"links to files", hashlib.sha256).digest()))
            for key in keys
        ]
    )
