"""Real PostgreSQL, real Valkey, and what every test needs.

Two kinds of database test: `db` rolls back and sees only the `default` login; `transactional_db` (which `live_server` and
`worker` use) commits, sees every login, and gets a new copy of the template database afterwards.
"""

import datetime as dt
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from tests import database, factories
from tests.api.device import field_device  # noqa: F401 -- a fixture
from tests.celery_worker import running_worker
from tests.order import dealt
from tests.ui.browser import browser_type_launch_args, watched_page  # noqa: F401 -- fixtures

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
        database.drop()


@pytest.fixture
def transactional_db(django_db_setup, django_db_blocker):
    """Every login may connect and commit; a new copy of the template follows."""
    with django_db_blocker.unblock():
        yield
        database.close()
        database.copy_template(again=True)


@pytest.fixture(autouse=True)
def _cache_and_folders_of_its_own(tmp_path, settings):
    """Each test has its own data folder, and a cache that nobody wrote to: the Valkey is shared with other processes."""
    cache.key_prefix = settings.CACHES["default"]["KEY_PREFIX"] = uuid.uuid4().hex
    settings.DATA_DIR = tmp_path
    settings.FILES_DIR = tmp_path / "files"
    settings.PUBLISHED_DIR = tmp_path / "published"
    settings.KEYS_DIR = tmp_path / "keys"
    settings.VAULT_DIR = tmp_path / "vault"
    settings.VAULT_KEY = "cm9vdCBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISEhISE="
    settings.VAULT_PEPPER = "cGVwcGVyIHVzZWQgaW4gdGVzdHMgb25seSEhISEhISE="
    settings.STORAGES["default"]["OPTIONS"]["location"] = tmp_path / "files"
    settings.SIGNING_KEY = "c2lnbmluZyBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISE="


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
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *args],
        capture_output=True,
        text=True,
        check=check,
        env=database.environment(),
        cwd=ROOT,
    )


@pytest.fixture
def manage(transactional_db):
    """Call management commands in a process of their own."""
    return run_manage


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """On several workers the long tests come first."""
    if (workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
        items[:] = dealt(items, workers)


def pytest_configure(config):
    """Database aliases are opened by hand; nothing may connect while tests are collected."""
    os.environ.setdefault(
        "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
    )  # playwright runs an event loop in the test's thread
    del config
