"""Agreements: parties, versions, clauses, signatures."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.enums import (
    AGREEMENT_MOVES,
    VERSION_MOVES,
    AgreementState,
    ClauseKind,
    Side,
    SignatureMethod,
    VersionState,
)
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class AgreementQuerySet(models.QuerySet):
    """Chains of agreements."""

    def binding(self) -> "AgreementQuerySet":
        """In force, or suspended for a time: what they say still holds."""
        return self.filter(state__in=[AgreementState.IN_FORCE, AgreementState.SUSPENDED])


class Agreement(ProgramModel):
    """One legally binding agreement. An annex is an agreement of its own with a `parent`, as the Accord's country programs are
    (`domain.md` 2.1). What it says is in its versions."""

    number = models.CharField(_("number"), max_length=20, editable=False)
    title = models.CharField(_("title"), max_length=300)
    template = models.CharField(_("started from"), max_length=60, blank=True)
    parent = ProgramForeignKey(
        "self", related_name="annexes", null=True, blank=True, verbose_name=_("annex of")
    )
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("Of an annex: where it applies.")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=AgreementState.choices, default=AgreementState.DRAFT
    )
    is_text_public = models.BooleanField(_("the text is public"), default=False)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    end_reason = models.TextField(_("reason of the end"), blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ProgramModel.manager_from(AgreementQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="agreement_number_once"),
            models.CheckConstraint(
                name="agreement_state_known", condition=Q(state__in=AgreementState.values)
            ),
            models.CheckConstraint(
                name="agreement_ended_has_day",
                condition=~Q(state__in=[AgreementState.EXPIRED, AgreementState.TERMINATED])
                | Q(ended_on__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["program", "state", "number", "id"], name="agreement_by_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def may_become(self, state: AgreementState) -> bool:
        """Whether the table of moves allows it."""
        return state in AGREEMENT_MOVES[AgreementState(self.state)]

    @property
    def is_binding(self) -> bool:
        """What it says holds now."""
        return self.state in (AgreementState.IN_FORCE, AgreementState.SUSPENDED)


class Party(ProgramModel):
    """An organization's part in one agreement."""

    agreement = ProgramForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    participation = ProgramForeignKey(Participation, related_name="agreement_parts")
    name = models.CharField(
        _("name"),
        max_length=300,
        blank=True,
        help_text="As the agreement says it; a portal may not read the participation.",
    )
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    signs = models.BooleanField(_("signs"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(ProgramModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "agreement", "participation"], name="party_once"),
            models.CheckConstraint(name="party_side_known", condition=Q(side__in=Side.values)),
        ]
        indexes = [models.Index(fields=["program", "participation"], name="party_of_participation")]

    def __str__(self) -> str:
        return self.name


class AgreementVersion(ProgramModel):
    """One version of the text. From the proposal on its bytes are fixed: `text_file`, a PDF, and its SHA-256 are what is signed."""

    agreement = ProgramForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    preamble = models.TextField(_("preamble"), blank=True)
    governing_law = models.CharField(_("governing law"), max_length=300, blank=True)
    change_note = models.TextField(_("what changes, and why"), blank=True)
    starts_on = models.DateField(_("takes effect"), null=True, blank=True)
    ends_on = models.DateField(
        _("ends"), null=True, blank=True, help_text=_("Last day. Empty: no end is agreed.")
    )
    text_file = ProgramForeignKey(StoredFile, related_name="+", null=True, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    complete_file = ProgramForeignKey(StoredFile, related_name="+", null=True, blank=True)
    complete_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(ProgramModel.Meta):
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "agreement", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["program", "agreement"],
                condition=Q(state=VersionState.IN_FORCE),
                name="version_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["program", "agreement"],
                condition=Q(state__in=[VersionState.DRAFT, VersionState.PROPOSED, VersionState.SIGNED]),
                name="version_one_open",
            ),
            models.CheckConstraint(name="version_state_known", condition=Q(state__in=VersionState.values)),
            models.CheckConstraint(
                name="version_proposed_has_bytes",
                condition=Q(state__in=[VersionState.DRAFT, VersionState.WITHDRAWN])
                | (~Q(text_sha256="") & Q(text_file__isnull=False)),
            ),
            models.CheckConstraint(
                name="version_ends_after_start",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.number}"

    def may_become(self, state: VersionState) -> bool:
        """Whether the table of moves allows it."""
        return state in VERSION_MOVES[VersionState(self.state)]


class ClauseQuerySet(models.QuerySet):
    """Chains of clauses."""

    def in_force(self, *, on: date) -> "ClauseQuerySet":
        """Of versions in force on a day, of agreements that bind."""
        return self.filter(
            Q(version__starts_on=None) | Q(version__starts_on__lte=on),
            Q(version__ends_on=None) | Q(version__ends_on__gte=on),
            version__state=VersionState.IN_FORCE,
            version__agreement__state__in=[AgreementState.IN_FORCE, AgreementState.SUSPENDED],
        )

    def of_kind(self, kind: ClauseKind) -> "ClauseQuerySet":
        """Of one kind."""
        return self.filter(kind=kind)

    def binding_party(self, participation_id: object) -> "ClauseQuerySet":
        """Of agreements that an organization is a party of."""
        return self.filter(version__agreement__parties__participation_id=participation_id)


class Clause(ProgramModel):
    """One clause of one version. `parameters` are those that `agreements.clauses` declares for its kind, checked there."""

    version = ProgramForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="clauses")
    kind = models.CharField(_("kind"), max_length=24, choices=ClauseKind.choices)
    reference = models.CharField(_("number"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    parameters = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("The parties made this clause public.")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    certainty = models.CharField(max_length=20, blank=True)
    provenance = models.JSONField(
        default=dict,
        blank=True,
        help_text="Certainty, source and note of single parameters, while they stand as the template had them.",
    )

    objects = ProgramModel.manager_from(ClauseQuerySet)

    class Meta(ProgramModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "version", "reference"], name="clause_reference_once"),
            models.CheckConstraint(name="clause_kind_known", condition=Q(kind__in=ClauseKind.values)),
        ]
        indexes = [models.Index(fields=["program", "kind"], name="clause_by_kind")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Signature(ProgramModel):
    """One party's signature over the exact bytes of a version. Never changed, never taken back."""

    version = ProgramForeignKey(AgreementVersion, related_name="signatures")
    party = ProgramForeignKey(Party, related_name="signatures")
    participation = ProgramForeignKey(Participation, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    title = models.CharField(_("title or office"), max_length=200)
    sha256 = models.CharField(max_length=64)
    method = models.CharField(max_length=10, choices=SignatureMethod.choices)
    signed_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "version", "party"], name="signature_once"),
            models.CheckConstraint(
                name="signature_method_known", condition=Q(method__in=SignatureMethod.values)
            ),
            models.CheckConstraint(name="signature_has_name_and_title", condition=~Q(name="") & ~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.title}"


class Decline(ProgramModel):
    """One party's refusal to sign a version, with its reason. Never changed; the program takes the version back and revises it."""

    version = ProgramForeignKey(AgreementVersion, related_name="declines")
    party = ProgramForeignKey(Party, related_name="declines")
    participation = ProgramForeignKey(Participation, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    declined_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["declined_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "version", "party"], name="decline_once"),
            models.CheckConstraint(name="decline_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} declined"
