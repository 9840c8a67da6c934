"""Makes the database, measures part by part, prints the table."""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests import database
from tests.bench import (
    data,
    deadlines,
    history,
    imports,
    inspection_lists,
    inspections,
    registry,
    tenancy,
    vault,
)
from tests.bench.measure import Result, table

PARTS = {
    "tenancy": lambda sizes, largest, median: tenancy.results(largest, median),
    "history": lambda sizes, largest, median: history.results(largest, sizes.events),
    "vault": lambda sizes, largest, median: vault.results(largest, sizes.cases),
    "deadlines": lambda sizes, largest, median: deadlines.results(sizes.clocks),
    "registry": lambda sizes, largest, median: registry.results(sizes.published, sizes.listings),
    "imports": lambda sizes, largest, median: imports.results(sizes.imported),
    "inspections": lambda sizes, largest, median: inspections.results(),
    "inspection lists": lambda sizes, largest, median: inspection_lists.results(),
}


def main(wanted: list[str]) -> int:
    """Exit code 1 where a bar is not reached, 2 where a part is unknown."""
    scale = os.environ.get("SCALE", "small")
    if scale not in data.SCALES or not set(wanted) <= set(PARTS):
        _say(f"SCALE is one of {', '.join(data.SCALES)}; parts are {', '.join(PARTS)}.")
        return 2
    results = []
    database.copy_template()
    try:
        with tempfile.TemporaryDirectory(prefix="wsr-bench-") as folder:
            _use(Path(folder))
            for result in _measured(data.SCALES[scale], wanted or list(PARTS)):
                results.append(result)
                _say("  ".join(filter(None, result.cells())))
    finally:
        database.drop()
    missed = [result.what for result in results if result.reached is False]
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    end = f"Not reached: {'; '.join(missed)}." if missed else "All bars are reached."
    sys.stdout.write(f"\nSCALE={scale}, {machine}\n\n{table(results)}\n\n{end}\n")
    return 1 if missed else 0


def _use(folder: Path) -> None:
    """Files and key of this run alone."""
    settings.DATA_DIR = folder
    settings.FILES_DIR, settings.PUBLISHED_DIR = folder / "files", folder / "published"
    settings.SIGNING_KEY = "c2lnbmluZyBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISE="
    settings.VAULT_DIR = folder / "vault"
    settings.VAULT_KEY = "cm9vdCBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISEhISE="
    folder.chmod(0o755)  # nginx reads it as another user


def _measured(sizes: data.Sizes, wanted: list[str]) -> Iterator[Result]:
    start = time.perf_counter()
    largest, median = data.fill(sizes)
    _say(f"Filled in {time.perf_counter() - start:.0f} s.")
    for part in wanted:
        yield from PARTS[part](sizes, largest, median)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
