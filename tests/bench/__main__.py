"""`python -m tests.bench [part …]`: measure, print the table, end with 1 if a bar is not reached."""

import os
import sys

import django


def start() -> int:
    """Settings first, then everything that needs them."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.setdefault("PYTEST_XDIST_WORKER", "bench")  # names the database
    django.setup()
    from tests.bench.run import main

    return main(sys.argv[1:])


sys.exit(start())
