"""Everything that is done to clocks. Rooms call these inside their own operations, in the same transaction."""

from wsr.deadlines.operations.calendars import remove_day, set_day, set_week
from wsr.deadlines.operations.moving import cancel, extend, meet, pause, restart, resume
from wsr.deadlines.operations.recomputing import apply_length, recompute
from wsr.deadlines.operations.starting import CannotMove, start
from wsr.deadlines.operations.sweeping import sweep

__all__ = [
    "CannotMove",
    "apply_length",
    "cancel",
    "extend",
    "meet",
    "pause",
    "recompute",
    "remove_day",
    "restart",
    "resume",
    "set_day",
    "set_week",
    "start",
    "sweep",
]
