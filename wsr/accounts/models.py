"""People, the directory of organizations, and what a person is in one program."""

from typing import Any, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models, router, transaction
from django.db.models import Q
from django.db.models.functions import UUID7, Lower
from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.tenancy import Audience
from wsr.tenancy.models import Program, ProgramModel


class Credential(models.Model):
    """The hash of a person's password, in a table of its own: no audience may read it, only signing in does."""

    person = models.OneToOneField(
        "accounts.Person", models.CASCADE, primary_key=True, related_name="credential"
    )
    hash = models.CharField(max_length=128)

    def __str__(self) -> str:
        return "…"


class PersonManager(BaseUserManager["Person"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A person who can sign in; without a password only after she sets one."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """The operator of this installation: reaches /admin/, never program data. The address needs no confirmation."""
        from allauth.account.models import EmailAddress  # noqa: PLC0415 -- its table refers to this one

        person = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def get_by_natural_key(self, email: str | None) -> "Person":
        """E-mail addresses are compared without case."""
        return self.get(email=(email or "").lower())


class Theme(models.TextChoices):
    """How pages look for this person."""

    AUTO = "auto", _("Same as the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Person(AbstractBaseUser):
    """Somebody who signs in. Belongs to no program; `Membership` says what she is in each.

    `password` is kept in `Credential`, so that reading people never reads it.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("appearance"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    phone = models.CharField(_("mobile phone"), max_length=20, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    single_keys = models.BooleanField(_("single-key shortcuts"), default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("operator of this installation"), default=False)
    is_superuser = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    # Rises whenever a second factor is taken away: sessions that passed under an older number must pass again.
    second_factor_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_unique_without_case"),
            models.CheckConstraint(name="person_theme_known", condition=Q(theme__in=Theme.values)),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def password(self) -> str:
        """The hash of her password, read when somebody asks; unusable where she never set one."""
        if "_hash" not in self.__dict__:
            kept = Credential.objects.filter(person_id=self.pk).first() if not self._state.adding else None
            self.keep(kept.hash if kept else UNUSABLE_PASSWORD_PREFIX)
        return self._hash

    @password.setter
    def password(self, value: str) -> None:
        """Set the hash; `save` keeps it."""
        self._hash = value

    def keep(self, hashed: str) -> None:
        """Remember the hash that is stored, where it was read already."""
        self._hash = self._kept_hash = hashed

    def save(self, **kwargs: Any) -> None:
        """Also keeps a new password; `update_fields` may name it like a column."""
        fields = kwargs.get("update_fields")
        with transaction.atomic(using=kwargs.get("using") or router.db_for_write(Person, instance=self)):
            if fields is not None:
                kwargs["update_fields"] = [name for name in fields if name != "password"]
            super().save(**kwargs)
            is_asked = fields is None or "password" in fields
            if is_asked and self.__dict__.get("_hash", "") != self.__dict__.get("_kept_hash", ""):
                Credential.objects.using(self._state.db).update_or_create(
                    person_id=self.pk, defaults={"hash": self._hash}
                )
                self._kept_hash = self._hash

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Only the operator has permissions of Django's admin; programs use `wsr.accounts.grants`."""
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        """As `has_perm`."""
        return self.is_active and self.is_superuser


class OrganizationKind(models.TextChoices):
    """What an organization of the directory is."""

    WORKER_ORGANIZATION = "worker_organization", _("Worker organization")
    MONITOR = "monitor", _("Monitor")
    BRAND = "brand", _("Brand")
    SUPPLIER = "supplier", _("Supplier")
    AUDIT_FIRM = "audit_firm", _("Inspection firm")


# Roles outside the program are held on behalf of an organization of this kind.
KIND_OF: dict[Role, OrganizationKind] = {
    Role.AUDITOR: OrganizationKind.AUDIT_FIRM,
    Role.BRAND_OFFICER: OrganizationKind.BRAND,
    Role.BRAND_SIGNATORY: OrganizationKind.BRAND,
    Role.BRAND_FINANCE: OrganizationKind.BRAND,
    Role.SUPPLIER_MANAGER: OrganizationKind.SUPPLIER,
}


class Organization(models.Model):
    """An organization whose people sign in, once for all its programs.

    Which suppliers a program has is the program's own data (`programs.Participation`); an organization appears here only when
    it is given an account.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=30, choices=OrganizationKind.choices)
    country = models.CharField(_("country"), max_length=2, blank=True)
    lei = models.CharField(_("LEI"), max_length=20, blank=True)
    website = models.URLField(_("website"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organization_kind_known", condition=Q(kind__in=OrganizationKind.values)
            )
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet):
    """Chains of memberships."""

    def active(self) -> "MembershipQuerySet":
        """Not ended."""
        return self.filter(ended_at=None)


class Membership(ProgramModel):
    """What a person is in one program, on behalf of an organization or of the program itself."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Where the end is planned."))

    objects = ProgramModel.manager_from(MembershipQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "person", "role", "organization"],
                condition=Q(ended_at=None),
                name="membership_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="membership_outside_role_names_organization",
                condition=~Q(
                    role__in=[role for role, audience in AUDIENCE_OF.items() if audience != Audience.STAFF]
                )
                | Q(organization__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(ended_at=None), name="membership_of_person")]

    def __str__(self) -> str:
        return self.get_role_display()

    @property
    def audience(self) -> Audience:
        """The audience, and so the database role, this membership acts as."""
        return AUDIENCE_OF[Role(self.role)]


class Invitation(ProgramModel):
    """An e-mailed offer of a role. Only a digest of its token is kept."""

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="invitation_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_ends_once", condition=Q(accepted_at=None) | Q(revoked_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


__all__ = [
    "KIND_OF",
    "Invitation",
    "Membership",
    "Organization",
    "OrganizationKind",
    "Person",
    "Program",
    "Theme",
]
