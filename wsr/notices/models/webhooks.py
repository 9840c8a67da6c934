"""Addresses outside that are told what happens in a program, and the log of what was told."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class DisabledBecause(models.TextChoices):
    """Why nothing is sent to an endpoint."""

    PERSON = "person", _("Turned off")
    FAILED = "failed", _("Turned off because it did not answer for days")
    GONE = "gone", _("Turned off because it answered that it is gone")


class WebhookEndpoint(ProgramModel):
    """One address. Its secrets are encrypted; while a secret is being replaced, the previous one signs too until `previous_until`.

    `failing_since`: since when no delivery has succeeded; None while it answers. `wait_until`: it asked to be left alone until then.
    """

    label = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=500)
    kinds = models.JSONField(default=list)
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.CharField(max_length=10, blank=True, choices=DisabledBecause.choices)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="webhook_disabled_for_a_reason",
                condition=Q(disabled_at=None, disabled_because="")
                | Q(disabled_at__isnull=False, disabled_because__in=DisabledBecause.values),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def sealed_secrets(self, at: datetime) -> list[str]:
        """The encrypted secrets that sign at this moment, newest first."""
        is_rotating = self.previous_until is not None and at < self.previous_until
        return [self.secret, self.previous_secret] if is_rotating else [self.secret]


class DeliveryQuerySet(models.QuerySet[Any]):
    """Chains of deliveries."""

    def waiting(self) -> "DeliveryQuerySet":
        """Neither delivered nor given up, to endpoints that are on."""
        return self.filter(delivered_at=None, given_up_at=None, endpoint__disabled_at=None)


class WebhookDelivery(ProgramModel):
    """One event for one endpoint. `event_id` is its `webhook-id`, the same at every attempt and for every endpoint.

    `body` is kept as the bytes that are signed. `attempts`: [{"at", "code" or None, "error", "ms"}], oldest first.
    """

    endpoint = ProgramForeignKey(WebhookEndpoint, related_name="deliveries")
    event_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    body = models.TextField()
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    attempts = models.JSONField(default=list)

    objects = ProgramModel.manager_from(DeliveryQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "endpoint", "event_id"], name="webhook_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(delivered_at=None, given_up_at=None),
                name="webhook_waiting",
            ),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhook_log"),
        ]

    @property
    def last_attempt(self) -> dict[str, Any]:
        """What happened last; empty before the first attempt."""
        return self.attempts[-1] if self.attempts else {}
