"""How a worker comes back: her number and secret; and what she has typed before she sends it."""

from django.db import models
from django.db.models import Q

from complaints.models.complaints import Complainant, OfComplaint
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class WorkerKey(OfComplaint):
    """The secret of one complainant, as a hash that is worthless without the pepper; see `wsr.vault.secrets`.

    `must_change`: somebody else has seen it, so that it opens one thing only: the page that makes another. Ended, never deleted.
    """

    complainant = ProgramForeignKey(Complainant, related_name="keys")
    hash = models.CharField(max_length=200)
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, help_text="Who has seen it; None: only she has."
    )
    must_change = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    visited_at = models.DateTimeField(null=True, help_text="Of the visit under way, or the last one.")
    visited_before_at = models.DateTimeField(
        null=True, help_text="Of the visit before that: what she is shown."
    )

    class Meta(OfComplaint.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "complainant"], condition=Q(ended_at=None), name="worker_key_once"
            )
        ]


class Draft(ProgramModel):
    """Answers not sent yet, sealed under a key that only the worker's browser holds: nobody can read a draft, we included.

    Its id and its key are both made of the one token in her cookie, and the complaint it becomes has the same id: pressing twice cannot
    make two. Once sent it holds the receipt instead of the answers, until it expires.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    content = models.BinaryField()
    begun_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        indexes = [models.Index(fields=["expires_at"], name="draft_by_end")]
