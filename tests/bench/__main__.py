"""`python -m tests.bench [part …]`: measure, print the table, end with 1 if a bar is not reached."""

import os
import platform
import sys
import time
from collections.abc import Iterator

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ.setdefault("PYTEST_XDIST_WORKER", "bench")  # names the database

import django

django.setup()

from django.conf import settings

from tests import database
from tests.bench import data, history, tenancy
from tests.bench.measure import Result, table

PARTS = {
    "tenancy": lambda sizes, largest, median: tenancy.results(largest, median),
    "history": lambda sizes, largest, median: history.results(largest, sizes.events),
}


def main(wanted: list[str]) -> int:
    """Exit code 1 where a bar is not reached, 2 where a part is unknown."""
    scale = os.environ.get("SCALE", "small")
    if scale not in data.SCALES or not set(wanted) <= set(PARTS):
        print(f"SCALE is one of {', '.join(data.SCALES)}; parts are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    settings.SIGNING_KEY = settings.SIGNING_KEY or "c2lnbmluZyBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISE="
    results = []
    database.copy_template()
    try:
        for result in _measured(data.SCALES[scale], wanted or list(PARTS)):
            results.append(result)
            print(" ", *filter(None, result.cells()), file=sys.stderr, flush=True)
    finally:
        database.drop()
    missed = [result.what for result in results if result.reached is False]
    print(
        f"\nSCALE={scale}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n"
    )
    print(table(results))
    print(f"\nNot reached: {'; '.join(missed)}." if missed else "\nAll bars are reached.")
    return 1 if missed else 0


def _measured(sizes: data.Sizes, wanted: list[str]) -> Iterator[Result]:
    start = time.perf_counter()
    largest, median = data.fill(sizes)
    print(f"  filled in {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    for part in wanted:
        yield from PARTS[part](sizes, largest, median)


sys.exit(main(sys.argv[1:]))
