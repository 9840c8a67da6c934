"""Settings of the processes a test starts (worker, command): the test's database, folders and cache."""

import os

from wsr.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECRET_HASH = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
CACHES["default"]["KEY_PREFIX"] = os.environ["WSR_CACHE_PREFIX"]  # noqa: F405
INSTALLED_APPS += ["tests.long_work"]  # noqa: F405 -- a job that tests can hold up
