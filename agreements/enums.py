"""Closed sets of the agreements room, and the tables of allowed moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClauseKind(models.TextChoices):
    """What a clause is about. What each kind asks for is declared in `agreements.clauses`."""

    DEFINITIONS = "definitions", _("Definitions")
    FINANCIAL_SUPPORT = "financial_support", _("Financial support")
    PREMIUM = "premium", _("Premium")
    STOP_PURCHASE = "stop_purchase", _("Stop of purchases")
    PURCHASE_PREFERENCE = "purchase_preference", _("Purchase preference")
    SOURCING_DISCLOSURE = "sourcing_disclosure", _("Disclosure of sourcing")
    REPORTING = "reporting", _("Reporting")
    ACCESS = "access", _("Access")
    NON_INTERFERENCE = "non_interference", _("Non-interference")
    PROGRAM_FEE = "program_fee", _("Program fee")
    DISPUTE_RESOLUTION = "dispute_resolution", _("Dispute resolution")
    TERM = "term", _("Term")
    GENERAL = "general", _("General")


class AgreementState(models.TextChoices):
    """Where an agreement stands as a whole."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    SIGNED = "signed", _("Signed")
    IN_FORCE = "in_force", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    EXPIRED = "expired", _("Expired")
    TERMINATED = "terminated", _("Terminated")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_A = AgreementState
AGREEMENT_MOVES: dict[AgreementState, frozenset[AgreementState]] = {
    _A.DRAFT: frozenset({_A.PROPOSED, _A.WITHDRAWN}),
    _A.PROPOSED: frozenset({_A.DRAFT, _A.SIGNED, _A.WITHDRAWN}),
    _A.SIGNED: frozenset({_A.IN_FORCE, _A.WITHDRAWN}),
    _A.IN_FORCE: frozenset({_A.SUSPENDED, _A.EXPIRED, _A.TERMINATED}),
    _A.SUSPENDED: frozenset({_A.IN_FORCE, _A.EXPIRED, _A.TERMINATED}),
    _A.EXPIRED: frozenset(),
    _A.TERMINATED: frozenset(),
    _A.WITHDRAWN: frozenset(),
}


class VersionState(models.TextChoices):
    """Where one version of the text stands. A version that is no longer a draft never changes its text."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    SIGNED = "signed", _("Signed by everyone")
    IN_FORCE = "in_force", _("In force")
    AMENDED = "amended", _("Amended by a later version")
    ENDED = "ended", _("Ended with the agreement")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_V = VersionState
VERSION_MOVES: dict[VersionState, frozenset[VersionState]] = {
    _V.DRAFT: frozenset({_V.PROPOSED, _V.WITHDRAWN}),
    _V.PROPOSED: frozenset({_V.SIGNED, _V.WITHDRAWN}),
    _V.SIGNED: frozenset({_V.IN_FORCE, _V.WITHDRAWN}),
    _V.IN_FORCE: frozenset({_V.AMENDED, _V.ENDED}),
    _V.AMENDED: frozenset(),
    _V.ENDED: frozenset(),
    _V.WITHDRAWN: frozenset(),
}


class EscalationState(models.TextChoices):
    """Whether a supplier is on the ladder."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


ESCALATION_MOVES: dict[EscalationState, frozenset[EscalationState]] = {
    EscalationState.OPEN: frozenset({EscalationState.CLOSED}),
    EscalationState.CLOSED: frozenset(),
}


class StepKind(models.TextChoices):
    """What happened to an escalation."""

    OPENED = "opened", _("Opened")
    CLIMBED = "climbed", _("Next rung")
    STEPPED_DOWN = "stepped_down", _("Back down")
    GROUP = "group", _("With its group")
    CONDITION = "condition", _("Condition for return")
    PROPOSED = "proposed", _("Next rung proposed")
    CORRECTED = "corrected", _("Standing corrected")
    CLOSED = "closed", _("Closed")


class Recipient(models.TextChoices):
    """Who gets a letter of the ladder."""

    SUPPLIER = "supplier", _("Supplier")
    BRANDS = "brands", _("Brands that source from it")
    UNIONS = "unions", _("Worker organizations")
    WORKERS = "workers", _("Workers, on the wall")


class MeetingState(models.TextChoices):
    """Where a meeting with a supplier stands."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


MEETING_MOVES: dict[MeetingState, frozenset[MeetingState]] = {
    MeetingState.PLANNED: frozenset({MeetingState.HELD, MeetingState.CANCELLED}),
    MeetingState.HELD: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}


class DutyState(models.TextChoices):
    """Where a duty to stop purchases stands."""

    OPEN = "open", _("Not acknowledged")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    SUBMITTED = "submitted", _("Proof sent")
    ACCEPTED = "accepted", _("Proof accepted")
    RETURNED = "returned", _("Proof returned")
    LIFTED = "lifted", _("Lifted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_D = DutyState
DUTY_OVER = (_D.LIFTED, _D.WITHDRAWN)
_ENDS = frozenset(DUTY_OVER)
DUTY_MOVES: dict[DutyState, frozenset[DutyState]] = {
    _D.OPEN: frozenset({_D.ACKNOWLEDGED}) | _ENDS,
    _D.ACKNOWLEDGED: frozenset({_D.SUBMITTED}) | _ENDS,
    _D.SUBMITTED: frozenset({_D.ACCEPTED, _D.RETURNED}) | _ENDS,
    _D.RETURNED: frozenset({_D.SUBMITTED}) | _ENDS,
    _D.ACCEPTED: _ENDS,
    _D.LIFTED: frozenset(),
    _D.WITHDRAWN: frozenset(),
}
# What a brand does by itself; the answers to it are the program's.
DUTY_MOVES_OF_BRANDS: dict[DutyState, frozenset[DutyState]] = {
    _D.OPEN: frozenset({_D.ACKNOWLEDGED}),
    _D.ACKNOWLEDGED: frozenset({_D.SUBMITTED}),
    _D.RETURNED: frozenset({_D.SUBMITTED}),
}


class Side(models.TextChoices):
    """On whose side a party stands."""

    PROGRAM = "program", _("For the program")
    BRAND = "brand", _("Brand")
    SUPPLIER = "supplier", _("Supplier")
    WITNESS = "witness", _("Witness")


class SignatureMethod(models.TextChoices):
    """By which second factor the signer was recognized when signing."""

    TOTP = "totp", _("Code of an authenticator app")
    PASSKEY = "webauthn", _("Passkey")


class ObligationState(models.TextChoices):
    """Where one obligation of one party stands."""

    OPEN = "open", _("Open")
    SUBMITTED = "submitted", _("Answered, to be accepted")
    RETURNED = "returned", _("Returned")
    ACCEPTED = "accepted", _("Accepted")
    WAIVED = "waived", _("Waived")
    CANCELLED = "cancelled", _("Cancelled")


_O = ObligationState
OBLIGATION_MOVES: dict[ObligationState, frozenset[ObligationState]] = {
    _O.OPEN: frozenset({_O.SUBMITTED, _O.WAIVED, _O.CANCELLED}),
    _O.SUBMITTED: frozenset({_O.ACCEPTED, _O.RETURNED, _O.CANCELLED}),
    _O.RETURNED: frozenset({_O.SUBMITTED, _O.WAIVED, _O.CANCELLED}),
    _O.ACCEPTED: frozenset(),
    _O.WAIVED: frozenset(),
    _O.CANCELLED: frozenset(),
}
# What the party itself may do, from its portal; everything else is for the program.
ANSWERS = {_O.OPEN: frozenset({_O.SUBMITTED}), _O.RETURNED: frozenset({_O.SUBMITTED})}
OWED = (_O.OPEN, _O.RETURNED)


class BreachState(models.TextChoices):
    """Where a breach of an agreement stands."""

    SUSPECTED = "suspected", _("Suspected")
    NOTICED = "noticed", _("Notice served")
    CURE_CLAIMED = "cure_claimed", _("Said to be cured")
    CURED = "cured", _("Cured")
    NOT_CURED = "not_cured", _("Not cured")
    DISPUTED = "disputed", _("Before the committee")
    UPHELD = "upheld", _("Found to be a breach")
    DISMISSED = "dismissed", _("Found to be no breach")
    SETTLED = "settled", _("Settled")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_B = BreachState
BREACH_MOVES: dict[BreachState, frozenset[BreachState]] = {
    _B.SUSPECTED: frozenset({_B.NOTICED, _B.WITHDRAWN}),
    _B.NOTICED: frozenset({_B.CURE_CLAIMED, _B.NOT_CURED, _B.DISPUTED, _B.WITHDRAWN}),
    _B.CURE_CLAIMED: frozenset({_B.CURED, _B.NOTICED, _B.NOT_CURED, _B.DISPUTED, _B.WITHDRAWN}),
    _B.NOT_CURED: frozenset({_B.CURE_CLAIMED, _B.DISPUTED, _B.WITHDRAWN}),
    _B.DISPUTED: frozenset({_B.UPHELD, _B.DISMISSED, _B.NOT_CURED, _B.SETTLED}),
    _B.UPHELD: frozenset({_B.CURED, _B.DISMISSED, _B.SETTLED}),
    _B.DISMISSED: frozenset({_B.UPHELD, _B.SETTLED}),
    _B.CURED: frozenset(),
    _B.SETTLED: frozenset(),
    _B.WITHDRAWN: frozenset(),
}
_PETITION = frozenset({_B.DISPUTED})
# The party itself says that it has cured a breach, asks the committee, or withdraws what it asked.
BREACH_ANSWERS = {
    _B.NOTICED: frozenset({_B.CURE_CLAIMED}) | _PETITION,
    _B.CURE_CLAIMED: _PETITION,
    _B.NOT_CURED: frozenset({_B.CURE_CLAIMED}) | _PETITION,
    _B.DISPUTED: frozenset({_B.NOT_CURED}),
}


class DisputeState(models.TextChoices):
    """Where a petition to the committee stands."""

    FILED = "filed", _("Filed")
    DECIDED = "decided", _("Decided")
    UNDECIDED = "undecided", _("Not decided in time")
    ARBITRATION = "arbitration", _("In arbitration")
    FINAL = "final", _("Final")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_D = DisputeState
DISPUTE_MOVES: dict[DisputeState, frozenset[DisputeState]] = {
    _D.FILED: frozenset({_D.DECIDED, _D.UNDECIDED, _D.WITHDRAWN}),
    _D.DECIDED: frozenset({_D.ARBITRATION, _D.FINAL}),
    _D.UNDECIDED: frozenset({_D.DECIDED, _D.ARBITRATION, _D.WITHDRAWN}),
    _D.ARBITRATION: frozenset({_D.FINAL}),
    _D.FINAL: frozenset(),
    _D.WITHDRAWN: frozenset(),
}
# What a party may do with a petition; only its own can it withdraw.
DISPUTE_ANSWERS = {
    _D.FILED: frozenset({_D.WITHDRAWN}),
    _D.DECIDED: frozenset({_D.ARBITRATION}),
    _D.UNDECIDED: frozenset({_D.ARBITRATION, _D.WITHDRAWN}),
}


class Outcome(models.TextChoices):
    """What the committee, or the arbitrator, found."""

    UPHELD = "upheld", _("It is a breach")
    DISMISSED = "dismissed", _("It is no breach")


class Choice(models.TextChoices):
    """A committee member's vote: on a petition whether there is a breach, on any other item whether it is adopted (`PLAIN_CHOICES`)."""

    FOR = "for", _("It is a breach")
    AGAINST = "against", _("It is no breach")
    ABSTAINED = "abstained", _("Abstains")
    RECUSED = "recused", _("Recused")


PLAIN_CHOICES = {
    Choice.FOR: _("In favor"),
    Choice.AGAINST: _("Against"),
    Choice.ABSTAINED: _("Abstains"),
    Choice.RECUSED: _("Recused"),
}


class ArbitrationState(models.TextChoices):
    """Where an arbitration stands."""

    ASKED = "asked", _("Asked for")
    FILED = "filed", _("Filed")
    AWARDED = "awarded", _("Award given")
    SETTLED = "settled", _("Settled")
    ENDED = "ended", _("Ended without an award")


_R = ArbitrationState
ARBITRATION_MOVES: dict[ArbitrationState, frozenset[ArbitrationState]] = {
    _R.ASKED: frozenset({_R.FILED, _R.SETTLED, _R.ENDED}),
    _R.FILED: frozenset({_R.AWARDED, _R.SETTLED, _R.ENDED}),
    _R.AWARDED: frozenset(),
    _R.SETTLED: frozenset(),
    _R.ENDED: frozenset(),
}


# ── The committee ────────────────────────────────────────────────────────────────────────────────


class SeatSide(models.TextChoices):
    """The side a member of the committee sits for. The two sides of an agreement, industry beside them, a chair between, and witnesses."""

    WORKERS = "workers", _("Worker organizations")
    BRANDS = "brands", _("Brands")
    EMPLOYERS = "employers", _("Employers")
    CHAIR = "chair", _("Neutral chair")
    WITNESS = "witness", _("Witness, without a vote")


class SittingState(models.TextChoices):
    """Where a meeting of the committee stands. Members see it from the call on."""

    PLANNED = "planned", _("In preparation")
    CALLED = "called", _("Called")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


_G = SittingState
SITTING_MOVES: dict[SittingState, frozenset[SittingState]] = {
    _G.PLANNED: frozenset({_G.CALLED, _G.CANCELLED}),
    _G.CALLED: frozenset({_G.HELD, _G.CANCELLED}),
    _G.HELD: frozenset(),
    _G.CANCELLED: frozenset(),
}


class ItemKind(models.TextChoices):
    """Where an item of the agenda comes from: the records, the minutes of another meeting, or somebody's proposal."""

    MINUTES = "minutes", _("Minutes of an earlier meeting")
    PETITION = "petition", _("Petition")
    BREACH = "breach", _("Breach, time to cure")
    OVERDUE = "overdue", _("Overdue obligations")
    SUSPENDED = "suspended", _("Suspended suppliers")
    FIGURES = "figures", _("Figures of the season")
    RULES = "rules", _("Rules to decide on")
    FOLLOW_UP = "follow_up", _("Open decisions")
    FREE = "free", _("Other")


class ItemState(models.TextChoices):
    """What became of an item."""

    OPEN = "open", _("To come")
    DECIDED = "decided", _("Decided")
    NOTED = "noted", _("Noted")
    ADJOURNED = "adjourned", _("Left for another meeting")
    GONE = "gone", _("Not before the committee any more")


_I = ItemState
ITEM_MOVES: dict[ItemState, frozenset[ItemState]] = {
    _I.OPEN: frozenset({_I.DECIDED, _I.NOTED, _I.ADJOURNED, _I.GONE}),
    _I.DECIDED: frozenset(),
    _I.NOTED: frozenset(),
    _I.ADJOURNED: frozenset(),
    _I.GONE: frozenset(),
}


class MinutesState(models.TextChoices):
    """Where the minutes of a meeting stand."""

    DRAFT = "draft", _("Draft")
    CIRCULATED = "circulated", _("Before the members")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_M = MinutesState
MINUTES_MOVES: dict[MinutesState, frozenset[MinutesState]] = {
    _M.DRAFT: frozenset({_M.CIRCULATED}),
    _M.CIRCULATED: frozenset({_M.DRAFT, _M.APPROVED}),
    _M.APPROVED: frozenset({_M.WITHDRAWN}),
    _M.WITHDRAWN: frozenset(),
}
