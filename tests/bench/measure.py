"""Interleaved runs, medians, and the table they end in."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

HEAD = ("what", "floor", "ours", "ratio", "bar", "reached")


@dataclass(frozen=True)
class Result:
    """One line of the table. Texts are ready to print; `reached` is None where no bar is set."""

    what: str
    floor: str
    ours: str
    ratio: str
    bar: str
    reached: bool | None

    def cells(self) -> tuple[str, ...]:
        """As they stand in the table."""
        return (
            self.what,
            self.floor,
            self.ours,
            self.ratio,
            self.bar,
            {True: "yes", False: "NO", None: ""}[self.reached],
        )


def medians(*runs: Callable[[], object], times: int, at_least_seconds: float = 0.0) -> list[float]:
    """Median seconds of each run; all are run in turn, the first time unmeasured. Goes on beyond `times` to fill the seconds."""
    taken: list[list[float]] = [[] for _ in runs]
    for run in runs:
        run()
    end = time.perf_counter() + at_least_seconds
    while len(taken[0]) < times or time.perf_counter() < end:
        for run, seconds in zip(runs, taken, strict=True):
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in taken]


def processor_seconds() -> float:
    """Of this process and of the database server, all its processes that ended included. Linux only: what is under /proc."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    server = _stat(backend)[1]
    living = [_stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()]
    ticks = sum(_stat(server)[11:15]) + sum(sum(stat[11:13]) for stat in living if stat[1:2] == [server])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[int]:
    """Fields of /proc/<process>/stat from the third on, the letter of the state as 0; empty where it has ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [0, *map(int, text.rpartition(") ")[2].split()[1:])]


def at_most(what: str, floor: float, ours: float, bar: float | None) -> Result:
    """Ours may take `bar` times as long as the floor (seconds). None: no bar at this scale."""
    ratio = ours / floor
    stated, reached = (f"≤ {bar:.2f}", ratio <= bar) if bar else ("full scale", None)
    return Result(what, duration(floor), duration(ours), f"{ratio:.2f}", stated, reached)


def rate_at_least(what: str, floor: float, ours: float, bar: float) -> Result:
    """Ours must do at least `bar` times as many per second as the floor (both per second)."""
    ratio = ours / floor
    return Result(what, f"{floor:,.0f}/s", f"{ours:,.0f}/s", f"{ratio:.2f}", f"≥ {bar:.2f}", ratio >= bar)


def quicker(what: str, floor: float, ours: float, bar: float | None) -> Result:
    """The floor must take at least `bar` times as long as ours (seconds). None: no bar at this scale."""
    ratio = floor / ours
    stated, reached = (f"≥ {bar:.2f}", ratio >= bar) if bar else ("full scale", None)
    return Result(what, duration(floor), duration(ours), f"{ratio:.2f}", stated, reached)


def rate(what: str, ours: float, bar: float) -> Result:
    """A rate that stands for itself (per second)."""
    return Result(what, "", f"{ours:,.0f}/s", "", f"≥ {bar:,.0f}/s", ours >= bar)


def at_most_bytes(what: str, ours: int, bar: int) -> Result:
    """Ours must not be larger than `bar` bytes."""
    return Result(what, "", f"{ours:,} B", "", f"≤ {bar:,} B", ours <= bar)


def time_at_most(what: str, ours: float, bar: float | None) -> Result:
    """A time that stands for itself (seconds). None: no bar is stated."""
    stated, reached = (f"≤ {duration(bar)}", ours <= bar) if bar else ("", None)
    return Result(what, "", duration(ours), "", stated, reached)


def duration(seconds: float) -> str:
    """In the unit a person would use."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1000:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


def table(results: list[Result]) -> str:
    """All lines, aligned."""
    lines = [HEAD, *(result.cells() for result in results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
