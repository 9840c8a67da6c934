"""The order of a run on several workers: long tests first, a share for each, so that none of them is left for the end."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

# Files whose tests wait for processes, or do a whole journey; the longest first. The demo is being built meanwhile: who needs it comes later.
# The sealer, the feed and the publisher wait for every older transaction of the server. So what waits for them comes before the tests that
# are one long transaction each: those that try every address or every edge of the API, or only look at the demo.
LONG = (
    "setup/test_run.py",
    "deadlines/test_processes.py",
    "platform/test_types.py",
    "imports/test_crash.py",
    "registry/test_crash.py",
    "history/test_worker.py",
    "journeys/test_ground_floor.py",
    "journeys/test_inspection_by_api.py",
    "journeys/test_binding_agreements.py",
    "journeys/test_single_cause.py",
    "journeys/test_complaint.py",
    "journeys/test_monitor_escalates.py",
    "journeys/test_worker_to_supplier.py",
    "journeys/test_education_and_premium.py",
    "journeys/test_brand_complies.py",
    "programs/test_browser.py",
    "registry/test_public_browser.py",
    "vault/test_throttle.py",
    "vault/test_backups.py",
    "vault/test_rotation.py",
    "vault/test_erasing.py",
    "jobs/test_jobs.py",
    "notices/test_processes.py",
    "notices/test_outbox.py",
    "api/test_fuzzing.py",
    "tenancy/test_every_url.py",
    "journeys/",
    "programs/test_demo.py",
    "browser.py",  # every other walk in a browser
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
    file = item.nodeid.partition("::")[0]
    return next(
        (place for place, name in enumerate(LONG) if f"tests/{name}" in file or file.endswith(f"_{name}")),
        None,
    )
