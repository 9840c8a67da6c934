"""Corrective actions as an auditor sees them: what to look at, and whether it is fixed."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from audits.api import inputs, outputs
from audits.api.shape import View
from audits.enums import UNFIXED
from audits.models import CorrectiveAction
from audits.operations.actions import moving
from wsr.accounts.grants import Permission as P
from wsr.api.door import endpoint


class Actions(View):
    """Corrective actions at the workplaces you inspect."""

    @endpoint(
        P.ACTION_READ,
        scope="actions:read",
        query=inputs.ActionsQuery,
        output=outputs.ActionOut,
        many=True,
    )
    def get(self, request: Request) -> HttpResponse:
        """Corrective actions, those changed longest ago first."""
        rows, query = CorrectiveAction.objects.all(), self.query
        for name in ("state", "workplace_id"):
            if value := query.get(name):
                rows = rows.filter(**{name: value})
        if query["is_open"] is not None:
            rows = rows.filter(state__in=UNFIXED) if query["is_open"] else rows.exclude(state__in=UNFIXED)
        return self.page(rows)


class OneAction(View):
    """One corrective action."""

    @endpoint(P.ACTION_READ, scope="actions:read", output=outputs.ActionOut, versioned=True)
    def get(self, request: Request, action_id: UUID) -> HttpResponse:
        """One corrective action."""
        return self.answer(CorrectiveAction.objects.get(pk=action_id))


class Verify(View):
    """It is fixed."""

    @endpoint(P.ACTION_VERIFY, scope="actions:write", input=inputs.NoteIn, output=outputs.ActionOut)
    def post(self, request: Request, action_id: UUID) -> HttpResponse:
        """You saw that it is fixed. Somebody else must have reported it."""
        return self.answer(
            moving.verify(
                action_id=action_id,
                note=self.input.get("note", ""),
                inspection_id=self.input.get("inspection_id"),
                by=self.person,
                at=self.at,
            )
        )


class Reject(View):
    """It is not fixed."""

    @endpoint(P.ACTION_VERIFY, scope="actions:write", input=inputs.RejectIn, output=outputs.ActionOut)
    def post(self, request: Request, action_id: UUID) -> HttpResponse:
        """You saw that it is not fixed, and say why."""
        return self.answer(
            moving.reject(
                action_id=action_id,
                reason=self.input["reason"],
                inspection_id=self.input.get("inspection_id"),
                by=self.person,
                at=self.at,
            )
        )
