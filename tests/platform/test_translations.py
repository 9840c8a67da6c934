"""The catalog of messages is current, and Spanish is complete where the public and people signing in look."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
SPANISH = ROOT / "wsr" / "locale" / "es" / "LC_MESSAGES" / "django.po"
# Where people without a program look: the public record, sign-in, errors, the shell around them.
PUBLIC = (
    "templates/registry/", "templates/account/", "templates/accounts/", "templates/mfa/", "templates/usersessions/",
    "templates/socialaccount/", "templates/shell/public", "templates/shell/plain", "templates/base.html", "templates/components/",
    "templates/ui/home", "templates/4", "templates/5", "templates/notices/", "wsr/registry/", "wsr/accounts/forms", "wsr/accounts/adapter",
    "wsr/accounts/throttle", "programs/disclosure", "programs/gates", "programs/enums",
)  # fmt: skip
STAFF = (
    "templates/registry/console",
    "wsr/registry/operations",
    "wsr/registry/management",
    "wsr/registry/navigation",
)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """The catalog as it would be made now."""
    assert shutil.which("xgettext"), "gettext is not installed; `make test` installs it on Debian"
    copy = tmp_path_factory.mktemp("messages") / "tree"
    ignore = shutil.ignore_patterns("var", ".*", "tests", "__pycache__", "static", "docs")
    shutil.copytree(ROOT, copy, ignore=ignore)
    command = ["makemessages", "--locale", "es", "--no-obsolete", "--add-location", "file", "-v", "0"]
    command += ["--extension", "html,txt,py,svg"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "wsr.settings", "PYTHONPATH": str(copy)}
    subprocess.run([sys.executable, "-m", "django", *command], cwd=copy, check=True, env=environment)
    with (copy / "wsr/locale/es/LC_MESSAGES/django.po").open("rb") as stream:
        return read_po(stream)


def _entries(catalog):
    return [message for message in catalog if message.id]


def _key(message):
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def test_the_catalog_is_current(extracted):
    with SPANISH.open("rb") as stream:
        committed = {_key(message) for message in _entries(read_po(stream))}
    now = {_key(message) for message in _entries(extracted)}
    assert sorted(map(str, now - committed)) == [], "run `make messages`"


def _public(message) -> bool:
    files = [name for name, _ in message.locations]
    return any(name.startswith(PUBLIC) and not name.startswith(STAFF) for name in files)


def _texts(value):
    return [value] if isinstance(value, str) else list(value)


def test_spanish_is_complete_where_the_public_looks(extracted):
    with SPANISH.open("rb") as stream:
        done = {_key(message): message for message in read_po(stream) if message.id}
    missing = []
    for message in filter(_public, _entries(extracted)):
        spanish = done.get(_key(message))
        if spanish is None or spanish.fuzzy or not all(_texts(spanish.string)):
            missing.append(_texts(message.id)[0])
    assert missing == []


def test_translations_keep_their_placeholders():
    wrong = []
    with SPANISH.open("rb") as stream:
        for message in _entries(read_po(stream)):
            wanted = set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", " ".join(_texts(message.id))))
            for text in filter(None, _texts(message.string)):
                if set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", text)) - wanted:
                    wrong.append(text)
    assert wrong == []


def test_no_exclamation_marks_in_texts(extracted):
    assert [text for message in _entries(extracted) for text in _texts(message.id) if "!" in text] == []
