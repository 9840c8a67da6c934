"""ETag, If-Match and If-None-Match: a record's version number, so that nobody overwrites what she has not seen."""

import re

from django.http import HttpRequest
from django.utils.translation import gettext as _

from wsr.api.problems import Place, Problem

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_STRONG = re.compile(r'"(\d{1,18})"')


def etag_of(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


def if_match(request: HttpRequest) -> int:
    """The version that the caller saw. Raises Problem: 428 where she does not say, 412 or 400 where it cannot be one of ours.

    A number that no record has is returned as -1, so that the operation answers with the record as it is.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise Problem("version-needed", errors=[Place(_("This header is needed."), header="If-Match")])
    found = _STRONG.fullmatch(given)
    if found:
        return int(found[1])
    if _TAG.fullmatch(given):
        return -1
    why = _('Send the ETag that came with the record, as it came: "7".')
    raise Problem("invalid", errors=[Place(why, header="If-Match")])


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the caller has this version already (If-None-Match), so that 304 is answer enough."""
    given = request.headers.get("If-None-Match", "")
    return given.strip() == "*" or etag in {tag.removeprefix("W/") for tag in _TAG.findall(given)}
