"""What changed since a device last asked, and many acts at once."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from audits.api import batches, outputs
from audits.api.shape import View
from audits.queries.feeds import FEEDS, NoCursor, StartAgain, news, read_cursor
from wsr.accounts.grants import Permission as P
from wsr.api.door import endpoint, respond
from wsr.api.problems import Place, Problem
from wsr.api.serializers import Query

MOST = 500


class SinceQuery(Query):
    """Where the device stands."""

    since = serializers.CharField(
        max_length=400, required=False, help_text="`cursor` of the answer before; leave it out to start."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=MOST)


def _news(name: str, record: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The shape of one collection's news."""
    change = type(
        f"{name}ChangeOut",
        (serializers.Serializer,),
        {
            "__doc__": "A record that was written; `gone`: drop it.",
            "id": serializers.UUIDField(),
            "gone": serializers.BooleanField(help_text="It was withdrawn: drop it."),
            "record": record(allow_null=True),
        },
    )
    fields = {
        "__doc__": "What changed since.",
        "changes": change(many=True),
        "left": serializers.ListField(
            child=serializers.UUIDField(),
            help_text="Inspections (for reports and actions: workplaces) that are yours no more. Drop all that names them.",
        ),
        "cursor": serializers.CharField(help_text="Send it as `since` the next time."),
        "has_more": serializers.BooleanField(help_text="Ask again at once."),
    }
    return type(f"{name}NewsOut", (serializers.Serializer,), fields)


def feed(name: str, permission: P, scope: str, record: type[serializers.Serializer]) -> type[View]:
    """The address of one collection's news."""
    output = _news(name.capitalize(), record)

    @endpoint(permission, scope=scope, query=SinceQuery, output=output)
    def get(self: View, request: Request) -> HttpResponse:
        """Each change once to a device that keeps asking with the cursor of the answer before; 410: start again without."""
        try:
            text = self.query.get("since", "")
            cursor = read_cursor(text, name) if text else None
            page = news(FEEDS[name], cursor, limit=self.query["limit"])
        except NoCursor as error:
            raise Problem("invalid", errors=[Place(str(error), parameter="since")]) from None
        except StartAgain as error:
            raise Problem("start-again", str(error)) from None
        return respond(
            {
                "changes": [_change(row, record) for row in page.rows],
                "left": [str(key) for key in page.left],
                "cursor": str(page.cursor),
                "has_more": page.has_more,
            }
        )

    return type(f"{name.capitalize()}Sync", (View,), {"__doc__": f"News of {name}.", "get": get})


def _change(row: Any, record: type[serializers.Serializer]) -> dict[str, Any]:
    gone = getattr(row, "withdrawn_at", None) is not None
    return {"id": str(row.pk), "gone": gone, "record": None if gone else record(row).data}


SYNCS = {
    name: feed(name, permission, scope, record)
    for name, permission, scope, record in (
        ("inspections", P.INSPECTION_READ, "inspections:read", outputs.InspectionOut),
        ("assignments", P.ASSIGNMENT_ANSWER, "assignments:read", outputs.AssignmentOut),
        ("questions", P.INSPECTION_READ, "inspections:read", outputs.QuestionOut),
        ("responses", P.INSPECTION_READ, "records:read", outputs.ResponseOut),
        ("interviews", P.INSPECTION_READ, "records:read", outputs.InterviewOut),
        ("findings", P.INSPECTION_READ, "records:read", outputs.FindingOut),
        ("evidence", P.INSPECTION_READ, "evidence:read", outputs.EvidenceOut),
        ("reports", P.REPORT_READ, "inspections:read", outputs.ReportOut),
        ("actions", P.ACTION_READ, "actions:read", outputs.ActionOut),
    )
}


class Batch(View):
    """Many acts at once."""

    @endpoint(
        P.INSPECTION_RECORD,
        scope="records:write",
        input=batches.BatchIn,
        output=batches.BatchOut,
    )
    def post(self, request: Request) -> HttpResponse:
        """Up to 500 acts in their order, each with its own result; none undoes another. Send it again as often as you like."""
        found = batches.apply(self.input["items"], by=self.person, at=self.at)
        return respond(batches.BatchOut({"results": found}).data)
