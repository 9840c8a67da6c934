"""Models of the programs room, by the field's nouns."""

from programs.models.citations import Citation
from programs.models.codes import CodeVersion, Provision, Severity
from programs.models.participations import Participation, Rung, Sourcing, StandingEvent
from programs.models.rules import Rule
from programs.models.seasons import Season
from programs.models.workplaces import Workplace

__all__ = [
    "Citation",
    "CodeVersion",
    "Participation",
    "Provision",
    "Rule",
    "Rung",
    "Season",
    "Severity",
    "Sourcing",
    "StandingEvent",
    "Workplace",
]
