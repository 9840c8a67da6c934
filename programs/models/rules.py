"""Rules: what differs per program, as data with its provenance and its dates."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.enums import Certainty
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramModel


class RuleQuerySet(models.QuerySet):
    """Chains of rules."""

    def planned_or_held(self) -> "RuleQuerySet":
        """Without plans that were canceled: those hold on no day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=F("valid_from")))


class Rule(ProgramModel):
    """One value of one rule over a stretch of time. A change ends this row and begins the next; the past stays.

    `value` is any JSON value or null: unknown, to be filled in by the program. `blueprint_value` stays beside it.
    A change that was planned and canceled stays too: it ends on the day on which it would have begun.
    """

    section = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    label = models.CharField(_("rule"), max_length=300)
    value = models.JSONField(_("value"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    certainty = models.CharField(_("certainty"), max_length=20, choices=Certainty.choices)
    source = models.CharField(_("source"), max_length=600, blank=True)
    note = models.TextField(_("note"), blank=True)
    blueprint_value = models.JSONField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField()

    objects = ProgramModel.manager_from(RuleQuerySet)

    class Meta(ProgramModel.Meta):
        ordering = ["section", "position", "key", "-valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "key", "valid_from"],
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="rule_once_per_day",
            ),
            models.UniqueConstraint(
                fields=["program", "key"], condition=Q(valid_until=None), name="rule_one_open"
            ),
            models.CheckConstraint(name="rule_certainty_known", condition=Q(certainty__in=Certainty.values)),
            models.CheckConstraint(
                name="rule_until_after_from",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_missing(self) -> bool:
        """Nobody has said what this is yet."""
        return self.value is None

    @property
    def is_canceled(self) -> bool:
        """It was planned, and never came to hold."""
        return self.valid_until == self.valid_from
