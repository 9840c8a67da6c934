"""Units of time, states of a clock, and where its length comes from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    """What a length is counted in."""

    HOURS = "hours", _("hours")
    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")
    WEEKS = "weeks", _("weeks")
    MONTHS = "months", _("months")
    SEASONS = "seasons", _("seasons")


class State(models.TextChoices):
    """Where a clock stands. A missed clock stays open until what it asks for is done or it is cancelled."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MISSED = "missed", _("Missed")
    MET = "met", _("Met")
    CANCELLED = "cancelled", _("Cancelled")


OPEN = (State.RUNNING, State.PAUSED, State.MISSED)


class Basis(models.TextChoices):
    """What set the length of a clock."""

    BINDING = "binding", _("Binding limit")
    TARGET = "target", _("The program's own target")
    AGREEMENT = "agreement", _("A clause of an agreement")
    PLATFORM = "platform", _("The platform's own length, the same in all programs")


NOT_THE_PROGRAMS = (Basis.AGREEMENT, Basis.PLATFORM)  # lengths that no rule of the program changes


class CatchUp(models.TextChoices):
    """What happens to rungs that were passed while nothing ran: each fires in order, or only the highest."""

    EACH = "each", _("Each missed step happens, in order")
    HIGHEST = "highest", _("Only the highest missed step happens")
