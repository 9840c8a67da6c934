"""Who endorses the principles. Nobody's program: the statement and its endorsers belong to the installation.

What a person typed is in `Endorsement`, without her address; the address is apart, sealed, and no audience of a program reads it.
What everybody may read is in `Endorser`, written when a moderator accepts.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import UUID7
from django.utils.translation import gettext_lazy as _

from programs.enums import ENDORSEMENT_MOVES, EndorsementState, EndorserKind, LetterKind
from wsr.accounts.models import Person


class Endorsement(models.Model):
    """One endorsement as it was asked for, and what became of it. After a withdrawal or a refusal it holds nothing personal."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    statement_version = models.PositiveIntegerField(_("version of the statement"))
    kind = models.CharField(_("who endorses"), max_length=20, choices=EndorserKind.choices)
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=200, blank=True)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    website = models.URLField(_("website"), blank=True)
    comment = models.TextField(_("comment"), blank=True)
    is_listed = models.BooleanField(_("may be named in the public list"))
    language = models.CharField(max_length=10)
    state = models.CharField(_("state"), max_length=20, choices=EndorsementState.choices)
    nonce = models.CharField(
        max_length=32, help_text="Of the link that confirms; a new one ends the old link."
    )
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_domain = models.CharField(
        max_length=253,
        blank=True,
        help_text="Domain of the confirmed address, where it is that of the organization's website.",
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    left_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="endorsement_state_known", condition=Q(state__in=EndorsementState.values)
            ),
            models.CheckConstraint(name="endorsement_kind_known", condition=Q(kind__in=EndorserKind.values)),
            models.CheckConstraint(
                name="endorsement_confirmed_before_seen",
                condition=Q(state=EndorsementState.UNCONFIRMED, confirmed_at=None)
                | Q(confirmed_at__isnull=False) & ~Q(state=EndorsementState.UNCONFIRMED),
            ),
            models.CheckConstraint(
                name="endorsement_withdrawn_is_empty",
                condition=~Q(state=EndorsementState.WITHDRAWN)
                | Q(name="", role="", organization="", website="", comment="", confirmed_domain=""),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "confirmed_at", "id"], name="endorsement_by_state"),
            models.Index(
                fields=["asked_at"],
                condition=Q(state=EndorsementState.UNCONFIRMED),
                name="endorsement_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def shown_name(self) -> str:
        """The name it goes by in public: that of the organization, or of the person."""
        return self.organization if self.kind == EndorserKind.ORGANIZATION else self.name

    def may_become(self, state: EndorsementState) -> bool:
        """Whether this state may follow the present one."""
        return state in ENDORSEMENT_MOVES[EndorsementState(self.state)]


class EndorserAddress(models.Model):
    """The e-mail address of an endorsement: found by a keyed digest, readable by the mail's sender alone. Erased with it."""

    endorsement = models.OneToOneField(Endorsement, models.CASCADE, primary_key=True, related_name="address")
    digest = models.BinaryField(max_length=32, unique=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.pk)


class EndorsementLetter(models.Model):
    """A mail that is to be written to an endorser. Its words and its link are made when it is sent."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    endorsement = models.ForeignKey(Endorsement, models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=20, choices=LetterKind.choices)
    asked_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, help_text="Empty once it was sent, or given up.")
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="endorsementletter_kind_known", condition=Q(kind__in=LetterKind.values)
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="endorsementletter_due"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EndorserQuerySet(models.QuerySet):
    """Chains over what everybody may read."""

    def counted(self) -> "EndorserQuerySet":
        """Who endorses now, named or not."""
        return self.filter(left_on=None)

    def named(self) -> "EndorserQuerySet":
        """Who endorses now and agreed to be named."""
        return self.counted().filter(is_named=True)


class Endorser(models.Model):
    """One endorsement as everybody may read it; its id is that of the endorsement. Nothing but dates where `is_named` is False."""

    id = models.UUIDField(primary_key=True, editable=False)
    statement_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=EndorserKind.choices)
    is_named = models.BooleanField()
    name = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=200, blank=True)
    signed_by = models.CharField(max_length=410, blank=True)
    organization = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    website = models.URLField(blank=True)
    comment = models.TextField(blank=True)
    domain = models.CharField(max_length=253, blank=True)
    search = models.TextField(blank=True)
    endorsed_on = models.DateField()
    left_on = models.DateField(null=True)

    objects = EndorserQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="endorser_kind_known", condition=Q(kind__in=EndorserKind.values)),
            models.CheckConstraint(
                name="endorser_unnamed_is_empty",
                condition=Q(is_named=True, left_on=None)
                | Q(name="", signed_by="", organization="", comment="", website="", domain="", search=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["name_key", "id"],
                condition=Q(is_named=True, left_on=None),
                name="endorser_by_name",
            ),
            GinIndex(OpClass("search", "gin_trgm_ops"), name="endorser_search"),
        ]

    def __str__(self) -> str:
        return self.name
