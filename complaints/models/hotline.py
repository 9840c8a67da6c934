"""Workers who want to be called, and what came of each call."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import CALLBACK_MOVES, CallbackState, Heard
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Callback(ProgramModel):
    """Somebody wants to be called. It has a circle and a key of its own: who takes it reads the number, and nothing of the complaint.

    In the vault: `phone`, `name` (whom to ask for), `code_word`, `words` (what never to say or do). `matter_id` is the complaint
    that it is about, or its own id. `call_from` and `call_until` are hours of the program's clocks; without them any hour will do.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter_id = models.UUIDField(editable=False)
    complainant_id = models.UUIDField(null=True, editable=False)
    state = models.CharField(max_length=20, choices=CallbackState.choices, default=CallbackState.WAITING)
    language = models.CharField(_("language"), max_length=10, default="en")
    call_from = models.TimeField(_("not before"), null=True)
    call_until = models.TimeField(_("not after"), null=True)
    next_at = models.DateTimeField(_("to be called from"))
    is_set_aside = models.BooleanField(
        default=False, help_text="One of very many of one network: looked at before anybody is called."
    )
    tries = models.PositiveSmallIntegerField(_("tried"), default=0)
    caller = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    taken_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, help_text="None: the worker herself."
    )
    ended_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        ordering = ("next_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="callback_hours_in_pairs",
                condition=Q(call_from=None, call_until=None)
                | Q(call_from__isnull=False, call_until__isnull=False),
            ),
            models.CheckConstraint(
                name="callback_ends_with_its_state",
                condition=Q(state=CallbackState.WAITING, ended_at=None)
                | (~Q(state=CallbackState.WAITING) & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["program", "next_at", "id"],
                name="callback_waiting",
                condition=Q(state=CallbackState.WAITING),
            ),
            models.Index(fields=["program", "matter_id"], name="callback_of_matter"),
        ]

    def __str__(self) -> str:
        return f"Callback {self.pk}"

    def may_become(self, state: CallbackState) -> bool:
        """Whether the table of moves allows it."""
        return state in CALLBACK_MOVES[CallbackState(self.state)]


class CallTry(ProgramModel):
    """One call, and what came of it. Only ever added."""

    callback = ProgramForeignKey(Callback, related_name="calls")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    heard = models.CharField(max_length=20, choices=Heard.choices)

    class Meta(ProgramModel.Meta):
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(name="call_try_heard_known", condition=Q(heard__in=Heard.values))
        ]
