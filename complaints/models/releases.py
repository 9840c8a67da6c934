"""Giving a name or a contact away: asked by one person, decided by another, for a time."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import Basis, Recipient, ReleaseState, Said
from complaints.models.complaints import Complainant, OfComplaint
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey

LONGEST = dt.timedelta(days=7)


class Release(OfComplaint):
    """One thing about one complainant for one recipient. In the vault: `reason`, `duty` (which law) and `answer`.

    The names of who asked and who decided stand here in words, since the worker reads them and knows nobody by id.
    """

    complainant = ProgramForeignKey(Complainant, related_name="releases")
    recipient = models.CharField(_("to whom"), max_length=20, choices=Recipient.choices)
    said = models.CharField(_("what"), max_length=20, choices=Said.choices)
    basis = models.CharField(_("on what ground"), max_length=20, choices=Basis.choices)
    hours = models.PositiveSmallIntegerField(_("for how many hours"))
    state = models.CharField(max_length=20, choices=ReleaseState.choices, default=ReleaseState.ASKED)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    decided_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("-asked_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(name="release_state_known", condition=Q(state__in=ReleaseState.values)),
            models.CheckConstraint(name="release_basis_known", condition=Q(basis__in=Basis.values)),
            models.CheckConstraint(name="release_to_known", condition=Q(recipient__in=Recipient.values)),
            models.CheckConstraint(
                name="release_of_identity", condition=Q(said__in=(Said.NAME, Said.CONTACT))
            ),
            models.CheckConstraint(
                name="release_is_short",
                condition=Q(hours__gte=1, hours__lte=LONGEST // dt.timedelta(hours=1)),
            ),
            models.CheckConstraint(
                name="release_by_two_people",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="release_approved_ends",
                condition=~Q(state=ReleaseState.APPROVED)
                | Q(
                    decided_by__isnull=False,
                    ends_at__gt=F("decided_at"),
                    ends_at__lte=F("decided_at") + LONGEST,
                ),
            ),
            models.UniqueConstraint(
                fields=["program", "complainant", "recipient", "said"],
                condition=Q(state__in=(ReleaseState.ASKED, ReleaseState.APPROVED)),
                name="release_once",
            ),
        ]
