"""Closed sets of imports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an import stands. Work in progress is its job, not a state."""

    UPLOADED = "uploaded", _("Uploaded")
    CHECKED = "checked", _("Checked, not applied")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")


class Status(models.TextChoices):
    """What applying will do, or did, with one row."""

    CREATE = "create", _("To create")
    UPDATE = "update", _("To change")
    UNCHANGED = "unchanged", _("Known already")
    ASK = "ask", _("Needs your decision")
    SKIP = "skip", _("Left out")
    ERROR = "error", _("To correct")


class Answer(models.TextChoices):
    """What a person said about a likely match."""

    SAME = "same", _("The same")
    DIFFERENT = "different", _("Different")


class Act(models.TextChoices):
    """What applying did to a stored row."""

    INSERT = "insert", _("Created")
    UPDATE = "update", _("Changed")
