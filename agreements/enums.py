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
