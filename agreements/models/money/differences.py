"""Figures that should agree and do not: work for people."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.money import columns
from agreements.money.enums import DIFFERENCE_MOVES, DifferenceKind, DifferenceState, ReportSide
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class DifferenceQuerySet(models.QuerySet):
    """Chains of differences."""

    def open(self) -> "DifferenceQuerySet":
        """Still work for somebody."""
        return self.filter(state__in=[DifferenceState.OPEN, DifferenceState.EXPLAINED])


class Difference(ProgramModel):
    """That two figures differ, for whom and when. It carries no figure: each side reads its own, see DifferenceFigure."""

    kind = models.CharField(_("what differs"), max_length=12, choices=DifferenceKind.choices)
    key = models.CharField(max_length=300, help_text="What is compared; open once.")
    brand = ProgramForeignKey(Participation, null=True, blank=True, related_name="+")
    supplier = ProgramForeignKey(Participation, null=True, blank=True, related_name="+")
    product = models.CharField(_("product"), max_length=120, blank=True)
    unit = models.CharField(_("unit or currency"), max_length=30)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=DifferenceState.choices, default=DifferenceState.OPEN
    )
    found_at = models.DateTimeField(_("found"))
    explained_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    explained_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = ProgramModel.manager_from(DifferenceQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "key"],
                condition=Q(state__in=[DifferenceState.OPEN, DifferenceState.EXPLAINED]),
                name="difference_open_once",
            ),
            models.CheckConstraint(name="difference_kind_known", condition=Q(kind__in=DifferenceKind.values)),
            models.CheckConstraint(
                name="difference_state_known", condition=Q(state__in=DifferenceState.values)
            ),
            models.CheckConstraint(
                name="difference_four_eyes",
                condition=Q(decided_by=None) | Q(explained_by=None) | ~Q(decided_by=F("explained_by")),
            ),
            models.CheckConstraint(
                name="difference_written_off_by_two",
                condition=~Q(state=DifferenceState.WRITTEN_OFF)
                | (Q(decided_by__isnull=False, explained_by__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["program", "state", "-found_at"], name="difference_by_state")]

    def __str__(self) -> str:
        return str(DifferenceKind(self.kind).label)

    def may_become(self, state: DifferenceState) -> bool:
        """Whether the table of moves allows it."""
        return state in DIFFERENCE_MOVES[DifferenceState(self.state)]

    @property
    def is_open(self) -> bool:
        """Still work for somebody."""
        return self.state in (DifferenceState.OPEN, DifferenceState.EXPLAINED)


class DifferenceFigure(ProgramModel):
    """One side's figure, addressed to one reader. Staff read all; a portal reads what is addressed to it: its own, and the other
    side's only where staff disclosed it."""

    difference = ProgramForeignKey(Difference, on_delete=models.CASCADE, related_name="figures")
    reader = ProgramForeignKey(Participation, related_name="+")
    side = models.CharField(max_length=10, choices=ReportSide.choices)
    figure = columns.volume()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "difference", "reader", "side"], name="difference_figure_once"
            )
        ]


class DifferenceNote(ProgramModel):
    """What somebody says about a difference. Read by staff and by its own side."""

    difference = ProgramForeignKey(Difference, on_delete=models.CASCADE, related_name="notes")
    participation = ProgramForeignKey(Participation, null=True, blank=True, related_name="+")
    text = models.TextField(_("explanation"))
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["written_at", "id"]
        constraints = [models.CheckConstraint(name="difference_note_says", condition=~Q(text=""))]
