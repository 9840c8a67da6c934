"""The kinds of notices. An app registers its own in `notices.py`; the words are in `templates/notices/<kind>.txt`.

    @notice_kind("invitation")
    def invitation(outbox: Outbox) -> dict[str, object]:      # what the template may use
        return {"url": …}

The first line of the template is the subject, the rest the body. A body says that there is something to read and where, never what
happened to whom: it travels over other people's servers.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from wsr.notices.models import Outbox

type Prepare = Callable[[Outbox], dict[str, object]]

_registry: dict[str, Prepare] = {}


class UnknownKind(LookupError):
    """A kind that no app of this installation registers."""


def notice_kind(kind: str) -> Callable[[Prepare], Prepare]:
    """Register the function that prepares what the template of one kind may use. It runs in the engine scope across programs."""

    def register(function: Prepare) -> Prepare:
        _registry[kind] = function
        return function

    return register


def preparer_of(kind: str) -> Prepare:
    """The function of a kind. Raises UnknownKind."""
    if kind not in _registry:
        discover()
    try:
        return _registry[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def discover() -> None:
    """Load the `notices.py` of every app."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.notices"):
            import_module(f"{config.name}.notices")
