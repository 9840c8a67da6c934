"""The demo installation, built once per state of the code and day, and copied for each test that asks for it.

The fixtures are `demos` and `demo_copy` of tests/conftest.py. What they find is the demo as `make run` shows it a moment later:
the workers' part is done, so the farms are published, messages are delivered and the history is sealed.
"""

import contextlib
import functools
import hashlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import override_settings
from django.utils import timezone

from programs import demo
from tests import database
from wsr.accounts.grants import Role
from wsr.accounts.models import Person
from wsr.celery import app

PREFIX = "wsr_demo_"
FOLDER = database.LOCKS / "demo"

_copied: str | None = None  # the kept demo that this process's copy is still like


def person(program: str, role: Role) -> Person:
    """Who holds a role in a demo program: `person("farms", Role.DIRECTOR)`."""
    (made,) = (made for made in demo.DEMOS if made.key == program)
    return Person.objects.get(email=demo.email_of(made, role))


@contextlib.contextmanager
def entered(files: Path, *, for_writing: bool) -> Iterator[None]:
    """Work on this process's copy of the demo, whose files come into the folder `files`; afterwards on the plain database again."""
    global _copied
    plain = settings.DATABASES["default"]["NAME"]
    with _kept() as name:
        if _copied != name:
            database.copy(name, copy_of(plain))
        _copied = None if for_writing else name
        shutil.copytree(FOLDER / name / "data", files, symlinks=True, dirs_exist_ok=True)
    database.point_to(copy_of(plain))
    try:
        yield
    finally:
        database.point_to(plain)


def copy_of(plain: str) -> str:
    """The name of the copy of the process whose database this is."""
    return f"{plain}_demo"


def make() -> None:
    """Build it where nobody has yet, for whoever asks later."""
    with _kept():
        pass


@contextlib.contextmanager
def _kept() -> Iterator[str]:
    """The name of the database that is copied: built here where nobody has built it yet; other processes wait meanwhile."""
    name = f"{PREFIX}{_state()}"
    with database.locked("demo"):
        if not database.is_ready(name):
            for other in database.names(PREFIX):  # of a day or a state of the code that is over
                database.drop(other)
            shutil.rmtree(FOLDER, ignore_errors=True)
            _build(name)
        yield name


def _state() -> str:
    """Changes whenever the demo would: with the code, and with the day of each of its programs."""
    now = timezone.now()
    days = {str(now.astimezone(ZoneInfo(made.time_zone)).date()) for made in demo.DEMOS}
    return hashlib.sha256(" ".join([_code(), *sorted(days)]).encode()).hexdigest()[:12]


@functools.cache
def _code() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for top in ("wsr", "programs", "agreements", "audits", "complaints", "templates"):
        for path in sorted((database.ROOT / top).rglob("*")):
            if path.suffix in {".py", ".yaml", ".html", ".txt", ".css"} and path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _build(name: str) -> None:
    from tests.conftest import installation

    plain, folder = settings.DATABASES["default"]["NAME"], FOLDER / name
    (folder / "data").mkdir(parents=True)
    database.copy_template(name, on_disk=True)
    database.point_to(name)
    try:
        settled = override_settings(DEMO=True, **installation(folder / "data"))
        with settled, _cache_and_mail_of_its_own(), _workers_part():
            demo.build()
    finally:
        database.point_to(plain)
    database.mark_ready(name)


@contextlib.contextmanager
def _cache_and_mail_of_its_own() -> Iterator[None]:
    prefix, sent = cache.key_prefix, len(mail.outbox)
    cache.key_prefix = uuid.uuid4().hex
    try:
        yield
    finally:
        cache.key_prefix = prefix
        del mail.outbox[sent:]


@contextlib.contextmanager
def _workers_part() -> Iterator[None]:
    """Tasks run here when they are asked for, and at the end each that beat wakes once."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    try:
        yield
        for entry in settings.CELERY_BEAT_SCHEDULE.values():
            app.tasks[entry["task"]].delay()
    finally:
        app.conf.update(task_always_eager=False, task_eager_propagates=False)
