"""Photos and other evidence: a file comes in chunks, over any line, and becomes evidence once it is whole."""

import hashlib
import re
from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from audits.api import inputs, outputs
from audits.api.shape import View, pointed
from audits.models import Evidence, Inspection
from audits.operations import evidence
from audits.operations.records import APPLIED
from wsr.accounts.grants import Permission as P
from wsr.api.door import Header, endpoint
from wsr.api.parsing import read
from wsr.api.problems import Place, Problem
from wsr.files import receiving
from wsr.files.models import Upload
from wsr.files.serving import as_download

OFFSET, DIGEST = "Upload-Offset", "Content-SHA256"


class Bytes(BaseParser):
    """A chunk, as it is."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """At most as much as a chunk may have."""
        return read(stream, receiving.LONGEST_CHUNK)


class EvidenceOfVisit(View):
    """The evidence of one visit."""

    @endpoint(
        P.INSPECTION_READ,
        scope="evidence:read",
        query=inputs.EvidenceQuery,
        output=outputs.EvidenceOut,
        many=True,
    )
    def get(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """What was sent as evidence of one visit."""
        rows = Evidence.objects.filter(inspection=Inspection.objects.get(pk=inspection_id))
        if since := self.query.get("changed_since"):
            rows = rows.filter(updated_at__gte=since)
        if finding := self.query.get("finding_id"):
            rows = rows.filter(finding_id=finding)
        return self.page(rows.select_related("file"))

    @endpoint(
        P.INSPECTION_RECORD,
        scope="evidence:write",
        input=inputs.EvidenceIn,
        output=outputs.EvidenceOut,
        status=201,
        also=(200,),
        versioned=True,
    )
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Make a whole upload evidence. It is checked and cleaned; where a photo was taken is kept apart, for the team alone."""
        fields = dict(self.input)
        put = pointed(
            lambda: evidence.add(
                inspection_id=inspection_id,
                evidence_id=fields.pop("id", None),
                by=self.person,
                at=self.at,
                **fields,
            )
        )
        return self.answer(put.row, status=201 if put.outcome == APPLIED else 200)


class OneEvidence(View):
    """One piece of evidence."""

    @endpoint(P.INSPECTION_READ, scope="evidence:read", output=outputs.EvidenceOut, versioned=True)
    def get(self, request: Request, evidence_id: UUID) -> HttpResponse:
        """What is known of it."""
        return self.answer(Evidence.objects.select_related("file").get(pk=evidence_id))


class Content(View):
    """The cleaned copy itself."""

    @endpoint(P.INSPECTION_READ, scope="evidence:read", gives="application/octet-stream")
    def get(self, request: Request, evidence_id: UUID) -> HttpResponse:
        """The cleaned copy, as a download.

        `media_type` of the evidence says what it is.
        """
        download = as_download(Evidence.objects.select_related("file").get(pk=evidence_id).file)
        download["Content-Type"] = self.endpoint.gives
        return download


class Uploads(View):
    """Files on their way."""

    @endpoint(
        P.INSPECTION_RECORD,
        scope="evidence:write",
        input=inputs.UploadIn,
        output=outputs.UploadOut,
        status=201,
    )
    def post(self, request: Request, inspection_id: UUID) -> HttpResponse:
        """Begin, or go on with, an upload: the same file is the same upload, and `received` says from where to go on."""
        fields = dict(self.input)
        row = evidence.open_upload(
            inspection_id=inspection_id,
            upload_id=fields.pop("id", None),
            by=self.person,
            at=self.at,
            **fields,
        )
        return self.answer(row)


class OneUpload(View):
    """One file on its way."""

    parser_classes = [Bytes]

    @endpoint(P.INSPECTION_RECORD, scope="evidence:write", output=outputs.UploadOut)
    def get(self, request: Request, upload_id: UUID) -> HttpResponse:
        """How much of it is here. HEAD tells the same in the header Upload-Offset."""
        return self._told(receiving.state_of(upload_id=upload_id, by=self.person))

    @endpoint(
        P.INSPECTION_RECORD,
        scope="evidence:write",
        output=outputs.UploadOut,
        takes="application/octet-stream",
        headers=(
            Header(OFFSET, "At which byte of the file the chunk begins.", r"^[0-9]{1,15}$"),
            Header(DIGEST, "Of the chunk, in hexadecimal.", r"^[0-9a-fA-F]{64}$"),
        ),
    )
    def put(self, request: Request, upload_id: UUID) -> HttpResponse:
        """One chunk of bytes: Upload-Offset says where it begins, Content-SHA256 what it is. What is here already changes nothing."""
        content = request.data if isinstance(request.data, bytes) else b""  # no body at all
        self._compare(content)
        try:
            row = receiving.put_chunk(
                upload_id=upload_id, offset=self._offset(), content=content, by=self.person, at=self.at
            )
        except receiving.OutOfOrder as error:
            more = {"received": error.received}
            raise Problem("conflict", str(error), headers={OFFSET: str(error.received)}, more=more) from None
        return self._told(row)

    @endpoint(P.INSPECTION_RECORD, scope="evidence:write", status=204)
    def delete(self, request: Request, upload_id: UUID) -> HttpResponse:
        """Throw it away, to begin anew."""
        receiving.abandon(upload_id=upload_id, by=self.person)
        return self.nothing()

    def _told(self, row: Upload) -> HttpResponse:
        return self.answer(row, headers={OFFSET: str(row.received)})

    def _offset(self) -> int:
        text = self.request.headers.get(OFFSET, "")
        if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
            why = _("Say at which byte the chunk begins.")
            raise Problem("invalid", errors=[Place(why, header=OFFSET)])
        return int(text)

    def _compare(self, content: bytes) -> None:
        declared = self.request.headers.get(DIGEST, "")
        if declared.lower() != hashlib.sha256(content).hexdigest():
            why = _(
                "This is not the SHA-256, in hexadecimal, of the bytes that arrived. Send the chunk again."
            )
            raise Problem("invalid", errors=[Place(why, header=DIGEST)])


class Finish(View):
    """The file is whole."""

    @endpoint(
        P.INSPECTION_RECORD,
        scope="evidence:write",
        input=inputs.NothingIn,
        output=outputs.UploadOut,
        waits=True,
    )
    def post(self, request: Request, upload_id: UUID) -> HttpResponse:
        """Compare the hash, check and clean the file. Asked again it is the same file."""
        try:
            receiving.finish(upload_id=upload_id, by=self.person, at=self.at)
        except receiving.NotWhole as error:
            more = {"received": error.received}
            raise Problem("conflict", str(error), headers={OFFSET: str(error.received)}, more=more) from None
        return self.answer(receiving.state_of(upload_id=upload_id, by=self.person))
