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
PENDING_STATES = tuple(
    state for state in OPEN_STATES if state != _C.SET_ASIDE
)  # not finished, and no abuse as far as is known
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


# What whoever works on it does next. Closed ones have the watch.
NEXT: dict[ComplaintState, object] = {
    _C.RECEIVED: _("Read it and decide: accept it, refer it, or say that the workplace is not covered."),
    _C.SET_ASIDE: _("Read it: bring it back, or say that there is nothing in it."),
    _C.ACCEPTED: _("Begin the investigation."),
    _C.INVESTIGATING: _("Plan, ask, and write down what you find; then conclude."),
    _C.RESOLVING: _("Set what is owed, propose a solution, and hand it to a second person."),
    _C.IN_REVIEW: _("A second person approves it or gives it back."),
    _C.APPEALED: _("Somebody who had no part in it decides."),
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


class CallbackState(models.TextChoices):
    """Where a wish to be called stands."""

    WAITING = "waiting", _("To be called")
    REACHED = "reached", _("Reached")
    GIVEN_UP = "given_up", _("Not reached")
    CANCELLED = "cancelled", _("Not to be called any more")


_B = CallbackState
CALLBACK_MOVES: dict[CallbackState, frozenset[CallbackState]] = {
    _B.WAITING: frozenset({_B.REACHED, _B.GIVEN_UP, _B.CANCELLED}),
    _B.REACHED: frozenset(),
    _B.GIVEN_UP: frozenset(),
    _B.CANCELLED: frozenset(),
}
CALLBACK_MOVES_OF_WORKERS = {_B.WAITING: frozenset({_B.CANCELLED})}


class Heard(models.TextChoices):
    """What came of one call."""

    REACHED = "reached", _("I spoke with her")
    NO_ANSWER = "no_answer", _("Nobody answered")
    WRONG_PERSON = "wrong_person", _("Somebody else answered")


# Who investigates: works on the plan, the findings and the remedies, and alone reads what was said in interviews.
INVESTIGATES = (Part.HANDLER, Part.INVESTIGATOR, Part.DECIDER)


class Way(models.TextChoices):
    """With whom a complaint is investigated. Source: `domain.md` 1.5 (F6) for the joint way."""

    MONITOR = "monitor", _("By the program alone")
    JOINT = "joint", _("Together with representatives of the employer")


class With(models.TextChoices):
    """With whom somebody spoke, by category only."""

    COMPLAINANT = "complainant", _("The complainant")
    WORKER = "worker", _("Another worker")
    SUPERVISOR = "supervisor", _("A supervisor")
    MANAGEMENT = "management", _("Management")
    OTHER = "other", _("Somebody else")


class Place(models.TextChoices):
    """Where an interview was held."""

    AWAY = "away", _("Away from work")
    PHONE = "phone", _("By telephone")
    AT_WORK = "at_work", _("At the workplace")
    OTHER = "other", _("Somewhere else")


class Outcome(models.TextChoices):
    """What was found about one provision."""

    UPHELD = "upheld", _("Upheld")
    PARTLY = "partly", _("Partly upheld")
    NOT_UPHELD = "not_upheld", _("Not upheld")
    NOT_ESTABLISHED = "not_established", _("Could not be established")


class RemedyKind(models.TextChoices):
    """What makes it good. Source: `domain.md` 1.5, and the remedies listed in [D5]."""

    MONEY = "money", _("Money that is owed")
    REINSTATEMENT = "reinstatement", _("The job back")
    APOLOGY = "apology", _("An apology")
    REPAIR = "repair", _("Schedule, housing or workplace put right")
    TRAINING = "training", _("Training")
    DISCIPLINE = "discipline", _("Consequences for a supervisor")
    OTHER = "other", _("Something else")


class OwedBy(models.TextChoices):
    """Who has to do it."""

    EMPLOYER = "employer", _("The employer")
    CONTRACTOR = "contractor", _("A labor contractor")
    BRAND = "brand", _("A brand")
    OTHER = "other", _("Somebody else")


class Got(models.TextChoices):
    """What a worker says of her share of a remedy."""

    YES = "yes", _("Got it")
    NO = "no", _("Did not get it")


class Act(models.TextChoices):
    """What an employer can see of a complaint. From each of them on somebody may be made to pay for it."""

    CONTACT = "contact", _("First contact with the employer")
    VISIT = "visit", _("Investigation on site")
    ACTION = "action", _("Corrective action sent")
    REMEDY = "remedy", _("Remedy due or paid")
    RESOLVED = "resolved", _("Resolution told")
    CLOSED = "closed", _("Closing told")
    NAMED = "named", _("Name or contact given away")
    HARM = "harm", _("Retaliation reported")
    UNASKED = "unasked", _("The worker spoke first")


class CheckInAnswer(models.TextChoices):
    """What came of asking. Whoever was not reached is not counted as well."""

    OPEN = "", _("Not answered yet")
    FINE = "fine", _("Nothing bad happened")
    HARM = "harm", _("Treated worse")
    NOT_REACHED = "not_reached", _("Not reached")


class Harm(models.TextChoices):
    """How somebody is made to pay, in the words of whoever is asked."""

    HOURS = "hours", _("They cut my hours or my pay")
    MOVED = "moved", _("They moved me to worse work")
    THREATENED = "threatened", _("They threatened me")
    DISMISSED = "dismissed", _("They dismissed me")
    OTHER = "other", _("Something else")


class MeasureState(models.TextChoices):
    """Where the words of a corrective action stand that is born from a complaint."""

    HELD = "held", _("Held back: the words may point to somebody")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Dropped")


_M = MeasureState
MEASURE_MOVES: dict[MeasureState, frozenset[MeasureState]] = {
    _M.HELD: frozenset({_M.SENT, _M.DROPPED}),
    _M.SENT: frozenset(),
    _M.DROPPED: frozenset(),
}


class Basis(models.TextChoices):
    """Why somebody's name may be given away."""

    CONSENT = "consent", _("She allows it")
    LEGAL_DUTY = "legal_duty", _("A law commands it")


class ReleaseState(models.TextChoices):
    """Where the release of a name or a contact stands."""

    ASKED = "asked", _("Asked, to be decided by another person")
    APPROVED = "approved", _("Approved for a time")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", _("Ended")


_R = ReleaseState
RELEASE_MOVES: dict[ReleaseState, frozenset[ReleaseState]] = {
    _R.ASKED: frozenset({_R.APPROVED, _R.REFUSED, _R.ENDED}),
    _R.APPROVED: frozenset({_R.ENDED}),
    _R.REFUSED: frozenset(),
    _R.ENDED: frozenset(),
}
# A worker who takes her consent back ends what stands on it.
RELEASE_MOVES_OF_WORKERS = {state: frozenset({_R.ENDED}) for state in (_R.ASKED, _R.APPROVED)}


class Reply(models.TextChoices):
    """What a complainant says to the solution that is proposed to her."""

    AGREES = "agrees", _("Agrees")
    CHANGE = "change", _("Asks for a change")
    DISAGREES = "disagrees", _("Disagrees")


class ReviewOutcome(models.TextChoices):
    """What the second pair of eyes said."""

    PENDING = "pending", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Given back")


REVIEW_MOVES: dict[ReviewOutcome, frozenset[ReviewOutcome]] = {
    ReviewOutcome.PENDING: frozenset({ReviewOutcome.APPROVED, ReviewOutcome.RETURNED}),
    ReviewOutcome.APPROVED: frozenset(),
    ReviewOutcome.RETURNED: frozenset(),
}


class Side(models.TextChoices):
    """Who appeals."""

    WORKER = "worker", _("The worker")
    EMPLOYER = "employer", _("The employer")


class AppealOutcome(models.TextChoices):
    """What became of an appeal."""

    PENDING = "pending", _("Waits for another person")
    UPHELD = "upheld", _("The outcome stands as it was")
    AGAIN = "again", _("It is looked at again")


APPEAL_MOVES: dict[AppealOutcome, frozenset[AppealOutcome]] = {
    AppealOutcome.PENDING: frozenset({AppealOutcome.UPHELD, AppealOutcome.AGAIN}),
    AppealOutcome.UPHELD: frozenset(),
    AppealOutcome.AGAIN: frozenset(),
}


class Topic(models.TextChoices):
    """What a published count of complaints is about: all of them, or one way to take them apart."""

    RECEIVED = "received", _("Received")
    ISSUE = "issue", _("What they are about")
    SEVERITY = "severity", _("How grave they are")
    CHANNEL = "channel", _("How they came")
    SPEED = "speed", _("How soon they were resolved")
    SUPPLIER = "supplier", _("At which supplier")
    OUTCOME = "outcome", _("How they ended")
    RETALIATION = "retaliation", _("Retaliation")
