"""The words of what happens to clocks, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("clock.started", _("Clock started")),
    ("clock.met", _("Clock met")),
    ("clock.cancelled", _("Clock cancelled")),
    ("clock.paused", _("Clock paused")),
    ("clock.resumed", _("Clock resumed")),
    ("clock.extended", _("Clock extended")),
    ("clock.recomputed", _("Clock counted anew")),
    ("clock.length_applied", _("New length given to a clock")),
    ("clock.step", _("Step of a clock")),
    ("calendar.week_set", _("Weekly rest days set")),
    ("calendar.day_set", _("Day of the calendar set")),
    ("calendar.day_removed", _("Day of the calendar removed")),
    ("season.set", _("Season set")),
    ("season.removed", _("Season removed")),
]
