"""What the team notes at a visit: answers, interviews, findings.

A record is made by POST under an id of the device's own, and changed by PATCH with If-Match. Sent again with the same content it
is the same record; with other content it is refused with the record as it is.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from audits.api import inputs, outputs
from audits.api.batches import Result, ResultOut
from audits.api.shape import View, pointed, pointer_of
from audits.models import Finding, Inspection, Interview, Response
from audits.operations import records
from audits.operations.records import Invalid, Put
from wsr.accounts.grants import Permission as P
from wsr.api.door import endpoint, respond

reads = partial(endpoint, P.INSPECTION_READ, scope="records:read")
writes = partial(endpoint, P.INSPECTION_RECORD, scope="records:write")


class Records(View):
    """Records of one visit."""

    model: type[Model]

    def rows(self, inspection_id: UUID) -> QuerySet[Any]:
        """Those of the visit, changed since. 404 for a visit the caller may not know of."""
        rows = self.model._default_manager.filter(inspection=Inspection.objects.get(pk=inspection_id))
        since = self.query.get("changed_since")
        return rows.filter(updated_at__gte=since) if since else rows

    def create(self, put: Callable[..., Put], inspection_id: UUID) -> HttpResponse:
        """201 for a new record, 200 for one that stood here already."""
        fields = dict(self.input)
        record_id, noted_at = fields.pop("id", None), fields.pop("noted_at")
        done = pointed(
            lambda: put(
                inspection_id=inspection_id,
                record_id=record_id,
                noted_at=noted_at,
                by=self.person,
                at=self.at,
                **fields,
            )
        )
        return self.answer(done.row, status=201 if done.outcome == records.APPLIED else 200)


class OneRecord(View):
    """One record."""

    model: type[Model]

    def show(self, record_id: UUID) -> HttpResponse:
        """With its ETag."""
        return self.answer(self.model._default_manager.get(pk=record_id))

    def change(self, put: Callable[..., Put], record_id: UUID) -> HttpResponse:
        """What was sent takes the place of what was there; the rest stays."""
        row: Any = self.model._default_manager.get(pk=record_id)
        fields = dict(self.input)
        noted_at = fields.pop("noted_at", self.at)
        done = pointed(
            lambda: put(
                inspection_id=row.inspection_id,
                record_id=row.pk,
                noted_at=noted_at,
                if_version=self.if_version,
                by=self.person,
                at=self.at,
                **fields,
            )
        )
        return self.answer(done.row)


class Responses(Records):
    """Answers to the checklist."""

    model = Response

    @reads(query=inputs.RecordsQuery, output=outputs.ResponseOut, many=True)
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """The answers of one visit."""
        return self.page(self.rows(inspection_id))

    @writes(input=inputs.ResponseIn, output=outputs.ResponseOut, status=201, also=(200,), versioned=True)
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Answer a line. There is one answer to each: another one is a change of it, refused with 412."""
        return self.create(records.put_response, inspection_id)


class OneResponse(OneRecord):
    """One answer."""

    model = Response

    @reads(output=outputs.ResponseOut, versioned=True)
    def get(self, request: Request, record_id: UUID) -> HttpResponse:
        """One answer."""
        return self.show(record_id)

    @writes(input=inputs.ResponseChange, output=outputs.ResponseOut, versioned=True)
    def patch(self, request: Request, record_id: UUID) -> HttpResponse:
        """Change an answer."""
        return self.change(records.put_response, record_id)


class Interviews(Records):
    """Interviews with workers."""

    model = Interview

    @reads(query=inputs.RecordsQuery, output=outputs.InterviewOut, many=True)
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """The interviews of one visit."""
        return self.page(self.rows(inspection_id))

    @writes(input=inputs.InterviewIn, output=outputs.InterviewOut, status=201, also=(200,), versioned=True)
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Note an interview. Workers are counted and never named."""
        return self.create(records.put_interview, inspection_id)


class OneInterview(OneRecord):
    """One interview."""

    model = Interview

    @reads(output=outputs.InterviewOut, versioned=True)
    def get(self, request: Request, record_id: UUID) -> HttpResponse:
        """One interview."""
        return self.show(record_id)

    @writes(input=inputs.InterviewChange, output=outputs.InterviewOut, versioned=True)
    def patch(self, request: Request, record_id: UUID) -> HttpResponse:
        """Change an interview."""
        return self.change(records.put_interview, record_id)


class Findings(Records):
    """Breaches that were found."""

    model = Finding

    @reads(query=inputs.FindingsQuery, output=outputs.FindingOut, many=True)
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """The findings of one visit, withdrawn ones among them."""
        rows = self.rows(inspection_id)
        if provision := self.query.get("provision_id"):
            rows = rows.filter(provision_id=provision)
        if self.query["is_withdrawn"] is not None:
            rows = rows.filter(withdrawn_at__isnull=not self.query["is_withdrawn"])
        return self.page(rows)

    @writes(input=inputs.FindingIn, output=outputs.FindingOut, status=201, also=(200,), versioned=True)
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Note a finding."""
        return self.create(records.put_finding, inspection_id)


class OneFinding(OneRecord):
    """One finding."""

    model = Finding

    @reads(output=outputs.FindingOut, versioned=True)
    def get(self, request: Request, record_id: UUID) -> HttpResponse:
        """One finding."""
        return self.show(record_id)

    @writes(input=inputs.FindingChange, output=outputs.FindingOut, versioned=True)
    def patch(self, request: Request, record_id: UUID) -> HttpResponse:
        """Change a finding while the visit is under way, or after it was returned to you."""
        return self.change(records.put_finding, record_id)


class Withdraw(View):
    """Taking a finding back."""

    @writes(input=inputs.ReasonIn, output=outputs.FindingOut)
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """The finding was a mistake. It stays on record, with the reason, and counts no more."""
        return self.answer(
            records.withdraw_finding(
                finding_id=record_id, reason=self.input["reason"], by=self.person, at=self.at
            )
        )


class FindingsResultOut(serializers.Serializer):
    """What became of each finding, in the order they were sent."""

    results = ResultOut(many=True)


class FindingsInBulk(View):
    """Many findings at once."""

    @writes(input=inputs.FindingsIn, output=FindingsResultOut)
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Up to 500 findings of one visit. One that cannot stand is refused alone; the others are kept."""
        items = [{"record_id": item.pop("id", None), **item} for item in map(dict, self.input["items"])]
        done = records.put_findings(inspection_id=inspection_id, items=items, by=self.person, at=self.at)
        return respond(FindingsResultOut({"results": [_result(put) for put in done]}).data)


def _result(put: Put) -> Result:
    if put.outcome in (records.APPLIED, records.DUPLICATE):
        return Result(put.outcome, put.row.pk, put.row.version)
    if put.outcome == records.STALE:
        return Result("conflict", put.row.pk, put.row.version, outputs.FindingOut(put.row).data)
    pointer = f"/{pointer_of(put.error)}" if isinstance(put.error, Invalid) else ""
    return Result("invalid", errors=[{"pointer": pointer, "detail": str(put.error)}])
