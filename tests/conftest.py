"""Real PostgreSQL, real Valkey, and what every test needs.

Two kinds of database test: `db` rolls back and sees only the `default` login; `transactional_db` (which `live_server` and
`worker` use) commits, sees every login, and leaves the database like the template afterwards.

Both can be had on the demo installation, which is built once for all (tests/demo.py). A test takes, before any other fixture that
uses the database (`program`, `client` may follow, `worker` must):

- `demos` to look at it, as with `db`: what the test itself writes is rolled back;
- `demo_copy` to act in it, also with `live_server`, browsers, `worker` and `manage`, as with `transactional_db`: a copy of its own.

Either is {slug: Program}; `tests.demo.person("farms", Role.DIRECTOR)` is who signs in. `settings.DEMO` is on, and the demo's files
(uploads, published folder, list of what was erased) are in the test's own folder.
"""

import contextlib
import datetime as dt
import gc
import os
import subprocess
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from tests import database, factories, nursery, prepare
from tests import demo as kept_demo
from tests.api.device import field_device  # noqa: F401 -- a fixture
from tests.celery_worker import running_worker
from tests.order import dealt
from tests.ui.browser import browser, browser_type_launch_args, watched_page  # noqa: F401 -- fixtures
from wsr.tenancy.models import Program

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A copy of the template database for this process, and data folders of its own."""
    with django_db_blocker.unblock():
        database.copy_template()
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    yield
    with django_db_blocker.unblock():
        database.drop(kept_demo.copy_of(settings.DATABASES["default"]["NAME"]))
        database.drop()


@pytest.fixture
def transactional_db(django_db_setup, django_db_blocker):
    """Every login may connect and commit; what was committed is taken away afterwards."""
    with django_db_blocker.unblock():
        yield
        database.clean()


@pytest.fixture
def _demo_entered(django_db_setup, django_db_blocker, tmp_path, settings):
    settings.DEMO = True
    if connection.in_atomic_block:
        pytest.fail("Take the fixture demos before those that use the database.")
    with django_db_blocker.unblock(), kept_demo.entered(tmp_path, for_writing=False):
        yield


@pytest.fixture
def demos(_demo_entered, db):
    """The programs of the demo installation by slug, to look at; what the test writes is rolled back."""
    return {program.slug: program for program in Program.objects.all()}


@pytest.fixture
def demo_copy(transactional_db, tmp_path, settings):
    """The programs of a copy of the demo installation by slug, to act in: every login may connect and commit."""
    settings.DEMO = True
    with kept_demo.entered(tmp_path, for_writing=True):
        yield {program.slug: program for program in Program.objects.all()}


@pytest.fixture(autouse=True)
def _cache_and_folders_of_its_own(tmp_path, settings):
    """Each test has its own data folder, and a cache that nobody wrote to: the Valkey is shared with other processes."""
    cache.key_prefix = settings.CACHES["default"]["KEY_PREFIX"] = uuid.uuid4().hex
    settings.STORAGES["default"]["OPTIONS"]["location"] = tmp_path / "files"
    for name, value in installation(tmp_path).items():
        setattr(settings, name, value)


def installation(folder: Path) -> dict[str, object]:
    """Settings of an installation that keeps what it has in `folder`."""
    return {
        "DATA_DIR": folder,
        "FILES_DIR": folder / "files",
        "PUBLISHED_DIR": folder / "published",
        "KEYS_DIR": folder / "keys",
        "VAULT_DIR": folder / "vault",
        "VAULT_KEY": "cm9vdCBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISEhISE=",
        "VAULT_PEPPER": "cGVwcGVyIHVzZWQgaW4gdGVzdHMgb25seSEhISEhISE=",
        "SIGNING_KEY": "c2lnbmluZyBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISE=",
    }


@pytest.fixture(autouse=True)
def _language_of_nobody():
    """A request leaves its language active in the thread; no test begins with that of the one before."""
    translation.deactivate()


@pytest.fixture
def at():
    """A Monday morning. Operations take the time, so tests never wait."""
    return AT


@pytest.fixture
def program(db):
    """A garment program."""
    return factories.program("garment")


@pytest.fixture
def other_program(db):
    """A program that must see nothing of the first."""
    return factories.program("farms")


@pytest.fixture
def director(program):
    """The director of `program`."""
    return factories.member(program, "director")


@pytest.fixture
def sample_data():
    """Folder of the real supplier lists; not part of the repository."""
    folder = settings.SAMPLE_DATA
    if not folder.is_dir():
        pytest.fail(f"The sample files are not at {folder}; set WSR_SAMPLE_DATA.")
    return folder


@pytest.fixture
def worker(transactional_db):
    """A real Celery worker process on this test's database."""
    with running_worker() as process:
        yield process


def run_manage(*args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """`manage.py` as an operator would call it, on this test's database."""
    done = nursery.run(["manage.py", *args], env=database.environment())
    if check:
        done.check_returncode()
    return done


@pytest.fixture
def manage(transactional_db):
    """Call management commands in a process of their own."""
    return run_manage


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """On several workers the long tests come first."""
    if (workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
        items[:] = dealt(items, workers)


def pytest_collection_finish():
    """What was collected stays until the end: Python need not look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_configure(config):
    """Database aliases are opened by hand; nothing may connect while tests are collected."""
    os.environ.setdefault(
        "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
    )  # playwright runs an event loop in the test's thread
    spreads = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if not spreads:
        gc.disable()  # until all tests are collected: a sixth of the time that takes
    elif config.args_source == config.ArgsSource.TESTPATHS:
        until_the_end = contextlib.ExitStack()
        until_the_end.enter_context(prepare.under_way())
        config.add_cleanup(until_the_end.close)
