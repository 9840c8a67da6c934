"""Which texts a public page can say, found without a database: for the catalogs of the languages that only such pages speak.

`tests/registry/test_public_languages.py` walks the public pages and names a text that is asked for and not found here.
"""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from django import forms
from django.apps import apps
from django.conf import settings
from django.utils import translation

from wsr.registry import disclosure
from wsr.ui.navigation import discover

# Files that speak to the public and to nobody else; what ends with a slash is a folder.
FILES = (
    "templates/registry/",
    "templates/programs/network/",
    "templates/programs/letters/",
    "templates/base.html",
    "templates/shell/public.html",
    "templates/shell/plain.html",
    "templates/ui/home.html",
    "templates/400.html",
    "templates/403.html",
    "templates/404.html",
    "templates/500.html",
    "templates/components/languages.html",
    "templates/components/public_languages.html",
    "templates/components/error_summary.html",
    "templates/components/field.html",
    "templates/components/pagination.html",
    "templates/components/progress.html",
    "programs/showing.py",
    "programs/views/endorsing.py",
    "programs/views/endorsers.py",
    "programs/views/public_news.py",
    "wsr/registry/cards.py",
    "wsr/registry/changes.py",
    "wsr/registry/checks.py",
    "wsr/registry/enums.py",
    "wsr/registry/figures.py",
    "wsr/registry/gates.py",
    "wsr/registry/mapping.py",
    "wsr/registry/pages.py",
    "wsr/registry/profile.py",
    "wsr/registry/sourcing.py",
    "wsr/registry/verifying.py",
    "wsr/registry/views.py",
)
# Of every room: what it makes public, shows for the principles and for the gates, and says of a document.
OF_A_ROOM = ("disclosure/", "disclosure.py", "principles.py", "gates.py", "verifying.py")
# Pages of the console among them.
STAFF = (
    "templates/registry/ask.html",
    "templates/registry/confirm.html",
    "templates/registry/console",
    "templates/registry/override.html",
    "templates/registry/subject.html",
    "templates/registry/report.html",
)
# Files that speak to staff as well: what in them the public meets.
PARTS = {
    "programs/operations/endorsements.py": ("_over",),
    "programs/forms/__init__.py": ("CountryField",),
    "wsr/registry/forms.py": ("VerifyForm", "SourcingForm", "LabelForm"),
    "programs/forms/endorsing.py": ("OneLineField", "EndorseForm", "AddressForm"),
    "wsr/ui/shell.py": ("public_links",),
}
FORMS = (
    ("wsr.registry.forms", ("VerifyForm", "SourcingForm", "LabelForm")),
    ("programs.forms.endorsing", ("EndorseForm", "AddressForm")),
)
# What Django itself says of a form of the public, and does not say in each of these languages.
OF_DJANGO = (
    "This field is required.",
    "Enter a valid URL.",
    "Enter a valid email address.",
    "Select a valid choice. %(value)s is not one of the available choices.",
)
_MARKS = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "_"}


def is_public(message: Message) -> bool:
    """Whether a public page can say this message of the catalog."""
    names = [name for name, _line in message.locations]
    if any(_speaks_to_the_public(name) for name in names):
        return True
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    return bool(set(texts) & said())


def _speaks_to_the_public(name: str) -> bool:
    room, _slash, rest = name.partition("/")
    is_of_room = room in _rooms() and rest.startswith(OF_A_ROOM)
    return (is_of_room or name.startswith(FILES)) and not name.startswith(STAFF)


@cache
def _rooms() -> frozenset[str]:
    return frozenset(config.name for config in apps.get_app_configs() if "." not in config.name)


@cache
def said() -> frozenset[str]:
    """Texts of parts of files, of choices, of columns' values and of the navigation, in English."""
    with translation.override("en"):
        found = {text for path, names in PARTS.items() for text in _of(path, names)}
        found |= {
            str(words)
            for kind in disclosure.kinds().values()
            for column in kind.columns
            for words in column.words.values()
        }
        found |= {str(label) for label, _name in discover("navigation", "PUBLIC")}
        found |= {text for module, names in FORMS for name in names for text in _of_form(module, name)}
    return frozenset(found)


def _of_form(module: str, name: str) -> Iterator[str]:
    for asked in getattr(import_module(module), name).base_fields.values():
        if isinstance(asked, forms.ChoiceField):
            yield from (str(label) for _value, label in asked.choices)


def _of(path: str, names: tuple[str, ...]) -> Iterator[str]:
    """The texts that definitions of a file say."""
    tree = ast.parse(Path(settings.BASE_DIR / path).read_text())
    for node in tree.body:
        if getattr(node, "name", "") in names:
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in _MARKS:
                    yield from (one.value for one in call.args[:2] if _is_text(one))


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
