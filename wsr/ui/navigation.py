"""What stands in the side navigation. Each app lists its entries in a file `navigation.py`; the platform finds them by name.

ENTRIES = [Entry(_("Workplaces"), "programs:workplaces", Permission.WORKPLACE_READ, order=10, group=_("Supply chain"))]
"""

import functools
from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.tenancy import Audience


@dataclass(frozen=True)
class Entry:
    """One line of the navigation.

    `url_name` takes the program's slug (`program_slug`). `permission`: who sees it; None for every member of the program.
    `audiences`: where the page is only for some of those who hold the permission.
    Groups appear in the order of their first entry.
    """

    label: Any
    url_name: str
    permission: Any = None
    order: int = 100
    group: Any = ""
    audiences: Collection[Audience] = tuple(Audience)


@dataclass(frozen=True)
class Link:
    """A label and an address. `lang` is set where the label is written in its own language."""

    label: str
    url: str
    is_current: bool = False
    lang: str = ""


@dataclass(frozen=True)
class Group:
    """Links under one heading."""

    label: str
    links: list[Link]


ENTRIES = [
    Entry(_("Overview"), "ui:program", order=0),
    Entry(
        _("Files and reports"),
        "ui:exports",
        Permission.EXPORT,
        order=905,
        group=_("Program"),
        audiences=(Audience.STAFF,),
    ),
]


def discover(module: str, name: str) -> list[Any]:
    """The lists called `name` in the file `module` of every installed app, joined in the order of INSTALLED_APPS."""
    return [thing for file in _files(module) for thing in getattr(file, name, [])]


@functools.cache
def _files(module: str) -> tuple[ModuleType, ...]:
    """The files of this name, looked for once: a page asks many times."""
    paths = [f"{config.name}.{module}" for config in apps.get_app_configs()]
    return tuple(import_module(path) for path in paths if find_spec(path))


def url_or_nothing(name: str, **kwargs: str) -> str:
    """The address of a view, or nothing where the installation has no such view."""
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


def in_language(url: str) -> str:
    """The address of a page of the public record in the active language: the files are English, `?lang=` asks for others."""
    language = get_language() or settings.LANGUAGE_CODE
    if not url or language == settings.LANGUAGE_CODE:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'lang': language})}"


@functools.cache
def entries() -> tuple[Entry, ...]:
    """Every entry of every app, in order."""
    return tuple(sorted(discover("navigation", "ENTRIES"), key=lambda entry: entry.order))


def groups_for(slug: str, permissions: Collection[Any], audience: Audience, path: str) -> list[Group]:
    """The navigation of one program for a person with these permissions; `path` is the page being shown.

    The entry whose address is the longest beginning of `path` is the current one.
    """
    allowed = [
        entry
        for entry in entries()
        if (entry.permission is None or entry.permission in permissions) and audience in entry.audiences
    ]
    urls = {entry: url for entry in allowed if (url := url_or_nothing(entry.url_name, program_slug=slug))}
    visible = list(urls)
    here = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
    order: list[str] = list(dict.fromkeys(str(entry.group) for entry in visible))
    visible.sort(key=lambda entry: order.index(str(entry.group)))
    return [
        Group(label, [Link(str(entry.label), urls[entry], urls[entry] == here) for entry in members])
        for label, members in groupby(visible, key=lambda entry: str(entry.group))
    ]
