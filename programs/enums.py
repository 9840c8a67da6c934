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


class WorkplaceType(models.TextChoices):
    """Whether a workplace lasts, ends on a planned day, or is where workers are housed."""

    LASTING = "lasting", _("Lasting workplace")
    SITE = "site", _("Site with an end")
    HOUSING = "housing", _("Housing provided at a site")


class ContractorRole(models.TextChoices):
    """As what somebody works on a site, from the top down."""

    DEVELOPER = "developer", _("Developer")
    GENERAL_CONTRACTOR = "general_contractor", _("General contractor")
    SUBCONTRACTOR = "subcontractor", _("Subcontractor")
    LABOR_BROKER = "labor_broker", _("Labor broker")


_R = ContractorRole
# Whom each hires. Source: the trade itself (`domain.md` 4.5, inferred); no rule of a program was seen.
HIRES: dict[ContractorRole, frozenset[ContractorRole]] = {
    _R.DEVELOPER: frozenset({_R.GENERAL_CONTRACTOR, _R.SUBCONTRACTOR, _R.LABOR_BROKER}),
    _R.GENERAL_CONTRACTOR: frozenset({_R.SUBCONTRACTOR, _R.LABOR_BROKER}),
    _R.SUBCONTRACTOR: frozenset({_R.SUBCONTRACTOR, _R.LABOR_BROKER}),
    _R.LABOR_BROKER: frozenset({_R.LABOR_BROKER}),
}
ON_TOP = (_R.DEVELOPER, _R.GENERAL_CONTRACTOR)  # who may be hired by nobody on the site


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
    "Complying": _("Complying"),
    "Orders reduced": _("Orders reduced"),
    "Business consequences": _("Business consequences"),
    "Loses the work": _("Loses the work"),
}


class EndorserKind(models.TextChoices):
    """Who endorses the principles."""

    PERSON = "person", _("A person")
    ORGANIZATION = "organization", _("An organization")


class EndorsementState(models.TextChoices):
    """Where an endorsement stands."""

    UNCONFIRMED = "unconfirmed", _("Not confirmed by e-mail")
    WAITING = "waiting", _("Waits for a moderator")
    ACCEPTED = "accepted", _("Counted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ENDORSEMENT_MOVES: dict[EndorsementState, frozenset[EndorsementState]] = {
    EndorsementState.UNCONFIRMED: frozenset({EndorsementState.WAITING}),
    EndorsementState.WAITING: frozenset(
        {EndorsementState.ACCEPTED, EndorsementState.DECLINED, EndorsementState.WITHDRAWN}
    ),
    EndorsementState.ACCEPTED: frozenset({EndorsementState.DECLINED, EndorsementState.WITHDRAWN}),
    EndorsementState.DECLINED: frozenset(),
    EndorsementState.WITHDRAWN: frozenset(),
}


class LetterKind(models.TextChoices):
    """What is written to an endorser."""

    CONFIRM = "confirm", _("Confirm your endorsement")
    KNOWN = "known", _("This address endorses already")
    ACCEPTED = "accepted", _("Your endorsement counts")
    DECLINED = "declined", _("Your endorsement was declined")


class NewsKind(models.TextChoices):
    """What a news item is about."""

    ANNOUNCEMENT = "announcement", _("Announcement")
    AGREEMENT = "agreement", _("Agreement")
    ENFORCEMENT = "enforcement", _("Enforcement")
    EDUCATION = "education", _("Education")
    REPORT = "report", _("Report")
    EVENT = "event", _("Event")


class NewsState(models.TextChoices):
    """Where a news item stands."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


NEWS_MOVES: dict[NewsState, frozenset[NewsState]] = {
    NewsState.DRAFT: frozenset({NewsState.PUBLISHED}),
    NewsState.PUBLISHED: frozenset({NewsState.WITHDRAWN}),
    NewsState.WITHDRAWN: frozenset(),
}


class EducationKind(models.TextChoices):
    """What a session is for."""

    FIRST_DAY = "first_day", _("First day at work")
    SESSION = "session", _("Worker-to-worker session")
    INITIAL = "initial", _("First meeting of the course")
    MODULE = "module", _("Module of the course")
    ALL_EMPLOYEES = "all_employees", _("Meeting of all employees")
    COMMITTEE = "committee", _("Meeting of the safety committee")
    OTHER = "other", _("Other session")


COURSE = (EducationKind.INITIAL, EducationKind.ALL_EMPLOYEES, EducationKind.MODULE)
NUMBERED = (EducationKind.ALL_EMPLOYEES, EducationKind.MODULE)


class DueState(models.TextChoices):
    """Where something owed stands."""

    OWED = "owed", _("Owed")
    MET = "met", _("Held")
    DROPPED = "dropped", _("No longer owed")


DUE_MOVES: dict[DueState, frozenset[DueState]] = {
    DueState.OWED: frozenset({DueState.MET, DueState.DROPPED}),
    DueState.MET: frozenset({DueState.OWED}),  # what counted was taken back
    DueState.DROPPED: frozenset({DueState.OWED}),
}


class DueBasis(models.TextChoices):
    """Why something is owed by its date, or without one."""

    SEASON_END = "season_end", _("The season ends")
    EVERY = "every", _("So long after the last one")
    FIRST = "first", _("So long after the workplace began to take part")
    STEP = "step", _("So long after the step before it")
    EACH_WORKER = "each_worker", _("With each worker who begins")
    NO_LENGTH = "no_length", _("The program has not said by when")
    AFTER_STEP = "after_step", _("After the step before it")


class SessionState(models.TextChoices):
    """Where a session stands."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held and reported")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")


SESSION_MOVES: dict[SessionState, frozenset[SessionState]] = {
    SessionState.PLANNED: frozenset({SessionState.HELD, SessionState.CANCELLED}),
    SessionState.HELD: frozenset({SessionState.CONFIRMED, SessionState.CANCELLED}),
    SessionState.CONFIRMED: frozenset({SessionState.HELD}),  # a mistake was found
    SessionState.CANCELLED: frozenset(),
}


class Access(models.TextChoices):
    """What the supplier says of time and place."""

    NOT_ASKED = "not_asked", _("Not asked: the supplier has no account")
    ASKED = "asked", _("Waits for the supplier's answer")
    AGREED = "agreed", _("The supplier agrees to time and place")
    OTHER_TIME = "other_time", _("The supplier asks for another time or place")


_ANSWERS = frozenset({Access.AGREED, Access.OTHER_TIME})
ACCESS_MOVES_OF_SUPPLIERS: dict[Access, frozenset[Access]] = {
    Access.ASKED: _ANSWERS,
    Access.AGREED: frozenset({Access.OTHER_TIME}),
    Access.OTHER_TIME: frozenset({Access.AGREED}),
}
ACCESS_MOVES: dict[Access, frozenset[Access]] = {
    Access.NOT_ASKED: frozenset({Access.ASKED}),
    Access.ASKED: _ANSWERS,
    # another time was planned, so it is asked again
    Access.AGREED: frozenset({Access.OTHER_TIME, Access.ASKED}),
    Access.OTHER_TIME: frozenset({Access.AGREED, Access.ASKED}),
}


class MaterialKind(models.TextChoices):
    """What is handed out or shown."""

    BOOKLET = "booklet", _("Booklet")
    CARD = "card", _("Card with the number")
    VIDEO = "video", _("Video")
    POSTER = "poster", _("Poster")
    OTHER = "other", _("Something else")
