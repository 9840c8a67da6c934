"""The addresses that ODK Collect, KoboCollect and their kin ask for: which forms there are, a form, and what was filled in.

They sign in with HTTP Basic: the e-mail address and an app password, since they cannot renew tokens. Refusals are OpenRosa messages.
"""

import hashlib
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from audits.enums import AssignmentState, InspectionState
from audits.models import Inspection, TeamMember
from audits.openrosa import forms
from audits.openrosa.submissions import LARGEST, Malformed
from audits.operations.submissions import Received, receive
from audits.queries.checklists import checklist
from programs.models import Severity
from wsr.accounts.grants import Permission as P
from wsr.api import problems
from wsr.api.door import endpoint
from wsr.api.passwords import PasswordDoor
from wsr.api.problems import Problem
from wsr.api.serializers import Query
from wsr.files.uploads import was_too_large

FILLABLE = (InspectionState.PLANNED, InspectionState.IN_PROGRESS, InspectionState.RETURNED)
DOCUMENT = "xml_submission_file"
MESSAGE = "http://openrosa.org/http/response"
LIST = "http://openrosa.org/xforms/xformsList"
SCOPE = "openrosa"


class FormListQuery(Query):
    """What phones add to the address of the list."""

    formID = serializers.CharField(max_length=100, required=False)
    verbose = serializers.CharField(max_length=10, required=False)
    listAllVersions = serializers.CharField(max_length=10, required=False)


class SubmissionQuery(Query):
    """What phones add to the address of submissions."""

    deviceID = serializers.CharField(max_length=200, required=False)


class OpenRosa(PasswordDoor):
    """An address for phones. Not part of the described API: the standard describes it."""

    schema = None
    parser_classes = [MultiPartParser]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """XML, whatever is asked for."""
        return JSONRenderer(), "application/json"

    def body_mark(self) -> bytes:
        """Repeats are told by the instance, not by a key."""
        return b""

    def _refuse(self, request: HttpRequest, error: Exception) -> HttpResponse:
        found = Problem("malformed", str(error)) if isinstance(error, Malformed) else problems.of(error)
        if found.kind == "server-error":
            return super()._refuse(request, error)
        text = found.detail or str(problems.CATALOG[found.kind].title)
        return message(text, status=found.status, nature="error", headers=dict(found.headers))

    def _finish(self, response: HttpResponse) -> HttpResponse:
        response = super()._finish(response)
        response["X-OpenRosa-Version"] = "1.0"
        response["Date"] = http_date()
        return response

    def address(self, name: str, *args: object) -> str:
        """Absolute, as phones want it."""
        path = reverse(f"audits_api:{name}", args=[self.program.slug, *args])
        return f"{settings.BASE_URL}{path}"

    def fillable(self) -> list[Inspection]:
        """The visits that she accepted and may still write to."""
        own = TeamMember.objects.filter(person=self.person, state=AssignmentState.ACCEPTED)
        rows = Inspection.objects.filter(pk__in=own.values("inspection_id"), state__in=FILLABLE)
        return list(rows.order_by("starts_on", "pk"))


class FormList(OpenRosa):
    """Which forms there are."""

    @endpoint(P.INSPECTION_RECORD, scope=SCOPE, query=FormListQuery)
    def get(self, request: Request) -> HttpResponse:
        """One form for each visit that you accepted."""
        root = Element("xforms", xmlns=LIST)
        wanted = self.query.get("formID")
        severities = list(Severity.objects.order_by("position", "pk"))
        for inspection in self.fillable():
            if wanted and wanted != forms.form_id(inspection):
                continue
            lines = checklist(inspection)
            text = forms.xform(inspection, lines, severities)
            entry = SubElement(root, "xform")
            for name, value in (
                ("formID", forms.form_id(inspection)),
                ("name", forms.title(inspection)),
                ("version", forms.version(lines)),
                ("hash", f"md5:{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}"),
                ("downloadUrl", self.address("openrosa-form", inspection.pk)),
            ):
                SubElement(entry, name).text = value
        return _xml(tostring(root, encoding="utf-8", xml_declaration=True))


class Form(OpenRosa):
    """One form."""

    @endpoint(P.INSPECTION_RECORD, scope=SCOPE, query=FormListQuery)
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """The form of one visit."""
        inspection = Inspection.objects.get(pk=inspection_id)
        severities = list(Severity.objects.order_by("position", "pk"))
        return _xml(forms.xform(inspection, checklist(inspection), severities).encode())


class Submissions(OpenRosa):
    """Where phones send to."""

    @endpoint(P.INSPECTION_RECORD, scope=SCOPE, query=SubmissionQuery)
    def get(self, request: Request) -> HttpResponse:
        """HEAD, before the first attempt: yes, send it here."""
        response = self.nothing()
        response["Location"] = self.address("openrosa-submission")
        response["X-OpenRosa-Accept-Content-Length"] = str(settings.MAX_UPLOAD_BYTES)
        return response

    @endpoint(P.INSPECTION_RECORD, scope=SCOPE, query=SubmissionQuery, status=201, waits=True)
    def post(self, request: Request) -> HttpResponse:
        """A filled form, with all its photos or some. 201 when it is safe, 202 while photos are still to come."""
        sent = dict(request.FILES.items())
        document = sent.pop(DOCUMENT, None)
        if document is None:
            raise Malformed(_("The part %(name)s with the form is missing.") % {"name": DOCUMENT})
        if was_too_large(request._request) or document.size > LARGEST:
            raise Problem("too-large")
        by_name: dict[str, UploadedFile] = {}
        for values in request.FILES.lists():
            by_name |= {file.name: file for file in values[1] if file.name and values[0] != DOCUMENT}
        done = receive(body=document.read(), files=by_name, by=self.person, at=self.at)
        return message(_told(done), status=202 if done.missing else 201, headers=self._place())

    def _place(self) -> dict[str, str]:
        return {"Location": self.address("openrosa-submission")}


def message(
    text: str, *, status: int, nature: str = "", headers: dict[str, str] | None = None
) -> HttpResponse:
    """An OpenRosa message, shown to whoever holds the phone."""
    root = Element("OpenRosaResponse", xmlns=MESSAGE)
    SubElement(root, "message", nature=nature or "submit_success").text = text
    return _xml(tostring(root, encoding="utf-8", xml_declaration=True), status=status, headers=headers)


def _told(done: Received) -> str:
    parts = [_("Received.") if done.is_new else _("Received before; nothing was changed.")]
    if done.row.set_aside:
        parts.append(_("Set aside, to be looked at in the program's pages:"))
        parts += [f"{item['where']}: {item['why']}" for item in done.row.set_aside[:20]]
    if done.missing:
        parts.append(_("%(count)d photos are still to come.") % {"count": len(done.missing)})
    return " ".join(parts)


def _xml(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8", headers=headers)
