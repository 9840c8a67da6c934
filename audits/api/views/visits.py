"""Who asks, her assignments, and the visits themselves."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from audits.api import inputs, outputs
from audits.api.shape import View
from audits.models import CorrectiveAction, Inspection, TeamMember
from audits.operations import teams, visits
from audits.queries.checklists import Line, checklist, version_of
from audits.queries.findings import earlier_findings
from programs.models import Severity
from wsr.accounts.grants import Permission as P
from wsr.api.door import endpoint, respond
from wsr.api.problems import Place, Problem


class Me(View):
    """Who asks."""

    @endpoint(P.INSPECTION_READ, scope="inspections:read", output=outputs.MeOut)
    def get(self, request: Request) -> HttpResponse:
        """Who you are in this program, the server's clock, and what this server takes."""
        return respond(
            self.shown(
                {
                    "person_id": self.person.pk,
                    "name": str(self.person),
                    "email": self.person.email,
                    "program": self.program.slug,
                    "program_name": self.program.name,
                    "time_zone": self.program.time_zone,
                    "roles": sorted(self.reach.roles),
                    "scopes": sorted(self.caller.scopes & set(self.reach.grant.scopes)),
                    "now": self.at,
                    "batch_items": inputs.MOST_ITEMS,
                    "upload_bytes": settings.MAX_UPLOAD_BYTES,
                    "chunk_bytes": inputs.LONGEST_CHUNK,
                }
            )
        )


class Assignments(View):
    """What you are asked to join."""

    @endpoint(
        P.ASSIGNMENT_ANSWER,
        scope="assignments:read",
        query=inputs.AssignmentsQuery,
        output=outputs.AssignmentOut,
        many=True,
    )
    def get(self, request: Request) -> HttpResponse:
        """Your assignments, the oldest first."""
        rows = TeamMember.objects.filter(person=self.person)
        if state := self.query.get("state"):
            rows = rows.filter(state=state)
        return self.listed(rows, by="asked_at")


class Assignment(View):
    """One assignment."""

    @endpoint(P.ASSIGNMENT_ANSWER, scope="assignments:read", output=outputs.AssignmentOut)
    def get(self, request: Request, assignment_id: UUID) -> HttpResponse:
        """One assignment of yours."""
        return self.answer(TeamMember.objects.get(pk=assignment_id, person=self.person))


class Accept(View):
    """Saying yes."""

    @endpoint(
        P.ASSIGNMENT_ANSWER,
        scope="assignments:write",
        input=inputs.AcceptIn,
        output=outputs.AssignmentOut,
    )
    def post(self, request: Request, assignment_id: UUID) -> HttpResponse:
        """Join the team and declare your independence. With any tie you are barred from the supplier instead, at once."""
        member = TeamMember.objects.get(pk=assignment_id, person=self.person)
        found = teams.accept(
            inspection_id=member.inspection_id,
            ties=self.input["ties"],
            statement=self.input.get("statement", ""),
            by=self.person,
            at=self.at,
        )
        return self.answer(found)


class Decline(View):
    """Saying no."""

    @endpoint(
        P.ASSIGNMENT_ANSWER,
        scope="assignments:write",
        input=inputs.ReasonIn,
        output=outputs.AssignmentOut,
    )
    def post(self, request: Request, assignment_id: UUID) -> HttpResponse:
        """Say no, and why. You read nothing of the inspection from then on."""
        member = TeamMember.objects.get(pk=assignment_id, person=self.person)
        found = teams.decline(
            inspection_id=member.inspection_id, reason=self.input["reason"], by=self.person, at=self.at
        )
        return self.answer(found)


class Inspections(View):
    """The visits you may know of."""

    @endpoint(
        P.INSPECTION_READ,
        scope="inspections:read",
        query=inputs.InspectionsQuery,
        output=outputs.InspectionOut,
        many=True,
    )
    def get(self, request: Request) -> HttpResponse:
        """Inspections, those changed longest ago first. Auditors see those whose team they are on or asked to join."""
        rows, query = Inspection.objects.all(), self.query
        wanted = {
            "state": query.get("state"),
            "kind": query.get("kind"),
            "workplace_id": query.get("workplace_id"),
            "starts_on__gte": query.get("starts_from"),
            "starts_on__lte": query.get("starts_until"),
            "updated_at__gte": query.get("changed_since"),
        }
        return self.page(rows.filter(**{name: value for name, value in wanted.items() if value is not None}))


class OneInspection(View):
    """One visit."""

    @endpoint(P.INSPECTION_READ, scope="inspections:read", output=outputs.InspectionOut, versioned=True)
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """One inspection, with the place and its counts."""
        return self.answer(Inspection.objects.get(pk=inspection_id))

    @endpoint(
        P.INSPECTION_RECORD,
        scope="inspections:write",
        input=inputs.VisitIn,
        output=outputs.InspectionOut,
        versioned=True,
    )
    def patch(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Change what is said about the visit as a whole."""
        found = visits.change_visit(
            inspection_id=inspection_id,
            by=self.person,
            at=self.at,
            if_version=self.if_version,
            **self.input,
        )
        return self.answer(found)


class Arrive(View):
    """The visit begins."""

    @endpoint(
        P.INSPECTION_RECORD,
        scope="inspections:write",
        input=inputs.ArriveIn,
        output=outputs.InspectionOut,
    )
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """From now on records may be sent. A second arrival, of a colleague, changes nothing but a new count."""
        found = visits.arrive(inspection_id=inspection_id, by=self.person, at=self.at, **self.input)
        return self.answer(found)


class Leave(View):
    """The visit is over."""

    @endpoint(
        P.INSPECTION_RECORD,
        scope="inspections:write",
        input=inputs.NothingIn,
        output=outputs.InspectionOut,
    )
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """The team left the workplace: an unannounced visit is a secret no more. Records may be sent until it is submitted."""
        return self.answer(visits.leave(inspection_id=inspection_id, by=self.person, at=self.at))


class Submit(View):
    """Handing it in."""

    @endpoint(
        P.INSPECTION_RECORD,
        scope="inspections:write",
        input=inputs.SubmitIn,
        output=outputs.SealOut,
    )
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Submit and seal the inspection, with every record as it is now. Use an Idempotency-Key to repeat it safely."""
        found = visits.submit(
            inspection_id=inspection_id,
            reason=self.input.get("reason", ""),
            by=self.person,
            at=self.at,
        )
        return self.answer(found)


@dataclass(frozen=True)
class Sheet:
    """A checklist as it is answered."""

    inspection_id: UUID
    code_id: UUID
    version: str
    lines: list[Line]
    severities: list[Severity]


class Checklist(View):
    """What is asked at a visit."""

    @endpoint(P.INSPECTION_READ, scope="inspections:read", output=outputs.ChecklistOut, versioned=True)
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """The questions of the code version that is inspected, and the severities a finding may have."""
        inspection = Inspection.objects.get(pk=inspection_id)
        lines = checklist(inspection)
        severities = list(Severity.objects.order_by("position", "pk"))
        return self.answer(Sheet(inspection.pk, inspection.code_id, version_of(lines), lines, severities))


class EarlierFindings(View):
    """What was found there before."""

    @endpoint(
        P.REPORT_READ,
        scope="inspections:read",
        output=outputs.EarlierFindingOut,
        many=True,
    )
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Findings in reports of earlier visits to the same workplace, the latest first. `cursor` is how many to pass over."""
        found = earlier_findings(Inspection.objects.get(pk=inspection_id))
        start, limit = self._start(), self.query["limit"]
        more = str(start + limit) if len(found) > start + limit else ""
        return self.items(found[start : start + limit], next_cursor=more)

    def _start(self) -> int:
        text = self.query.get("cursor", "") or "0"
        if not (text.isascii() and text.isdecimal() and len(text) < 9):
            raise Problem("invalid", errors=[Place(_("Use next_cursor as it came."), parameter="cursor")])
        return int(text)


class ActionsThere(View):
    """What is still to be put right at the workplace."""

    @endpoint(
        P.ACTION_READ,
        scope="actions:read",
        output=outputs.ActionOut,
        many=True,
    )
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Corrective actions of the workplace that nobody has verified as fixed."""
        inspection = Inspection.objects.get(pk=inspection_id)
        return self.page(CorrectiveAction.objects.unfixed().filter(workplace_id=inspection.workplace_id))


class Team(View):
    """Who goes."""

    @endpoint(
        P.INSPECTION_READ,
        scope="inspections:read",
        output=outputs.TeamMemberOut,
        many=True,
    )
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Everybody who was asked to join the inspection."""
        inspection = Inspection.objects.get(pk=inspection_id)
        return self.listed(TeamMember.objects.filter(inspection=inspection), by="asked_at")
