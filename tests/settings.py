"""The production settings with the few lines changed that make tests quick. Servers are real."""

import os
from pathlib import Path

from wsr.services import start_test_services

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ.update(start_test_services())
os.environ.setdefault("WSR_SECRET_KEY", "only for tests: " + "0123456789" * 5)
os.environ.setdefault("WSR_BASE_URL", "http://localhost:8000")
os.environ.setdefault("WSR_ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")
if not os.environ.get("WSR_TEST_DATABASE"):
    os.environ["WSR_TEST_DATABASE"] = os.environ["DATABASE_URL"].rpartition("/")[2]
# the Valkey is shared with other test runs; their workers must not take our tasks
os.environ["WSR_QUEUE"] = f"{os.environ['WSR_TEST_DATABASE']}-{_worker}"
os.environ["DATABASE_URL"] = "/".join(
    [os.environ["DATABASE_URL"].rpartition("/")[0], f"{os.environ['WSR_TEST_DATABASE']}_{_worker}"]
)
_root = Path(__file__).resolve().parent.parent
os.environ["WSR_DATA_DIR"] = str(
    _root / "var" / "test" / "data" / f"{os.environ['WSR_TEST_DATABASE']}_{_worker}"
)

from wsr.settings import *  # noqa: E402, F403 -- the environment comes first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECRET_HASH = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
CACHES["default"]["KEY_PREFIX"] = _worker  # noqa: F405
CACHES["default"]["OPTIONS"] = {"socket_timeout": 60}  # noqa: F405 -- a busy machine is not a lost cache
INSTALLED_APPS += ["tests.long_work"]  # noqa: F405 -- a job that tests can hold up
SAMPLE_DATA = Path(os.environ.get("WSR_SAMPLE_DATA", _root.parent / "shared" / "data"))
