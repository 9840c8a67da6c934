"""Idempotency-Key: the same request twice does its work once and is answered alike.

The row is written before the work and in its transaction: a second request with the same key waits for the first, then repeats its
answer; where the first failed nothing is kept, and the second does the work. Kept for seven days.
"""

import hashlib
import re
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.api.models import Replay
from wsr.api.problems import Place, Problem
from wsr.tenancy import current_program_id

HEADER = "Idempotency-Key"
KEPT = timedelta(days=7)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_REPEATED = ("Content-Type", "ETag", "Location", "Link")


def key_of(request: HttpRequest) -> str:
    """The key, empty where there is none. Raises Problem (400) for one that cannot be kept."""
    key = request.headers.get(HEADER)
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        why = _("A key has 1 to 200 visible ASCII characters; a UUID is best.")
        raise Problem("invalid", errors=[Place(why, header=HEADER)])
    return key


def fingerprint(request: HttpRequest, body: bytes) -> bytes:
    """What makes a request the same: method, address and body."""
    head = f"{request.method} {request.get_full_path()}\n{request.headers.get('Content-Type', '')}\n"
    return hashlib.sha256(head.encode() + body).digest()


def begin(*, person: Person, key: str, mark: bytes) -> HttpResponse | None:
    """The answer that was given already; None: go on, and call `keep`. Waits for the same request where it is under way.

    Raises Problem (422) where the key was used for another request.
    """
    made = Replay.objects.bulk_create(
        [Replay(program_id=current_program_id(), person=person, key=key, fingerprint=mark)],
        ignore_conflicts=True,
    )
    del made  # whether it was inserted is not told; the row tells
    row = Replay.objects.get(person=person, key=key)
    if bytes(row.fingerprint) != mark:
        raise Problem("key-reused")
    if not row.status:
        return None
    return HttpResponse(
        bytes(row.body), status=row.status, headers={**row.headers, "Idempotency-Replayed": "true"}
    )


def keep(response: HttpResponse, *, person: Person, key: str) -> None:
    """Keep an answer, in the transaction of the work."""
    Replay.objects.filter(person=person, key=key).update(
        status=response.status_code,
        headers={name: response[name] for name in _REPEATED if name in response},
        body=response.content,
    )
