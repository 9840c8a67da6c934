"""The order of a run on several workers: long tests first, a share for each, so that none of them is left for the end."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

# Files whose tests wait for processes, or do a whole journey; the longest first.
LONG = (
    "journeys/test_ground_floor.py",
    "setup/test_run.py",
    "deadlines/test_processes.py",
    "journeys/test_binding_agreements.py",
    "programs/test_browser.py",
    "platform/test_types.py",
    "programs/test_demo_run.py",
    "imports/test_crash.py",
    "registry/test_crash.py",
    "history/test_worker.py",
    "jobs/test_jobs.py",
    "notices/test_processes.py",
    "notices/test_outbox.py",
    "imports/test_browser.py",
)


def dealt(items: Sequence[Any], workers: int) -> list[Any]:
    """The same tests: what pytest-xdist sends each worker first, one stretch after the other, begins with its share of the long ones."""
    long = sorted((item for item in items if _place(item) is not None), key=_place)
    rest = iter([item for item in items if _place(item) is None])
    ordered: list[Any] = []
    for number in range(workers):
        share = long[number::workers]
        size = (len(items) - len(ordered)) // (workers - number)
        ordered += share
        ordered += islice(rest, max(0, size - len(share)))
    return [*ordered, *rest]


def _place(item: Any) -> int | None:
    return next((place for place, name in enumerate(LONG) if f"tests/{name}::" in item.nodeid), None)
