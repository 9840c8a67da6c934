"""What agreements do when something happens in a room below, or in another part of this one."""

from agreements.operations import schedules

REACTIONS = {
    "agreement.in_force": [schedules.begin],
    "agreement.ended": [schedules.end],
}
