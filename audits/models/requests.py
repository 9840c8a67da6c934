"""Requests for a visit: somebody of the staff asks the inspectors to go somewhere, and whoever takes it plans."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.enums import REQUEST_MOVES, RequestState
from programs.models import Participation, Workplace
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel, secret_of_field


class VisitRequest(ProgramModel):
    """One request for a visit to one workplace, known to whoever asked and to the inspectors who were there to be asked.

    It names no complaint and no worker, and its state says nothing of a visit: an inspector takes it before she plans.
    """

    secret_of = secret_of_field()  # its own id, for good
    supplier = ProgramForeignKey(Participation, related_name="+")
    workplace = ProgramForeignKey(Workplace, related_name="+")
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.ASKED)
    words = models.TextField(_("what to look at"))
    wanted_by = models.DateField(_("at the latest on"), null=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(_("why not"), blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="visit_request_answered",
                condition=Q(state=RequestState.ASKED, answered_by=None, answered_at=None)
                | Q(state__in=(RequestState.TAKEN, RequestState.DECLINED), answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_request_declined_says_why",
                condition=~Q(state=RequestState.DECLINED) | ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(fields=["program", "workplace", "-asked_at"], name="visit_request_of_place")]

    def __str__(self) -> str:
        return self.get_state_display()

    def may_become(self, state: RequestState) -> bool:
        """Whether the table of moves allows it."""
        return state in REQUEST_MOVES[RequestState(self.state)]
