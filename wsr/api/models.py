"""What a device or a firm's program may do in one program, and the answers that are repeated when a request is."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Organization, Person
from wsr.api.scopes import declared, of_passwords
from wsr.tenancy import Audience
from wsr.tenancy.models import ProgramModel


class GrantKind(models.TextChoices):
    """How the tokens of a grant are had."""

    DEVICE = "device", _("Device")
    CLIENT = "client", _("API client")
    PASSWORD = "password", _("App password")


class GrantQuerySet(models.QuerySet):
    """Chains of grants."""

    def open(self) -> "GrantQuerySet":
        """Neither ended nor expired, by the clock of the database."""
        return self.filter(ended_at=None, expires_at__gt=Now())


class Grant(ProgramModel):
    """What one device, or one client of a firm, may do in one program in the name of `person`.

    All grants of a device share its `device_id`, which the tokens carry; a grant never gives more than the person's own roles. It
    counts only while the membership it was given under lasts, and, but for a client, while the second factor lasts that was shown.
    An app password has no tokens: `secret_hash` is what its password is compared with, and it counts in one program.
    """

    kind = models.CharField(max_length=10, choices=GrantKind.choices)
    device_id = models.UUIDField(editable=False)
    client_key = models.CharField(max_length=100, editable=False)  # the OAuth client
    name = models.CharField(_("name"), max_length=100)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    audience = models.CharField(max_length=20)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    scopes = ArrayField(models.CharField(max_length=60))
    second_factor_epoch = models.PositiveIntegerField()
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("valid until"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)
    secret_hash = models.CharField(max_length=64, blank=True, default="", editable=False)

    objects = ProgramModel.manager_from(GrantQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "device_id"], name="grant_once_per_program"),
            models.CheckConstraint(name="grant_kind_known", condition=Q(kind__in=GrantKind.values)),
            models.CheckConstraint(
                name="grant_audience_known",
                condition=Q(audience__in=["staff", "auditor", "brand", "supplier"]),
            ),
            models.CheckConstraint(
                name="grant_for_outsiders_names_organization",
                condition=Q(audience="staff") | Q(organization__isnull=False),
            ),
            models.CheckConstraint(name="grant_has_scopes", condition=Q(scopes__len__gt=0)),
            models.CheckConstraint(
                name="grant_expires_later", condition=Q(expires_at__gt=models.F("granted_at"))
            ),
            models.CheckConstraint(
                name="grant_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="grant_of_password_has_hash",
                condition=Q(kind="password", secret_hash__regex=r"^[0-9a-f]{64}$")  # noqa: S106 -- a pattern
                | (~Q(kind="password") & Q(secret_hash="")),
            ),
        ]
        indexes = [models.Index(fields=["person", "device_id"], name="grants_of_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def allows(self) -> list[Any]:
        """What its scopes allow, in words."""
        known = declared() | {name: scope.words for name, scope in of_passwords().items()}
        return [known.get(scope, scope) for scope in self.scopes]

    @property
    def side(self) -> Audience:
        """The audience, and so the database role, that requests under this grant act as."""
        return Audience(self.audience)


class Replay(ProgramModel):
    """The answer to a request that carried an Idempotency-Key: the same request again gets the same answer and does nothing."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.BinaryField(max_length=32)  # SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_default=Now())

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "person", "key"], name="replay_key_once_per_person")
        ]
        indexes = [models.Index(fields=["created_at"], name="replays_by_age")]
