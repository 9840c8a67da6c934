"""Models of the programs room, by the field's nouns."""

from programs.models.citations import Citation
from programs.models.codes import CodeVersion, Provision, Severity
from programs.models.education import (
    EducationDue,
    EducationSession,
    Handout,
    Material,
    SessionNote,
)
from programs.models.endorsements import Endorsement, EndorsementLetter, Endorser, EndorserAddress
from programs.models.news import NewsItem
from programs.models.participations import Participation, Rung, Sourcing, StandingEvent
from programs.models.rules import Rule
from programs.models.seasons import Season
from programs.models.sites import Engagement, SiteExtension
from programs.models.workplaces import Workplace

__all__ = [
    "Citation",
    "CodeVersion",
    "EducationDue",
    "EducationSession",
    "Endorsement",
    "EndorsementLetter",
    "Endorser",
    "EndorserAddress",
    "Engagement",
    "Handout",
    "Material",
    "NewsItem",
    "Participation",
    "Provision",
    "Rule",
    "Rung",
    "Season",
    "SessionNote",
    "Severity",
    "SiteExtension",
    "Sourcing",
    "StandingEvent",
    "Workplace",
]
