"""Closed sets of the registry."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    """What a version of a record is. Correction, update and redaction are three different acts."""

    FIRST = "first", _("First published")
    UPDATE = "update", _("Updated: the facts changed")
    CORRECTION = "correction", _("Corrected: it was published wrongly")
    REDACTION = "redaction", _("Redacted")
    WITHDRAWAL = "withdrawal", _("No longer part of the program")
    MERGE = "merge", _("Merged into another record")
    NAME_REMOVED = "name_removed", _("A redacted name was removed")


SHOWN = (Act.FIRST, Act.UPDATE, Act.CORRECTION, Act.NAME_REMOVED)


class Reason(models.TextChoices):
    """Why a field is blank, or a record was redacted."""

    WITHHELD_FOR_SAFETY = "withheld_for_safety", _("Withheld for safety")
    NOT_COLLECTED = "not_collected", _("Not collected")
    NOT_YET_INSPECTED = "not_yet_inspected", _("Not yet inspected")
    UNDER_APPEAL = "under_appeal", _("Under appeal")
    NOT_PUBLIC = "not_public", _("The program does not publish this")
    SMALL_NUMBER = "small_number", _("So few stand behind it that it would show what one of them does")
    COURT_ORDER = "court_order", _("Removed by order of a court")
    PRIVACY = "privacy", _("Removed because it exposed a person")
    PUBLISHED_BY_MISTAKE = "published_by_mistake", _("Should never have been published")


REDACTION_REASONS = (
    Reason.WITHHELD_FOR_SAFETY,
    Reason.COURT_ORDER,
    Reason.PRIVACY,
    Reason.PUBLISHED_BY_MISTAKE,
)


class Wish(models.TextChoices):
    """What the program asks of the next publication for one record."""

    CORRECTION = "correction", _("The next change corrects an error")
    REDACTION = "redaction", _("Remove the content, leave a tombstone")
    EMBARGO = "embargo", _("Do not publish before a date")
