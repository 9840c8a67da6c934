"""An inspection as an auditor's device lives it: a day offline, then everything over a line that drops, and exactly one inspection.

WSR_FIELD_LINE=full sends 100 photos at 128 kbit/s with 400 ms there and back and a fifth of all packets lost, and says how long it took.
"""

import datetime as dt
import hashlib
import os
import random
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest
from django.db.models import Sum
from django.utils import timezone

from audits.enums import InspectionKind, InspectionState, TeamRole
from audits.models import Evidence, Finding, Inspection, Interview, Report, Seal
from audits.operations import planning, reporting
from programs.enums import Part
from tests import factories
from tests.api.letting_in import let_in
from tests.audits import making
from tests.files.making import jpeg
from tests.lines import Line
from wsr.accounts.grants import Role
from wsr.api.models import Grant
from wsr.api.operations import grants
from wsr.tenancy import Audience, program_scope

IS_FULL = os.environ.get("WSR_FIELD_LINE") == "full"
PHOTOS = 100 if IS_FULL else 6
SHAPE = {"rate": 16_000, "delay": 0.2, "loss": 0.2} if IS_FULL else {}
CHUNK = 16 * 1024
FINDINGS = 200


class Device:
    """A phone: keeps what it noted, sends it as often as it takes, and trusts no answer it did not get."""

    def __init__(self, url: str, slug: str, token: str) -> None:
        self.base, self.retries = f"{url}/api/v1/programs/{slug}", 0
        self.http = httpx.Client(timeout=60, trust_env=False)
        self.let_in(token)

    def let_in(self, token: str) -> None:
        self.http.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, data=None, **more) -> httpx.Response:
        """Again and again, until an answer arrives."""
        for _attempt in range(20):
            try:
                answer = self.http.request(method, f"{self.base}/{path}", json=data, **more)
            except httpx.TransportError:
                self.retries += 1
                continue
            if answer.status_code != 429:
                return answer
            time.sleep(int(answer.headers["Retry-After"]))
        raise AssertionError("the line never came back")

    def batch(self, items: list[dict]) -> list[dict]:
        """Results of all items, fifty at once."""
        found = []
        for start in range(0, len(items), 50):
            answer = self.ask("POST", "sync/batch/", {"items": items[start : start + 50]})
            assert answer.status_code == 200, answer.text
            found += answer.json()["results"]
        return found

    def begin(self, visit: str, content: bytes) -> str:
        """Open an upload, or find it again."""
        body = {"name": "photo.jpg", "size": len(content), "sha256": _hash(content), "chunk_size": CHUNK}
        answer = self.ask("POST", f"inspections/{visit}/uploads/", body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def put(self, upload: str, content: bytes, offset: int) -> httpx.Response:
        """One chunk."""
        chunk = content[offset : offset + CHUNK]
        headers = {
            "Content-Type": "application/octet-stream",
            "Upload-Offset": str(offset),
            "Content-SHA256": _hash(chunk),
        }
        return self.ask("PUT", f"uploads/{upload}/", content=chunk, headers=headers)

    def send_photo(self, visit: str, photo: SimpleNamespace) -> None:
        """From wherever the server has it, until it is evidence."""
        upload = self.begin(visit, photo.content)
        received = int(self.ask("HEAD", f"uploads/{upload}/").headers["Upload-Offset"])
        while received < len(photo.content):
            answer = self.put(upload, photo.content, received)
            received = int(answer.headers["Upload-Offset"])
        body = {
            "id": photo.id,
            "noted_at": photo.noted_at,
            "upload_id": upload,
            "finding_id": photo.finding_id,
        }
        answer = self.ask("POST", f"inspections/{visit}/evidence/", body)
        assert answer.status_code in (200, 201), answer.text


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def field(transactional_db, live_server):
    """A farm, a season, a floor of half of the workers; who plans, two who go, and a director who must not know."""
    program = factories.program("harvest")
    making.floor(program, "50")
    making.code(program, provisions=5)
    people = {
        name: factories.member(program, role)
        for name, role in (
            ("planner", Role.INSPECTOR_IN_CHARGE),
            ("director", Role.DIRECTOR),
            ("ana", Role.AUDITOR),
            ("ben", Role.AUDITOR),
        )
    }
    for person in people.values():
        factories.second_factor(person)
    organization = factories.organization("supplier")
    manager = factories.member(program, Role.SUPPLIER_MANAGER, organization=organization)
    supplier = factories.participation(program, Part.SUPPLIER, organization=organization)
    workplace = factories.workplace(program, supplier=supplier)
    return SimpleNamespace(
        program=program,
        workplace=workplace,
        organization=organization,
        manager=manager,
        url=live_server.url,
        **people,
    )


def plan(field) -> str:
    today = timezone.now().date()
    making.season(
        field.program, starts_on=today - dt.timedelta(days=30), ends_on=today + dt.timedelta(days=60)
    )
    with program_scope(field.program.pk, person_id=field.planner.pk):
        visit = planning.plan(
            workplace_id=field.workplace.pk,
            kind=InspectionKind.SEASONAL,
            starts_on=today,
            ends_on=today + dt.timedelta(days=1),
            is_announced=False,
            team=[(field.ana.pk, TeamRole.LEAD), (field.ben.pk, TeamRole.AUDITOR)],
            by=field.planner,
            at=timezone.now(),
        )
    return str(visit.pk)


def day_offline(visit: str, provisions: list[str]) -> tuple[list[dict], list[SimpleNamespace]]:
    """What a day at the farm leaves on the device, whose clock is a day ahead."""
    noted_at = (timezone.now() + dt.timedelta(days=1)).isoformat()
    head = {"inspection_id": visit, "noted_at": noted_at}
    items = [
        {
            **head,
            "type": "interview",
            "id": str(uuid.uuid4()),
            "interview": {**said, "held_on": noted_at[:10]},
        }
        for said in ({"workers": 30, "place": "workplace"}, {"workers": 32, "place": "housing"})
    ]
    items += [
        {
            **head,
            "type": "response",
            "id": str(uuid.uuid4()),
            "response": {"provision_id": key, "answer": "not_met"},
        }
        for key in provisions
    ]
    findings = [
        {
            **head,
            "type": "finding",
            "id": str(uuid.uuid4()),
            "finding": {"provision_id": provisions[number % len(provisions)], "title": f"Finding {number}"},
        }
        for number in range(FINDINGS)
    ]
    weight = 30_000 if IS_FULL else 20_000
    photos = [
        SimpleNamespace(
            id=str(uuid.uuid4()),
            noted_at=noted_at,
            finding_id=findings[number]["id"],
            content=jpeg(salt=str(number), tail=random.Random(number).randbytes(weight)),
        )
        for number in range(PHOTOS)
    ]
    return items + findings, photos


def test_an_inspection_by_api_alone(field):
    visit = plan(field)
    ana = Device(field.url, field.program.slug, let_in(field.ana))
    ben = Device(field.url, field.program.slug, let_in(field.ben))
    outsider = Device(field.url, field.program.slug, let_in(field.director))

    _join_and_read(ana, ben, outsider, visit)
    checklist = ana.ask("GET", f"inspections/{visit}/checklist/").json()
    items, photos = day_offline(visit, [line["provision_id"] for line in checklist["lines"]])

    start = time.monotonic()
    with Line(field.url, **SHAPE, cuts=(15_000, 60_000, 100_000)) as line:
        phone = Device(line.url, field.program.slug, let_in(field.ana))
        _send(phone, visit, items, photos)
        assert line.dropped == 3
        assert phone.retries > 0
        sys.stderr.write(
            f"\n{FINDINGS} findings and {PHOTOS} photos, {line.carried:,} bytes upwards,"
            f" {line.dropped} cuts, {phone.retries} retries: {time.monotonic() - start:.0f} s\n"
        )
    _second_device(ana, ben, visit, items)
    _revoked_in_the_middle(field, ana, visit)

    assert outsider.ask("GET", f"inspections/{visit}/").status_code == 404
    sealed = ana.ask("POST", f"inspections/{visit}/submit/", {}, headers={"Idempotency-Key": visit})
    again = ana.ask("POST", f"inspections/{visit}/submit/", {}, headers={"Idempotency-Key": visit})
    assert (sealed.status_code, again.json()) == (200, sealed.json())
    late = ana.batch([{**items[-1], "id": str(uuid.uuid4())}])
    assert [result["outcome"] for result in late] == ["invalid"]

    _one_inspection(field, visit)
    assert outsider.ask("GET", f"inspections/{visit}/").json()["state"] == "submitted"
    _reported(field, visit)


def _join_and_read(ana: Device, ben: Device, outsider: Device, visit: str) -> None:
    for device in (ana, ben):
        [asked] = device.ask("GET", "assignments/?state=asked").json()["items"]
        accepted = device.ask(
            "POST", f"assignments/{asked['id']}/accept/", {"ties": [], "statement": "No ties."}
        )
        assert accepted.json()["state"] == "accepted"
    assert outsider.ask("GET", "inspections/").json()["items"] == []
    told = ana.ask("GET", "sync/inspections/").json()
    assert [change["id"] for change in told["changes"]] == [visit]
    assert ana.ask("GET", f"inspections/{visit}/earlier-findings/").json()["items"] == []
    assert ana.ask("GET", f"inspections/{visit}/actions/").json()["items"] == []
    arrived = ana.ask("POST", f"inspections/{visit}/arrive/", {"workers_present": 120})
    assert arrived.json()["interviews_needed"] == 60


def _send(phone: Device, visit: str, items: list[dict], photos: list[SimpleNamespace]) -> None:
    """All of it, and all of it again: nothing is there twice."""
    assert {result["outcome"] for result in phone.batch(items)} <= {"applied", "duplicate"}
    with ThreadPoolExecutor(4 if IS_FULL else 1) as pool:
        list(pool.map(lambda photo: phone.send_photo(visit, photo), photos))
    if not IS_FULL:
        assert {result["outcome"] for result in phone.batch(items)} == {"duplicate"}
        for photo in photos:
            phone.send_photo(visit, photo)


def _second_device(ana: Device, ben: Device, visit: str, items: list[dict]) -> None:
    """The same finding on two devices: the second is told how it stands."""
    item = items[-1]
    one = f"findings/{item['id']}/"
    etag = ana.ask("GET", one).headers["ETag"]
    assert ben.ask("PATCH", one, {"title": "Seen by Ben"}, headers={"If-Match": etag}).status_code == 200
    refused = ana.ask("PATCH", one, {"title": "Seen by Ana"}, headers={"If-Match": etag})
    assert (refused.status_code, refused.json()["current"]["title"]) == (412, "Seen by Ben")
    [result] = ana.batch([{**item, "if_version": 1, "finding": {**item["finding"], "title": "Seen by Ana"}}])
    assert (result["outcome"], result["current"]["title"]) == ("conflict", "Seen by Ben")


def _revoked_in_the_middle(field, ana: Device, visit: str) -> None:
    """A lost phone is shut out with the very next chunk; her other one goes on where it stopped."""
    device_id = uuid.uuid4()
    lost = Device(field.url, field.program.slug, let_in(field.ana, device_id=device_id))
    content = jpeg(salt="lost", tail=b"\0" * 40_000)
    upload = lost.begin(visit, content)
    assert lost.put(upload, content, 0).status_code == 200
    with program_scope(field.program.pk, person_id=field.planner.pk):
        grant = Grant.objects.get(device_id=device_id)
        grants.end(grant_id=grant.pk, by=field.planner, at=timezone.now())
    assert lost.put(upload, content, CHUNK).status_code == 401
    photo = SimpleNamespace(
        id=str(uuid.uuid4()), noted_at=timezone.now().isoformat(), finding_id=None, content=content
    )
    assert ana.begin(visit, content) == upload
    ana.send_photo(visit, photo)


def _one_inspection(field, visit: str) -> None:
    with program_scope(field.program.pk, person_id=field.planner.pk):
        [inspection] = Inspection.objects.all()
        assert (str(inspection.pk), inspection.state) == (visit, InspectionState.SUBMITTED)
        assert Finding.objects.count() == FINDINGS
        assert Interview.objects.aggregate(total=Sum("workers"))["total"] == 62
        assert Evidence.objects.count() == PHOTOS + 1
        seal = Seal.objects.get()
        assert hashlib.sha256(seal.body.encode()).hexdigest() == seal.sha256
        said = Finding.objects.first()
        assert said.noted_at - said.received_at > dt.timedelta(
            hours=20
        )  # kept as said, beside the server's time


def _reported(field, visit: str) -> None:
    """Shared, replied to, issued."""
    now = timezone.now()
    with program_scope(field.program.pk, person_id=field.planner.pk):
        report = reporting.share_with_supplier(inspection_id=visit, by=field.planner, at=now)
    with program_scope(
        field.program.pk,
        Audience.SUPPLIER,
        person_id=field.manager.pk,
        organization_id=field.organization.pk,
    ):
        reporting.reply(report_id=report.pk, text="We will mend it.", by=field.manager, at=now)
    with program_scope(field.program.pk, person_id=field.planner.pk):
        reporting.issue(inspection_id=visit, by=field.planner, at=now)
        assert Inspection.objects.get().state == InspectionState.ISSUED
        assert len(Report.objects.get(stage="issued").body["findings"]) == FINDINGS
