"""Closed sets of the programs room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """What an organization is in a program: its face there."""

    BRAND = "brand", _("Brand")
    SUPPLIER = "supplier", _("Supplier")
    WORKER_ORGANIZATION = "worker_organization", _("Worker organization")
    MONITOR = "monitor", _("Monitor")


class Precision(models.TextChoices):
    """How exactly the public may know where a workplace is."""

    EXACT = "exact", _("Exact address and coordinates")
    ROUNDED = "rounded", _("Rounded to about 11 kilometers, no street address")
    COUNTY = "county", _("Region only")
    WITHHELD = "withheld", _("Country only")


class Certainty(models.TextChoices):
    """How sure a value of a blueprint is; the marks of the program research."""

    DOCUMENTED = "documented", _("Documented")
    PARTIAL = "partial", _("Documented in part; check the full text")
    UNVERIFIED = "unverified", _("Unverified")
    UNKNOWN = "unknown", _("Unknown; to be filled in")
    SET_BY_PROGRAM = "set_by_program", _("Set by the program")


class CodeState(models.TextChoices):
    """Where a version of the code of conduct stands."""

    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("In force")
    REPLACED = "replaced", _("Replaced")


CODE_MOVES: dict[CodeState, frozenset[CodeState]] = {
    CodeState.DRAFT: frozenset({CodeState.IN_FORCE}),
    CodeState.IN_FORCE: frozenset({CodeState.REPLACED}),
    CodeState.REPLACED: frozenset(),
}


# The rungs that the blueprints name, as pages say them. Records and files keep what the program wrote; a program's own words
# are shown as they are.
RUNG_WORDS = {
    "In good standing": _("In good standing"),
    "Probation": _("Probation"),
    "Suspended": _("Suspended"),
    "Withdrawn": _("Withdrawn"),
    "No longer a participating grower": _("No longer a participating grower"),
    "Covered and eligible": _("Covered and eligible"),
    "Letter sent": _("Letter sent"),
    "Stage 1: escalation letter": _("Stage 1: escalation letter"),
    "Stage 2: mandatory meeting": _("Stage 2: mandatory meeting"),
    "Stage 3: ineligible": _("Stage 3: ineligible"),
    "Inactive": _("Inactive"),
}
