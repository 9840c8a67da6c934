"""A program with something behind every address of the auditors' API, as its lead auditor's device asks for it, for fuzzing."""

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

from audits.enums import ReportStage, TeamRole
from audits.operations import evidence
from audits.queries.feeds import FEEDS, news
from tests import factories
from tests.api.letting_in import let_in
from tests.audits import acting, making
from tests.factories import AT
from tests.files.making import jpeg, sha256
from wsr.accounts.grants import Role
from wsr.api import paging
from wsr.files import receiving
from wsr.tenancy import program_scope


@dataclass
class Scene:
    """Who asks, and the ids of what is there, by the names that addresses and bodies have for them."""

    token: str
    known: dict[str, str]
    cursors: dict[str, str]  # of the news, by the name of the collection


def scene() -> Scene:
    """The program garment: a visit under way with a record of each kind, one the lead is asked to join, an old report, a repair."""
    program = factories.program("garment")
    lead = factories.member(program, Role.AUDITOR)
    place = acting.place(program)
    visits = {"team": [(lead, TeamRole.LEAD)], "workplace": place.workplace, "planner": place.agreer}
    earlier = making.submitted(program, **visits)
    making.report(program, earlier, stage=ReportStage.ISSUED, issued_at=AT)
    asked = making.inspection(program, **visits)
    visit = making.under_way(program, is_announced=True, **visits)
    finding = making.finding(program, visit).row
    known = {
        "program": program.slug,
        "inspection_id": visit.pk,
        "finding_id": finding.pk,
        "provision_id": finding.provision_id,
        "severity_id": finding.severity_id,
        "response_id": making.response(program, visit).row.pk,
        "interview_id": making.interview(program, visit).row.pk,
        "action_id": acting.reported(place).pk,
    }
    with program_scope(program.pk, person_id=place.agreer.pk):
        known["assignment_id"] = asked.teammembers.get(person=lead).pk
        known["repeat_of_id"] = earlier.findings.get().pk
    known |= _files(program, visit, lead)
    with making.as_auditor(program, lead):
        cursors = {name: str(news(feed, None, limit=1).cursor) for name, feed in FEEDS.items()}
    return Scene(let_in(lead), {name: str(value) for name, value in known.items()}, cursors)


def _files(program, visit, lead) -> dict[str, object]:
    """A photo that is evidence, one that is whole, and one of which the first piece is here."""
    uploads = []
    with making.as_auditor(program, lead):
        for size, pieces in (((80, 60), 99), ((40, 30), 99), ((90, 70), 1)):
            content = jpeg(size)
            said = {"name": "door.jpg", "size": len(content), "sha256": sha256(content), "chunk_size": 1024}
            upload = evidence.open_upload(inspection_id=visit.pk, by=lead, at=AT, **said)
            for offset in range(0, len(content), 1024)[:pieces]:
                piece = content[offset : offset + 1024]
                receiving.put_chunk(upload_id=upload.pk, offset=offset, content=piece, by=lead, at=AT)
            uploads.append(upload.pk)
        used, whole, begun = uploads
        receiving.finish(upload_id=whole, by=lead, at=AT)
        there = evidence.add(
            inspection_id=visit.pk, upload_id=used, evidence_id=None, noted_at=AT, by=lead, at=AT
        )
    return {
        "evidence_id": there.row.pk,
        "replaces_id": there.row.pk,
        "whole_upload": whole,
        "begun_upload": begun,
    }


def pins(scene: Scene) -> str:
    """What the parts of an address are, as configuration of schemathesis."""
    known = scene.known
    names = ("program", "inspection_id", "evidence_id", "action_id", "assignment_id")
    paths = {name: known[name] for name in names} | {"upload_id": known["begun_upload"]}
    lines = ["[parameters]", *(f'"path.{name}" = "{value}"' for name, value in paths.items())]
    for kind in ("response", "interview", "finding"):
        lines += ["[[operations]]", f"include-path-regex = '/{kind}s/[{{]record_id'"]
        lines += [f'parameters = {{ "path.record_id" = "{known[f"{kind}_id"]}" }}']
    return "\n".join(lines)


def aim(case: Any, scene: Scene) -> bool:
    """Let a valid request name what is there, but every eighth. Whether it does, so that it can be expected to be accepted."""
    if not case.meta.generation.mode.is_positive:
        return True
    query = dict(case.query or {})
    if "cursor" in query:
        place = paging.encode(AT, scene.known["action_id"])
        query["cursor"] = "0" if case.path.endswith("/earlier-findings/") else place
    if "since" in query:
        query["since"] = scene.cursors[case.path.split("/")[-2]]
    if "fields" in query:
        said = case.operation.query.get("fields").definition["description"]
        names = re.findall(r"[a-z0-9_]+", said.partition(":")[2])
        query["fields"] = ",".join(names[:: 1 + len(query["fields"]) % len(names)])
    if query != (case.query or {}):
        case.query = query
    if "Content-SHA256" in (case.headers or {}):
        content = getattr(case.body, "data", case.body)
        case.headers["Content-SHA256"] = hashlib.sha256(
            content if isinstance(content, bytes) else b""
        ).hexdigest()
    if not isinstance(case.body, dict):
        return True
    if zlib.crc32(json.dumps(case.body, default=str).encode()) % 8 == 0:
        return False
    body = _aimed(case.body, scene.known | {"upload_id": scene.known["whole_upload"]})
    if body != case.body:
        case.body = body
    return True


def _aimed(body: Any, known: dict[str, str]) -> Any:
    if isinstance(body, list):
        return [_aimed(item, known) for item in body]
    if not isinstance(body, dict):
        return body
    return {
        name: known[name] if name in known and isinstance(value, str) else _aimed(value, known)
        for name, value in body.items()
        if name != "question_id"  # without any, each provision is one question
    }
