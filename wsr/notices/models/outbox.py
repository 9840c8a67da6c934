"""The outbox, the notices of each person, what she chose, and the digests sent to her."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Organization, Person
from wsr.notices.enums import Channel, Choice
from wsr.tenancy.models import ProgramForeignKey, ProgramModel, secret_of_field


class OutboxQuerySet(models.QuerySet[Any]):
    """Chains of outbox rows."""

    def waiting(self) -> "OutboxQuerySet":
        """Neither sent, nor given up, nor dropped."""
        return self.filter(sent_at=None, given_up_at=None, dropped_at=None)

    def given_up(self) -> "OutboxQuerySet":
        """Dead letters: every try failed."""
        return self.exclude(given_up_at=None)


class Outbox(ProgramModel):
    """One thing to tell, written in the transaction of the act it tells about and delivered afterwards.

    `key` is unique, so that an act repeated tells once. `to` says which people, where the channel is PEOPLE. Rows for
    `members_only` are dropped when their reader has left the program before they are sent. `secret_of`: the circle that alone
    may see that there was something to tell. `about`: the matter that it is about, where some people must not know of it.
    """

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    to = models.JSONField(default=dict)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    members_only = models.BooleanField(default=False)
    secret_of = secret_of_field()
    about = models.UUIDField(
        null=True, help_text="Whoever must not know of it is not told; see `circles.hidden_from`."
    )
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, blank=True)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True, help_text="As the gateway of a text message reports.")
    given_up_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = ProgramModel.manager_from(OutboxQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "key"], name="outbox_key_once"),
            models.CheckConstraint(name="outbox_channel_known", condition=Q(channel__in=Channel.values)),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(sent_at=None, given_up_at=None, dropped_at=None),
                name="outbox_waiting_rows",
            ),
            models.Index(
                fields=["program", "given_up_at"],
                condition=Q(given_up_at__isnull=False),
                name="outbox_given_up",
            ),
        ]


class Digest(ProgramModel):
    """One e-mail to one person about several notices of one program."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class Notice(ProgramModel):
    """Something a person was told: what there is, and where to read it. Never what happened to whom.

    `title` and `url` (a path of this site) are kept as they were told, in her language of that day. `digest_at`: from when it
    may go into a digest; None for what goes into none.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    digest_at = models.DateTimeField(null=True)
    digest = ProgramForeignKey(Digest, null=True, related_name="notices")

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "person", "key"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="notice_of_person"),
            models.Index(
                fields=["person", "program"], condition=Q(read_at=None), name="notice_unread_of_person"
            ),
            models.Index(
                fields=["digest_at"],
                condition=Q(digest=None, digest_at__isnull=False),
                name="notice_for_a_digest",
            ),
        ]


class Way(ProgramModel):
    """What a person wants otherwise in one program: language, time zone, quiet hours. Empty: as for all her programs."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "person"], name="way_once"),
            models.CheckConstraint(
                name="way_both_hours_or_neither",
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]


class Preference(ProgramModel):
    """How a person wants to be told of one kind in one program. Without a row the kind's default holds."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    choice = models.CharField(_("how"), max_length=10, choices=Choice.choices)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "person", "kind"], name="preference_once"),
            models.CheckConstraint(name="preference_choice_known", condition=Q(choice__in=Choice.values)),
        ]
