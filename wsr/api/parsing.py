"""Reading a body: JSON and nothing that only looks like it."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from wsr.api.problems import Place, Problem

DEEPEST = 50


class StrictJSONParser(BaseParser):
    """UTF-8 JSON of limited size and depth; no NUL, no lone surrogate, no NaN, no name twice in one object."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value. Raises Problem."""
        body = read(stream, settings.API_MAX_BODY_BYTES)
        try:
            value = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_refuse)
        except UnicodeDecodeError:
            raise Problem("malformed", _("The body is not UTF-8.")) from None
        except RecursionError:
            raise Problem("malformed", _("The body is nested too deep.")) from None
        except ValueError as error:
            raise Problem("malformed", _("The body is not JSON: %(why)s.") % {"why": error}) from None
        _check(value, "", 0)
        return value


def read(stream: IO[bytes], limit: int) -> bytes:
    """The whole body. Raises Problem where it is longer than `limit` bytes."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise Problem("too-large", _("A body has at most %(limit)d bytes.") % {"limit": limit})
    return body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(_("one object has a name twice"))
    return found


def _refuse(constant: str) -> None:
    raise ValueError(_("%(constant)s is no JSON number") % {"constant": constant})


def _check(value: Any, pointer: str, depth: int) -> None:
    """Refuse what the database could not keep."""
    if depth > DEEPEST:
        raise Problem("malformed", _("The body is nested too deep."))
    if isinstance(value, str):
        _check_text(value, pointer)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name, pointer)
            _check(inner, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, f"{pointer}/{number}", depth + 1)


def _check_text(text: str, pointer: str) -> None:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        place = Place(
            _("This text has a character that cannot be kept: NUL or half a surrogate pair."), pointer
        )
        raise Problem("malformed", errors=[place])
