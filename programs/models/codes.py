"""The code of conduct: versions, provisions, and the program's own severities."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.enums import CODE_MOVES, Certainty, CodeState
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Severity(ProgramModel):
    """How grave a breach is, in the program's own words: those of the rules about it, as they are today (`programs.meanings`)."""

    key = models.SlugField(max_length=40)
    label = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("order"), help_text="0 is the gravest.")
    consequence = models.TextField(_("consequence"), blank=True)
    certainty = models.CharField(max_length=20, choices=Certainty.choices)
    source = models.CharField(max_length=300, blank=True)

    class Meta(ProgramModel.Meta):
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="severity_key_once")]

    def __str__(self) -> str:
        return self.label


class CodeVersion(ProgramModel):
    """One version of the code of conduct. A version in force is never edited; a new one replaces it."""

    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=300)
    state = models.CharField(max_length=10, choices=CodeState.choices, default=CodeState.DRAFT)
    in_force_on = models.DateField(_("in force from"), null=True, blank=True)
    replaced_on = models.DateField(_("replaced on"), null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="code_version_once"),
            models.UniqueConstraint(
                fields=["program"], condition=Q(state=CodeState.IN_FORCE), name="code_one_in_force"
            ),
            models.CheckConstraint(name="code_state_known", condition=Q(state__in=CodeState.values)),
            models.CheckConstraint(
                name="code_in_force_has_date",
                condition=Q(state=CodeState.DRAFT) | Q(in_force_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def may_become(self, state: CodeState) -> bool:
        """Whether the table of moves allows it."""
        return state in CODE_MOVES[CodeState(self.state)]


class Provision(ProgramModel):
    """One provision of one version of the code."""

    code = ProgramForeignKey(CodeVersion, on_delete=models.CASCADE, related_name="provisions")
    reference = models.CharField(_("reference"), max_length=40)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    severity = ProgramForeignKey(Severity, related_name="+", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    certainty = models.CharField(max_length=20, choices=Certainty.choices, default=Certainty.SET_BY_PROGRAM)
    source = models.CharField(max_length=300, blank=True)
    provenance = models.JSONField(
        default=dict, blank=True, help_text="Certainty, source and note of single fields."
    )

    class Meta(ProgramModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "code", "reference"], name="provision_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"
