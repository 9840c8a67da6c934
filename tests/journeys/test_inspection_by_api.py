"""An inspection as everybody lives it: a day offline, then everything over a line that drops, and exactly one inspection; then its report,
what is put right and seen to be, and the ladder for what is not. The auditors' devices are the client generated from the description.

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

import pytest
from attrs import evolve
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.utils import timezone

from agreements.models import Escalation
from audits.enums import InspectionState
from audits.models import CorrectiveAction, Evidence, Finding, Inspection, Interview, Report, Seal
from audits.queries.remediation import progress_of
from tests.celery_worker import wait_for
from tests.files.making import jpeg
from tests.journeys.farm import DAY, Farm
from tests.journeys.phone import CHUNK, Phone, Photo, models
from tests.lines import Line
from wsr.api.models import Grant
from wsr.api.operations import grants
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep

IS_FULL = os.environ.get("WSR_FIELD_LINE") == "full"
PHOTOS = 100 if IS_FULL else 6
SHAPE = {"rate": 16_000, "delay": 0.2, "loss": 0.2} if IS_FULL else {}
FINDINGS = 200


@pytest.fixture
def farm(transactional_db, live_server, client):
    return Farm(live_server.url, client)


def test_an_inspection_by_api_alone(farm):
    assert "Green Acres" in farm.publish()
    visit = farm.plan()
    ana, ben = farm.phone(farm.ana), farm.phone(farm.ben)
    _join_and_read(ana, ben, visit)
    _a_day_in_the_field(farm, ana, ben, visit)
    farm.nobody_knows(visit)
    _submit(farm, ana, visit)

    report = _report(farm, visit)
    _put_right(farm, ben, visit)
    _too_late(farm)
    _afterwards(farm, report)


# ── The visit ────────────────────────────────────────────────────────────────────────────────────


def _join_and_read(ana: Phone, ben: Phone, visit) -> None:
    said = models()
    for device in (ana, ben):
        [asked] = device.get("assignments.assignments_list", state=said.AssignmentsListState.ASKED).items
        declared = said.AcceptIn(ties=[], statement="No ties.")
        assert device.get("assignments.accept_create", asked.id, body=declared).state == "accepted"

    def told() -> list:
        return ana.get("sync.inspections_sync_read").changes

    wait_for(told, what="the feed, which waits for every older transaction of the server")
    [change] = told()
    assert change.id == visit
    assert ana.get("inspections.earlier_findings_list", visit).items == []
    assert ana.get("inspections.actions_there_list", visit).items == []
    arrived = ana.get("inspections.arrive_create", visit, body=said.ArriveIn(workers_present=120))
    assert arrived.interviews_needed == 60


def _noted(visit, provisions: list) -> tuple[list, list[Photo]]:
    """What a day at the farm leaves on the device, whose clock is a day ahead."""
    said, kinds = models(), models().TypeEnum
    noted_at = timezone.now() + DAY

    def item(kind, **fields):
        return said.BatchItem(
            type_=kind,
            id=uuid.uuid4(),
            inspection_id=visit,
            noted_at=noted_at,
            **{str(kind): fields.pop("of")},
        )

    items = [
        item(kinds.INTERVIEW, of=said.InterviewFields(workers=number, place=place, held_on=noted_at.date()))
        for number, place in ((30, said.PlaceEnum.WORKPLACE), (32, said.PlaceEnum.HOUSING))
    ]
    items += [
        item(kinds.RESPONSE, of=said.ResponseFields(provision_id=key, answer=said.AnswerEnum.NOT_MET))
        for key in provisions
    ]
    findings = [
        item(
            kinds.FINDING,
            of=said.FindingFields(
                provision_id=provisions[number % len(provisions)], title=f"Locked gate {number}"
            ),
        )
        for number in range(FINDINGS)
    ]
    weight = 30_000 if IS_FULL else 20_000
    photos = [
        Photo(
            id=uuid.uuid4(),
            noted_at=noted_at,
            finding_id=findings[number].id,
            content=jpeg(salt=str(number), tail=random.Random(number).randbytes(weight)),
        )
        for number in range(PHOTOS)
    ]
    return items + findings, photos


def _a_day_in_the_field(farm: Farm, ana: Phone, ben: Phone, visit) -> None:
    lines = ana.get("inspections.checklist_read", visit).lines
    items, photos = _noted(visit, [line.provision_id for line in lines])
    start = time.monotonic()
    with Line(farm.url, **SHAPE, cuts=(15_000, 60_000, 100_000)) as line:
        phone = Phone(line.url, farm.program.slug, farm.ana)
        _send(phone, visit, items, photos)
        assert line.dropped == 3
        assert phone.retries > 0
        sys.stderr.write(
            f"\n{FINDINGS} findings and {PHOTOS} photos, {line.carried:,} bytes upwards,"
            f" {line.dropped} cuts, {phone.retries} retries: {time.monotonic() - start:.0f} s\n"
        )
    _second_device(ana, ben, items[-1])
    _revoked_in_the_middle(farm, ana, visit)


def _send(phone: Phone, visit, items: list, photos: list[Photo]) -> None:
    """All of it, and all of it again: nothing is there twice."""
    assert {result.outcome for result in phone.batch(items)} <= {"applied", "duplicate"}
    with ThreadPoolExecutor(4 if IS_FULL else 1) as pool:
        list(pool.map(lambda photo: phone.send_photo(visit, photo), photos))
    if not IS_FULL:
        assert {result.outcome for result in phone.batch(items)} == {"duplicate"}
        for photo in photos:
            phone.send_photo(visit, photo)


def _second_device(ana: Phone, ben: Phone, item) -> None:
    """The same finding on two devices: the second is told how it stands."""
    etag = ana.ask("findings.one_finding_read", item.id).headers["ETag"]

    def change(device: Phone, title: str):
        body = models().FindingChange(title=title)
        return device.ask("findings.one_finding_change", item.id, body=body, if_match=etag)

    assert change(ben, "Seen by Ben").status_code == 200
    refused = change(ana, "Seen by Ana")
    assert (refused.status_code, refused.parsed.current["title"]) == (412, "Seen by Ben")
    [result] = ana.batch([evolve(item, if_version=1, finding=evolve(item.finding, title="Seen by Ana"))])
    assert (result.outcome, result.current["title"]) == ("conflict", "Seen by Ben")
    assert ana.get("findings.one_finding_read", item.id).title == "Seen by Ben"


def _revoked_in_the_middle(farm: Farm, ana: Phone, visit) -> None:
    """A lost phone is shut out with the very next chunk; her other one goes on where it stopped."""
    device_id = uuid.uuid4()
    lost = farm.phone(farm.ana, device_id=device_id)
    content = jpeg(salt="lost", tail=b"\0" * 40_000)
    upload = lost.begin(visit, content)
    assert lost.put(upload, content, 0).status_code == 200
    with farm.as_staff():
        grant = Grant.objects.get(device_id=device_id)
        grants.end(grant_id=grant.pk, by=farm.planner, at=timezone.now())
    assert lost.put(upload, content, CHUNK).status_code == 401
    assert ana.begin(visit, content) == upload
    assert ana.get("uploads.one_upload_read", upload).received == CHUNK
    ana.send_photo(visit, Photo(uuid.uuid4(), timezone.now(), None, content))


def _submit(farm: Farm, ana: Phone, visit) -> None:
    """Once, however often it is sent; nothing is added after."""
    said = models()
    sealed, again = (
        ana.ask("inspections.submit_create", visit, body=said.SubmitIn(), idempotency_key=str(visit))
        for _time in range(2)
    )
    assert (sealed.status_code, again.parsed) == (200, sealed.parsed)
    late = said.InterviewFields(workers=1, place=said.PlaceEnum.HOUSING, held_on=timezone.now().date())
    [result] = ana.batch(
        [
            said.BatchItem(
                type_=said.TypeEnum.INTERVIEW,
                id=uuid.uuid4(),
                inspection_id=visit,
                noted_at=timezone.now(),
                interview=late,
            )
        ]
    )
    assert result.outcome == "invalid"
    with farm.as_staff():
        inspection = Inspection.objects.get()
        assert (inspection.pk, inspection.state) == (visit, InspectionState.SUBMITTED)
        assert Finding.objects.count() == FINDINGS
        assert Interview.objects.aggregate(total=Sum("workers"))["total"] == 62
        assert Evidence.objects.count() == PHOTOS + 1
        seal = Seal.objects.get()
        assert hashlib.sha256(seal.body.encode()).hexdigest() == seal.sha256
        for finding in Finding.objects.all()[:3]:  # kept as the device said, beside the server's time
            assert dt.timedelta(hours=20) < finding.noted_at - finding.received_at < dt.timedelta(hours=25)
    assert farm.phone(farm.director).get("inspections.one_inspection_read", visit).state == "submitted"


# ── The report and what follows ──────────────────────────────────────────────────────────────────


def _report(farm: Farm, visit):
    """Reviewed, replied to within its time, issued; no brand reads it before, and only who buys there after."""
    farm.send(farm.planner, "share_report", visit, checked="on")
    with farm.as_staff():
        report = Report.objects.get()
        reply_clock = Clock.objects.get(kind="audits.report_reply")
    assert farm.page(farm.planner, "issue_report", visit, data={"checked": "on"}).status_code == 422
    assert farm.page(farm.officer, "report", report.pk).status_code == 404
    farm.send(farm.manager, "reply", report.pk, whole="We will mend it.")
    farm.send(farm.planner, "issue_report", visit, checked="on")
    sweep(at=timezone.now())  # what a portal does to a clock is left to the next tick
    with farm.as_staff():
        reply_clock.refresh_from_db()
        assert reply_clock.state == "met"
        report.refresh_from_db()
        assert (report.stage, len(report.body["findings"])) == ("issued", FINDINGS)
    shown = farm.page(farm.officer, "report", report.pk)
    assert b"We will mend it." in shown.content
    assert b"Fieldnote" not in shown.content
    printed = b"".join(farm.page(farm.officer, "report_pdf", report.pk).streaming_content)
    assert hashlib.sha256(printed).hexdigest() == report.pdf_sha256
    for name, key in (("inspection", visit), ("review", visit)):
        assert farm.page(farm.officer, name, key).status_code in (403, 404)
    assert farm.page(farm.rival_officer, "report", report.pk).status_code == 404
    return report


def _put_right(farm: Farm, ben: Phone, visit) -> None:
    """Agreed with a date and who pays, reported with proof, verified by somebody else: only that moves the progress."""
    said = models()
    with farm.as_staff():
        first, second, third = CorrectiveAction.objects.order_by("number")[:3]
        assert progress_of(farm.workplace.pk) == {"verified": 0, "original": FINDINGS}
    tomorrow = (timezone.now() + DAY).date()
    plan = {
        "action": "Take the lock off.",
        "due_on": tomorrow,
        "payer": "shared",
        "cost": "40",
        "currency": "USD",
    }
    for action in (first, second, third):
        farm.send(farm.planner, "agree_action", action.pk, **plan)
    shown = farm.page(farm.officer, "action", first.pk).content.decode()
    assert "Take the lock off." in shown

    receipt = SimpleUploadedFile("receipt.txt", b"One gate without a lock.")
    farm.send(farm.manager, "report_action", first.pk, note="The lock is off.", files=receipt)
    farm.send(farm.planner, "report_action_for", second.pk, note="The owner called: it is off.")
    planner = farm.phone(farm.planner)
    refused = planner.ask("actions.verify_create", second.pk, body=said.NoteIn(note="I believe it."))
    assert (refused.status_code, "somebody else" in refused.parsed.detail) == (409, True)
    with farm.as_staff():
        assert progress_of(farm.workplace.pk)["verified"] == 0

    open_there = ben.get("actions.actions_list", state=said.ActionsListState.REPORTED).items
    assert {action.id for action in open_there} == {first.pk, second.pk}
    seen = ben.get(
        "actions.verify_create", first.pk, body=said.NoteIn(note="Seen open.", inspection_id=visit)
    )
    assert seen.state == "verified"
    why = said.RejectIn(reason="It is locked again.")
    assert ben.get("actions.reject_create", second.pk, body=why).state == "rejected"
    with farm.as_staff():
        assert progress_of(farm.workplace.pk) == {"verified": 1, "original": FINDINGS}


def _too_late(farm: Farm) -> None:
    """The date of the others passes: the supplier climbs one rung of the agreement's ladder, once."""
    sweep(at=timezone.now())
    assert farm.rung() == "good_standing"
    for _tick in range(2):
        sweep(at=timezone.now() + 3 * DAY)
    assert farm.rung() == "probation"
    with farm.as_staff():
        case = Escalation.objects.select_related("rung").get()
        assert (case.rung.key, case.workplace_id) == ("probation", farm.workplace.pk)
        overdue = CorrectiveAction.objects.exclude(laddered_for=None)
        assert {action.number for action in overdue} == {2, 3}


def _afterwards(farm: Farm, report) -> None:
    """By the program's rule the public learns how many findings there were, how many are mended and what the supplier says, and nothing else."""
    public = farm.publish()
    assert "Last inspected" in public
    assert "We will mend it." in public
    assert report.pdf_sha256 in public
    assert '"findings_corrected": 1' in public or '"findings_corrected":1' in public
    for word in ("Locked gate", "Seen by Ben", "Fieldnote", "Take the lock off."):
        assert word not in public
