"""The auditor's device of the journeys: the generated typed client, which asks again until an answer arrives."""

import hashlib
import importlib
import io
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from tests.api.device import generated
from tests.api.letting_in import let_in

CHUNK = 16 * 1024


@dataclass(frozen=True)
class Photo:
    """What the camera made, and what it shows."""

    id: UUID
    noted_at: Any
    finding_id: UUID | None
    content: bytes


def models() -> Any:
    """The typed shapes of what is sent and answered."""
    generated()
    return importlib.import_module("wsr_client.models")


class Phone:
    """Keeps what it noted, sends it as often as it takes, and trusts no answer it did not get."""

    def __init__(self, url: str, slug: str, person: Any, **granted: Any) -> None:
        self.slug, self.retries = slug, 0
        self.client = generated().AuthenticatedClient(
            base_url=url,
            token=let_in(person, **granted),
            timeout=httpx.Timeout(60),
            raise_on_unexpected_status=True,  # an answer that the description does not know is a bug
            httpx_args={"trust_env": False},
        )

    def ask(self, operation: str, *ids: object, body: Any = None, **more: Any) -> Any:
        """The answer to an operation of the description, as “inspections.submit_create”. `body`: what it takes, or a function that makes it."""
        call = importlib.import_module(f"wsr_client.api.{operation}").sync_detailed
        for _attempt in range(20):
            if body is not None:
                more["body"] = body() if callable(body) else body
            try:
                answer = call(self.slug, *ids, client=self.client, **more)
            except httpx.TransportError:
                self.retries += 1
                continue
            if answer.status_code != 429:
                return answer
            time.sleep(int(answer.headers["Retry-After"]))
        raise AssertionError("the line never came back")

    def get(self, operation: str, *ids: object, **more: Any) -> Any:
        """What a good answer holds."""
        answer = self.ask(operation, *ids, **more)
        assert answer.status_code in (200, 201), answer.content
        return answer.parsed

    def status(self, operation: str, *ids: object, **more: Any) -> int:
        """The status alone."""
        return int(self.ask(operation, *ids, **more).status_code)

    def batch(self, items: list[Any]) -> list[Any]:
        """Results of all items, fifty at once."""
        found = []
        for start in range(0, len(items), 50):
            found += self.get(
                "sync.batch_create", body=models().BatchIn(items=items[start : start + 50])
            ).results
        return found

    def begin(self, visit: UUID, content: bytes) -> UUID:
        """Open an upload, or find it again."""
        body = models().UploadIn(name="photo.jpg", size=len(content), sha256=_hash(content), chunk_size=CHUNK)
        return self.get("inspections.uploads_create", visit, body=body).id

    def put(self, upload: UUID, content: bytes, offset: int) -> Any:
        """One chunk."""
        chunk = content[offset : offset + CHUNK]
        file = importlib.import_module("wsr_client.types").File
        return self.ask(
            "uploads.one_upload_put",
            upload,
            body=lambda: file(io.BytesIO(chunk)),
            upload_offset=str(offset),
            content_sha256=_hash(chunk),
        )

    def send_photo(self, visit: UUID, photo: Photo) -> None:
        """From wherever the server has it, until it is evidence."""
        upload = self.begin(visit, photo.content)
        received = self.get("uploads.one_upload_read", upload).received
        while received < len(photo.content):
            received = int(self.put(upload, photo.content, received).headers["Upload-Offset"])
        body = models().EvidenceIn(
            id=photo.id, noted_at=photo.noted_at, upload_id=upload, finding_id=photo.finding_id
        )
        self.get("inspections.evidence_of_visit_create", visit, body=body)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
