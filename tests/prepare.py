"""What a whole run needs, made in a process of its own while the workers still collect: the migrated template, then the demo.

A worker that needs one of them sooner waits for it, and makes it itself where this process did not come to it.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def under_way() -> Iterator[None]:
    """For the length of a block, at most."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.prepare"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "WSR_LOG_LEVEL": "WARNING"},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()

    from tests import database, demo

    database.template()
    demo.make()
