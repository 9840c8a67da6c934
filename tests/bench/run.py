"""Makes the database, measures part by part, prints the table.

With KEEP=1 what takes long to make stays: the filled database, as a copy that the next run starts from, the registry with its
files, which goes on publishing, and the program with many complaints. So a measurement at full scale takes minutes on a quiet machine. Remove `var/bench` to begin anew.
"""

import dataclasses
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.management import call_command

from tests import database
from tests.bench import (
    attacks,
    complaints,
    data,
    deadlines,
    demo,
    flood,
    history,
    imports,
    inbox,
    inspection_lists,
    inspections,
    record,
    registry,
    tenancy,
    vault,
)
from tests.bench.measure import Result, table

KEPT = database.ROOT / "var" / "bench"
KEEP = bool(os.environ.get("KEEP"))
PARTS = {
    "tenancy": lambda sizes, largest, median: tenancy.results(largest, median),
    "history": lambda sizes, largest, median: history.results(largest, sizes.events),
    "vault": lambda sizes, largest, median: vault.results(largest, sizes.cases),
    "attacks": lambda sizes, largest, median: attacks.results(largest),
    "deadlines": lambda sizes, largest, median: deadlines.results(sizes.clocks),
    "registry": lambda sizes, largest, median: registry.results(sizes.published, sizes.listings),
    "record": lambda sizes, largest, median: record.results(sizes.listings),
    "imports": lambda sizes, largest, median: imports.results(sizes.imported),
    "inbox": lambda sizes, largest, median: inbox.results(),
    "inspections": lambda sizes, largest, median: inspections.results(),
    "inspection lists": lambda sizes, largest, median: inspection_lists.results(),
}
ALONE = {  # on a program of their own
    "complaints": lambda sizes: complaints.results(sizes.clocks, _use, stays=KEEP),
    "flood": lambda sizes: flood.results(_use),
    "demo": lambda sizes: demo.results(_use),
}


def main(wanted: list[str]) -> int:
    """Exit code 1 where a bar is not reached, 2 where a part is unknown."""
    scale = os.environ.get("SCALE", "small")
    if scale not in data.SCALES or not set(wanted) <= {*PARTS, *ALONE}:
        _say(f"SCALE is one of {', '.join(data.SCALES)}; parts are {', '.join([*PARTS, *ALONE])}.")
        return 2
    results = []
    for result in _results(scale, wanted or [*PARTS, *ALONE]):
        results.append(result)
        _say("  ".join(filter(None, result.cells())))
    missed = [result.what for result in results if result.reached is False]
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    end = f"Not reached: {'; '.join(missed)}." if missed else "All bars are reached."
    sys.stdout.write(f"\nSCALE={scale}, {machine}\n\n{table(results)}\n\n{end}\n")
    return 1 if missed else 0


def _results(scale: str, wanted: list[str]) -> Iterator[Result]:
    if KEEP and wanted == ["registry"]:
        yield from _kept_registry(scale)
        return
    if together := [part for part in wanted if part in PARTS]:
        yield from _measured(scale, together)
    for part in wanted:
        if part in ALONE:
            yield from ALONE[part](data.SCALES[scale])


def _use(folder: Path) -> None:
    """Files and key of this run alone."""
    settings.DATA_DIR = folder
    settings.FILES_DIR, settings.PUBLISHED_DIR = folder / "files", folder / "published"
    settings.SIGNING_KEY = "c2lnbmluZyBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISE="
    settings.VAULT_DIR = folder / "vault"
    settings.VAULT_PEPPER = "cGVwcGVyIHVzZWQgaW4gYmVuY2htYXJrcyBvbmx5ISE="
    settings.VAULT_KEY = "cm9vdCBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISEhISE="
    folder.chmod(0o755)  # nginx reads it as another user


def _measured(scale: str, wanted: list[str]) -> Iterator[Result]:
    """On a database of this run alone, which goes when it is over."""
    sizes = data.SCALES[scale]
    try:
        with tempfile.TemporaryDirectory(prefix="wsr-bench-") as folder:
            _use(Path(folder))
            largest, median = _filled(scale)
            for part in wanted:
                yield from PARTS[part](sizes, largest, median)
    finally:
        database.drop()


def _filled(scale: str) -> tuple[UUID, UUID]:
    """The largest program and the median one of a database with programs and workplaces."""
    start, kept = time.perf_counter(), f"wsr_bench_{scale}"
    if KEEP and database.copy_kept(kept):
        ends = data.ends()
    else:
        database.copy_template()
        ends = data.fill(data.SCALES[scale])
        if KEEP:
            database.keep_as(kept)
    _say(f"Filled in {time.perf_counter() - start:.0f} s.")
    return ends


def _kept_registry(scale: str) -> Iterator[Result]:
    """On a database and a folder that stay and are published from again by the next run."""
    folder = KEPT / scale
    database.point_to(f"wsr_bench_{scale}_registry")
    folder.mkdir(parents=True, exist_ok=True)
    _use(folder)
    sizes = data.SCALES[scale]
    if not (folder / "first.json").exists():
        database.copy_template()
        data.fill(dataclasses.replace(sizes, places=sizes.listings))
    call_command("migrate", verbosity=0)  # what was kept may be of an earlier state of the code
    yield from registry.results(sizes.published, sizes.listings)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
