"""The outbox. A row is written in the transaction of the act it tells about, and delivered afterwards."""

from django.db import models
from django.db.models import Q

from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramModel


class Outbox(ProgramModel):
    """One message to one address. `key` is unique, so that an act repeated tells once."""

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    email = models.EmailField()
    language = models.CharField(max_length=10, blank=True)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="outbox_key_once")]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(sent_at=None, given_up_at=None),
                name="outbox_waiting",
            )
        ]
