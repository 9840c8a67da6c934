"""The demo that `make run` shows: how long its programs take to be lived through, without what the workers do beside it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.test import override_settings

from programs import demo
from tests.bench.kept import kept
from tests.bench.measure import Result, time_at_most


def results(use: Callable[[Path], None]) -> Iterator[Result]:
    """One row: all demo programs on an empty installation."""
    with kept("demo", lambda: None, use=use, stays=False), override_settings(DEMO=True):
        start = time.perf_counter()
        made = demo.build()
        yield time_at_most(f"demo of {len(made)} programs and three seasons", time.perf_counter() - start, 60)
