"""Clocks of tests: what a room declares, and an effect that tests can count and make fail."""

from wsr.deadlines.kinds import ClockKind, Rung
from wsr.history.operations import record

FAILING: set[str] = set()


def mark(*, clock, rung, at):
    """Leave a trace in the transaction of the step."""
    if clock.title in FAILING:
        raise RuntimeError("this effect fails")
    record("test.effect", clock, by=None, at=at, after={"rung": rung.key})


KINDS = [
    ClockKind(
        "test.plain", "Plain", ladder=(Rung("soon", "Soon", after=-2), Rung("later", "Later", after=5))
    ),
    ClockKind(
        "test.acting",
        "Acting",
        ladder=(
            Rung("soon", "Soon", after=-2),
            Rung("due", "Due", effect=mark),
            Rung("later", "Later", after=5, effect=mark),
        ),
        pause_ceiling=10,
        extension_ceiling=2,
    ),
    ClockKind("test.once", "Once", ladder=(Rung("due", "Due", effect=mark, tells=False),)),
    ClockKind(
        "test.highest",
        "Highest",
        ladder=(
            Rung("due", "Due"),
            Rung("week", "Week", after=7),
            Rung("month", "Month", after=1, unit="months"),
        ),
        catch_up="highest",
        pause_ceiling=10,
    ),
    ClockKind("test.ruled", "Ruled", length_key="clocks.report_issued"),
]
