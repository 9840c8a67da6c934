"""What is told in public of one closed complaint, in words written for the public."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.complaints import OfComplaint
from wsr.accounts.models import Person


class CaseSummary(OfComplaint):
    """A summary in the shape of the Accord's log (`domain.md` 2.5: A34, A30). Cleared by somebody else than who wrote it.

    Until then `description` and `outcome` are in the vault and empty here. `log_number` is that of the public log and tells nothing of the
    worker's number. Taken back, never deleted: what was published is redacted by the registry.
    """

    log_number = models.CharField(_("number in the public log"), max_length=12)
    names_workplace = models.BooleanField(_("names the workplace"), default=False)
    description = models.TextField(_("what it was about"), blank=True)
    outcome = models.TextField(_("how it ended"), blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    cleared_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    cleared_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "log_number"], name="summary_number_once"),
            models.UniqueConstraint(
                fields=["program", "complaint"], condition=Q(taken_back_at=None), name="summary_once"
            ),
            models.CheckConstraint(
                name="summary_cleared_by_another",
                condition=Q(cleared_by=None) | ~Q(cleared_by=F("written_by")),
            ),
            models.CheckConstraint(
                name="summary_words_when_cleared",
                condition=Q(cleared_at=None, cleared_by=None, description="", outcome="")
                | (
                    Q(cleared_at__isnull=False, cleared_by__isnull=False)
                    & ~Q(description="")
                    & ~Q(outcome="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.log_number

    @property
    def is_cleared(self) -> bool:
        """Whether a second person has agreed to every word."""
        return self.cleared_at is not None
