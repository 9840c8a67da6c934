"""What a token may be asked for: one scope per resource and verb, as `findings:write`.

A room names its own in `<room>/api/scopes.py`: `SCOPES = {"findings:write": _("Write findings of inspections")}`. A scope narrows what
the person herself may do; it never adds to it.

`PASSWORD_SCOPES = {"openrosa": PasswordScope(…)}` there names what app passwords are for. No token can ask for these, and an app password
has nothing else.
"""

import functools
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from wsr.accounts.grants import Permission


@dataclass(frozen=True)
class PasswordScope:
    """What an app password opens: addresses below `path` of a program, for people with `permission`."""

    words: Any
    permission: Permission
    path: str


@functools.cache
def declared() -> dict[str, Any]:
    """Every scope with its words, in the order of INSTALLED_APPS."""
    found: dict[str, Any] = {}
    for name in rooms_with("scopes"):
        for scope, words in import_module(f"{name}.api.scopes").SCOPES.items():
            if scope in found:
                raise ValueError(f"The scope {scope} is declared twice.")
            found[scope] = words
    return found


@functools.cache
def of_passwords() -> dict[str, PasswordScope]:
    """Scopes of app passwords, which tokens never have."""
    found: dict[str, PasswordScope] = {}
    for name in rooms_with("scopes"):
        found |= getattr(import_module(f"{name}.api.scopes"), "PASSWORD_SCOPES", {})
    return found


def rooms_with(module: str) -> list[str]:
    """Names of the rooms whose `api` package has this module."""
    return [
        config.name for config in apps.get_app_configs() if config.name != "wsr" and _has(config.name, module)
    ]


def _has(room: str, module: str) -> bool:
    package = find_spec(f"{room}.api")
    return bool(package and package.submodule_search_locations and find_spec(f"{room}.api.{module}"))
