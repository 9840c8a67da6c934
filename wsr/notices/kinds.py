"""The kinds of notices. An app registers its own in `notices.py`.

    @notice_kind("obligation_due", label=_("An obligation falls due"), default=Choice.DAILY)
    def obligation_due(telling: Telling) -> dict[str, object]:
        return {"title": _("An obligation falls due"), "url": reverse("agreements:obligation", …)}

The words are in `templates/notices/<kind>.txt` (first line: subject, rest: body); without such a file they are `title` and `url`.
They say that there is something to read and where, never what happened to whom: they travel over other people's servers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext as _

from wsr.notices.enums import Choice
from wsr.tenancy import Audience


class Telling(Protocol):
    """What is told: a row of the outbox."""

    program_id: UUID
    kind: str
    context: Mapping[str, Any]


type Prepare = Callable[[Any], dict[str, object]]


class NotReachable(Exception):
    """Whom a message was for may not, or can not, be reached any more: it is dropped."""


@dataclass(frozen=True, repr=False)
class Reached:
    """A number that stands in no row of the outbox, and until when to wait before sending (None: now)."""

    phone: str
    not_before: datetime | None = None


type Reach = Callable[[Any, datetime], Reached]

EVERYBODY = frozenset({Audience.STAFF, Audience.AUDITOR, Audience.BRAND, Audience.SUPPLIER})


@dataclass(frozen=True)
class Kind:
    """One kind of notice, and how people are told of it unless they choose otherwise.

    `mandatory`: always by e-mail at once, cannot be switched off. `urgent`: quiet hours do not hold it. `sms`: also a text message to
    people who gave a number. `webhook`: endpoints can subscribe to it. `to`: who can get it at all, for the page of preferences; empty for
    what only webhooks are told (`emit`).
    A kind without a label goes to addresses only and stands on no page. `reach`: how the number is found at the moment of sending, for
    people whose numbers are in the vault; it raises NotReachable. `reason`: why a mandatory one cannot be switched off, where the usual sentence
    does not say it.
    """

    name: str
    prepare: Prepare
    label: Any = ""
    default: Choice = Choice.NOW
    mandatory: bool = False
    urgent: bool = False
    sms: bool = False
    webhook: bool = False
    to: frozenset[Audience] = EVERYBODY
    reach: Reach | None = None
    reason: Any = ""

    @property
    def why_always(self) -> str:
        """Why a mandatory kind cannot be switched off, in a sentence."""
        if self.reason:
            return str(self.reason)
        return str(
            _("Somebody may be in danger, or must act at once.")
            if self.urgent
            else _("It is for you by name, or a time limit of yours runs from it.")
        )

    def choice(self, chosen: str | None) -> Choice:
        """What holds for a person who chose this, or nothing."""
        if self.mandatory:
            return Choice.NOW
        return Choice(chosen) if chosen else self.default


_registry: dict[str, Kind] = {}


class UnknownKind(LookupError):
    """A kind that no app of this installation registers."""


def notice_kind(name: str, **declared: Any) -> Callable[[Prepare], Prepare]:
    """Register a kind; the options are the fields of `Kind`.

    The function says what the words may use. It runs in the engine scope of the program, in the language of the reader.
    """

    def register(function: Prepare) -> Prepare:
        _registry[name] = Kind(name, function, **declared)
        return function

    return register


def kind_of(name: str) -> Kind:
    """The declaration of a kind. Raises UnknownKind."""
    if name not in _registry:
        discover()
    try:
        return _registry[name]
    except KeyError:
        raise UnknownKind(name) from None


def all_kinds() -> list[Kind]:
    """Every kind with a label, by label; those for webhooks alone among them."""
    discover()
    return sorted((kind for kind in _registry.values() if kind.label), key=lambda kind: str(kind.label))


def subscribable() -> list[Kind]:
    """The kinds that webhooks can subscribe to, by label."""
    return [kind for kind in all_kinds() if kind.webhook]


def discover() -> None:
    """Load the `notices.py` of every app."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.notices"):
            import_module(f"{config.name}.notices")
