"""Closed sets of the complaints room, and the tables of allowed moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a complaint reached the program."""

    WEB = "web", _("Web form")
    HOTLINE = "hotline", _("Hotline")
    TEXT = "text", _("Text message")
    PAPER = "paper", _("On paper")
    VISIT = "visit", _("In person")


class FiledBy(models.TextChoices):
    """Who complains, by category only. Source: `domain.md` 2.5 (A29, A30)."""

    WORKER = "worker", _("A worker")
    GROUP = "group", _("A group of workers")
    UNION = "union", _("A union")
    FEDERATION = "federation", _("A federation")
    REPRESENTATIVE = "representative", _("Another representative")
    PROGRAM = "program", _("The program itself")  # what a check-in or an inspection brought to light


class ComplaintState(models.TextChoices):
    """Where a complaint stands."""

    RECEIVED = "received", _("Received, to be triaged")
    SET_ASIDE = "set_aside", _("Set aside as possible abuse")
    ACCEPTED = "accepted", _("Accepted")
    INVESTIGATING = "investigating", _("Under investigation")
    RESOLVING = "resolving", _("Finding made, resolution under way")
    IN_REVIEW = "in_review", _("Outcome with a second person")
    CLOSED = "closed", _("Closed")
    APPEALED = "appealed", _("Appealed")
    REFERRED = "referred", _("Outside the scope, referred")
    NOT_COVERED = "not_covered", _("Workplace not covered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged with another complaint")
    ABUSE = "abuse", _("No complaint")


_C = ComplaintState
_LEAVE = frozenset({_C.WITHDRAWN, _C.MERGED, _C.REFERRED, _C.NOT_COVERED})
COMPLAINT_MOVES: dict[ComplaintState, frozenset[ComplaintState]] = {
    _C.RECEIVED: frozenset({_C.ACCEPTED, _C.SET_ASIDE, _C.ABUSE}) | _LEAVE,
    _C.SET_ASIDE: frozenset({_C.RECEIVED, _C.ABUSE, _C.WITHDRAWN}),
    _C.ACCEPTED: frozenset({_C.INVESTIGATING}) | _LEAVE,
    _C.INVESTIGATING: frozenset({_C.RESOLVING}) | _LEAVE,
    _C.RESOLVING: frozenset({_C.IN_REVIEW, _C.INVESTIGATING, _C.WITHDRAWN}),
    _C.IN_REVIEW: frozenset({_C.CLOSED, _C.RESOLVING}),
    _C.CLOSED: frozenset({_C.APPEALED, _C.ACCEPTED}),  # reopened, with the reason
    _C.APPEALED: frozenset({_C.CLOSED, _C.INVESTIGATING}),
    _C.REFERRED: frozenset({_C.ACCEPTED}),  # the partner could not help, or the scope was wider than thought
    _C.NOT_COVERED: frozenset({_C.ACCEPTED}),
    _C.WITHDRAWN: frozenset({_C.RECEIVED}),
    _C.MERGED: frozenset({_C.RECEIVED}),
    _C.ABUSE: frozenset({_C.RECEIVED}),
}
# What a worker does by herself: withdraw, take it back, appeal.
COMPLAINT_MOVES_OF_WORKERS = {
    **{
        state: frozenset({_C.WITHDRAWN})
        for state in (_C.RECEIVED, _C.SET_ASIDE, _C.ACCEPTED, _C.INVESTIGATING, _C.RESOLVING)
    },
    _C.WITHDRAWN: frozenset({_C.RECEIVED}),
    _C.CLOSED: frozenset({_C.APPEALED}),
}
OPEN_STATES = (
    _C.RECEIVED,
    _C.SET_ASIDE,
    _C.ACCEPTED,
    _C.INVESTIGATING,
    _C.RESOLVING,
    _C.IN_REVIEW,
    _C.APPEALED,
)
HANDLED_STATES = (_C.ACCEPTED, _C.INVESTIGATING, _C.RESOLVING, _C.IN_REVIEW, _C.APPEALED)

# What the worker reads of a state, in plain words and in her language.
PLAIN: dict[ComplaintState, object] = {
    _C.RECEIVED: _("We have it. Somebody will read it."),
    _C.SET_ASIDE: _("We have it. Somebody will read it."),
    _C.ACCEPTED: _("We have read it and are working on it."),
    _C.INVESTIGATING: _("We are finding out what happened."),
    _C.RESOLVING: _("We know enough and are working on a solution."),
    _C.IN_REVIEW: _("The solution is being checked by a second person."),
    _C.CLOSED: _("It is closed. You can ask us to look at it again."),
    _C.APPEALED: _("Another person is looking at it again."),
    _C.REFERRED: _("We passed it to people who can help with this."),
    _C.NOT_COVERED: _("This workplace is not part of the program."),
    _C.WITHDRAWN: _("You took it back. You can still write to us."),
    _C.MERGED: _("We are handling it together with another complaint."),
    _C.ABUSE: _("It is closed. You can still write to us."),
}


class Scope(models.TextChoices):
    """Whether a complaint falls under the program."""

    UNDECIDED = "undecided", _("To be decided")
    WITHIN = "within", _("Within the scope")
    OUTSIDE = "outside", _("Outside the scope")


class Part(models.TextChoices):
    """What somebody does on a complaint."""

    HANDLER = "handler", _("Handler")
    INVESTIGATOR = "investigator", _("Investigator")
    REVIEWER = "reviewer", _("Second pair of eyes")
    DECIDER = "decider", _("Decides the appeal")
    EMERGENCY = "emergency", _("Opened in an emergency")


class AssignmentState(models.TextChoices):
    """Whether somebody asked to take a part does. Declined goes back to who asked: nothing stays without an owner."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Ended")


_A = AssignmentState
ASSIGNMENT_MOVES: dict[AssignmentState, frozenset[AssignmentState]] = {
    _A.ASKED: frozenset({_A.ACCEPTED, _A.DECLINED, _A.ENDED}),
    _A.ACCEPTED: frozenset({_A.ENDED}),
    _A.DECLINED: frozenset(),
    _A.ENDED: frozenset(),
}


class Direction(models.TextChoices):
    """Who says it to whom."""

    FROM_WORKER = "from_worker", _("From the worker")
    TO_WORKER = "to_worker", _("To the worker")
    NOTE = "note", _("Internal note")


class Recipient(models.TextChoices):
    """To whom a worker may let something be said."""

    EMPLOYER = "employer", _("The employer")
    BRANDS = "brands", _("Brands that buy there")
    AUTHORITY = "authority", _("An authority")
    PARTNER = "partner", _("A partner organization")
    PUBLIC = "public", _("The public")


class Said(models.TextChoices):
    """What may be said."""

    FACTS = "facts", _("What happened, without naming her")
    NAME = "name", _("Her name")
    CONTACT = "contact", _("How to reach her")
