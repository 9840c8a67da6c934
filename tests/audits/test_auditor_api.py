"""The auditors' API from outside: what a device reads and sends, and how each refusal looks."""

import uuid
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from audits.enums import AssignmentState, InspectionState, TeamRole
from audits.models import Finding, Inspection, TeamMember
from tests import factories
from tests.api.letting_in import Caller, let_in
from tests.audits import rows
from tests.files.making import jpeg, sha256
from wsr.accounts.grants import Role
from wsr.tenancy import circles, program_scope

IN_PROGRESS = InspectionState.IN_PROGRESS
NOTED = "2026-03-02T09:00:00Z"


@pytest.fixture
def field(program, client):
    """A visit under way with one auditor, whose device asks."""
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    ana = factories.member(program, Role.AUDITOR)
    factories.second_factor(ana)
    visit = rows.inspection(program, planner, ana, state=IN_PROGRESS)
    ask = Caller(client, let_in(ana))
    base = f"/api/v1/programs/{program.slug}"
    return SimpleNamespace(
        program=program, planner=planner, ana=ana, visit=visit, ask=ask, base=base, client=client
    )


def colleague(field, role=Role.AUDITOR) -> SimpleNamespace:
    """Another person with a device."""
    person = factories.member(field.program, role)
    factories.second_factor(person)
    return SimpleNamespace(person=person, ask=Caller(field.client, let_in(person)))


def provision(field) -> str:
    with program_scope(field.program.pk):
        return str(field.visit.code.provisions.first().pk)


def a_finding(field, **fields) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "noted_at": NOTED,
        "provision_id": provision(field),
        "title": "Locked",
    } | fields


def test_me_tells_who_asks_and_what_the_server_takes(field):
    answer = field.ask("GET", f"{field.base}/me/")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["email"], told["roles"], told["batch_items"]) == (field.ana.email, ["auditor"], 500)


def test_an_assignment_is_accepted_with_a_declaration(field):
    ben = colleague(field)
    with program_scope(field.program.pk, person_id=field.planner.pk):
        circles.admit(field.visit.pk, ben.person.pk)
        rows.member(field.visit, ben.person, AssignmentState.ASKED)
    [asked] = ben.ask("GET", f"{field.base}/assignments/?state=asked").json()["items"]
    answer = ben.ask(
        "POST", f"{field.base}/assignments/{asked['id']}/accept/", {"ties": [], "statement": "None."}
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    again = ben.ask("POST", f"{field.base}/assignments/{asked['id']}/accept/", {"ties": []})
    assert again.status_code == 409
    assert field.ask("GET", f"{field.base}/assignments/{asked['id']}/").status_code == 404


def test_who_declares_a_tie_sees_nothing_more(field):
    ben = colleague(field)
    with program_scope(field.program.pk, person_id=field.planner.pk):
        circles.admit(field.visit.pk, ben.person.pk)
        member = rows.member(field.visit, ben.person, AssignmentState.ASKED)
    answer = ben.ask("POST", f"{field.base}/assignments/{member.pk}/accept/", {"ties": ["family"]})
    assert (answer.status_code, answer.json()["state"]) == (200, "barred")
    assert ben.ask("GET", f"{field.base}/inspections/{field.visit.pk}/").status_code == 404
    assert ben.ask("GET", f"{field.base}/inspections/").json()["items"] == []


def test_the_checklist_has_every_line_and_an_etag(field):
    answer = field.ask("GET", f"{field.base}/inspections/{field.visit.pk}/checklist/")
    assert [line["reference"] for line in answer.json()["lines"]] == ["1", "2", "3"]
    known = field.ask(
        "GET", f"{field.base}/inspections/{field.visit.pk}/checklist/", If_None_Match=answer["ETag"]
    )
    assert known.status_code == 304


def test_a_finding_sent_twice_stands_once_and_changed_needs_its_version(field):
    there, body = f"{field.base}/inspections/{field.visit.pk}/findings/", a_finding(field)
    first, again = field.ask("POST", there, body), field.ask("POST", there, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()

    one = f"{field.base}/findings/{body['id']}/"
    other = field.ask("POST", there, {**body, "title": "Open"})
    assert (other.status_code, other.json()["current"]["title"]) == (412, "Locked")
    assert field.ask("PATCH", one, {"title": "Open"}).status_code == 428
    changed = field.ask("PATCH", one, {"title": "Open"}, If_Match=first["ETag"])
    assert (changed.status_code, changed.json()["title"], changed["ETag"]) == (200, "Open", '"2"')
    late = field.ask("PATCH", one, {"title": "Ajar"}, If_Match=first["ETag"])
    assert (late.status_code, late.json()["current"]["title"], late["ETag"]) == (412, "Open", '"2"')


def test_what_is_wrong_is_pointed_at(field):
    there = f"{field.base}/inspections/{field.visit.pk}/findings/"
    stranger = field.ask("POST", there, a_finding(field, provision_id=str(uuid.uuid4())))
    assert stranger.status_code == 400
    assert [error["pointer"] for error in stranger.json()["errors"]] == ["/provision_id"]
    for body, pointer in (
        (a_finding(field, title=""), "/title"),
        (a_finding(field, workers_affected="5"), "/workers_affected"),
        (a_finding(field, noted_at="1001-01-01T00:00:00Z"), "/noted_at"),
        (a_finding(field, noted_at="0001-01-01T00:00:00+14:00"), "/noted_at"),
        (a_finding(field, colour="red"), "/colour"),
    ):
        answer = field.ask("POST", there, body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


def test_bulk_findings_stand_or_fall_one_by_one(field):
    good, bad = a_finding(field), a_finding(field, provision_id=str(uuid.uuid4()))
    answer = field.ask(
        "POST", f"{field.base}/inspections/{field.visit.pk}/findings/bulk/", {"items": [good, bad, good]}
    )
    assert [result["outcome"] for result in answer.json()["results"]] == ["applied", "invalid", "duplicate"]


def batch(field, *items, ask=None):
    return (ask or field.ask)("POST", f"{field.base}/sync/batch/", {"items": list(items)})


def item(field, kind: str, **fields) -> dict:
    made = {"type": kind, "inspection_id": str(field.visit.pk), "noted_at": NOTED}
    for name in ("id", "if_version", "inspection_id"):
        if name in fields:
            made[name] = fields.pop(name)
    return {**made, kind: fields}


def test_each_item_of_a_batch_has_its_own_fate(field):
    key, interview = str(uuid.uuid4()), str(uuid.uuid4())
    first = {"provision_id": provision(field), "title": "Locked"}
    items = [
        item(field, "finding", id=key, **first),
        item(field, "finding", id=str(uuid.uuid4()), **{**first, "provision_id": str(uuid.uuid4())}),
        item(field, "finding", id=key, **{**first, "title": "Other"}),
        item(field, "interview", id=interview, workers=62, place="housing", held_on="2026-03-02"),
        item(field, "interview", id=str(uuid.uuid4()), workers=0, place="housing", held_on="2026-03-02"),
        item(field, "response", provision_id=provision(field), answer="not_met"),
        item(field, "finding", inspection_id=str(uuid.uuid4()), **first),
        item(field, "withdrawal", id=str(uuid.uuid4()), reason="A mistake."),
        {"type": "finding"},
        item(field, "visit", summary="Calm."),
    ]
    answer = batch(field, *items)
    assert answer.status_code == 200, answer.json()
    results = answer.json()["results"]
    assert [result["outcome"] for result in results] == [
        "applied",
        "invalid",
        "conflict",
        "applied",
        "invalid",
        "applied",
        "invalid",
        "invalid",
        "invalid",
        "applied",
    ]
    assert results[1]["errors"][0]["pointer"] == "/finding/provision_id"
    assert results[2]["current"]["title"] == "Locked"
    assert results[4]["errors"][0]["pointer"] == "/interview/workers"
    assert results[6]["errors"][0]["pointer"] == "/inspection_id"
    again = batch(field, *[items[number] for number in (0, 3, 5, 9)]).json()["results"]
    assert [result["outcome"] for result in again] == ["duplicate"] * 4
    with program_scope(field.program.pk, person_id=field.planner.pk):
        assert Finding.objects.filter(inspection=field.visit).count() == 1


def test_a_stranger_cannot_tell_a_visit_from_none(field):
    ben = colleague(field)
    for address in ("", "findings/", "checklist/", "team/", "uploads/", "earlier-findings/"):
        for key in (field.visit.pk, uuid.uuid4()):
            method = "POST" if address == "uploads/" else "GET"
            data = (
                {"name": "a", "size": 1, "sha256": "0" * 64, "chunk_size": 1024} if method == "POST" else None
            )
            answer = ben.ask(method, f"{field.base}/inspections/{key}/{address}", data)
            assert answer.status_code == 404, (address, answer.content)
    [result] = batch(field, item(field, "visit", summary="I was here."), ask=ben.ask).json()["results"]
    assert result["errors"] == [{"pointer": "/inspection_id", "detail": "There is no such record."}]


@pytest.mark.parametrize("name", ["inspections", "assignments"])
def test_lists_of_visits_take_as_many_queries_for_many_as_for_one(field, name):
    one, many = _queries(
        field, f"{field.base}/{name}/", lambda: rows.inspection(field.program, field.planner, field.ana)
    )
    assert one == many


@pytest.mark.parametrize("name", ["findings", "responses", "interviews", "evidence"])
def test_lists_of_records_take_as_many_queries_for_many_as_for_one(field, name):
    def more():
        with program_scope(field.program.pk, person_id=field.planner.pk):
            rows.finding(field.visit, field.ana)

    one, many = _queries(field, f"{field.base}/inspections/{field.visit.pk}/{name}/", more)
    assert one == many


def _queries(field, address, more):
    """How many queries the list takes with one more row, and with five more."""
    counted = []
    for many in (1, 5):
        for _ in range(many):
            more()
        field.ask("GET", address)
        with CaptureQueriesContext(connections["default"]) as queries:
            assert field.ask("GET", address).status_code == 200
        counted.append(len(queries))
    return counted


def test_fields_narrow_lists_and_single_records(field):
    one = f"{field.base}/inspections/{field.visit.pk}/"
    assert field.ask("GET", f"{one}?fields=state").json() == {"state": "in_progress"}
    assert set(field.ask("GET", f"{one}checklist/?fields=lines").json()) == {"lines"}
    assert set(field.ask("GET", "/api/v1/?fields=name").json()) == {"name"}
    assert field.ask("PATCH", f"{one}?fields=state", {"summary": "Late."}, If_Match='"1"').status_code == 400
    answer = field.ask("GET", f"{field.base}/inspections/?fields=id,state")
    assert answer.json()["items"] == [{"id": str(field.visit.pk), "state": "in_progress"}]
    wrong = field.ask("GET", f"{field.base}/inspections/?fields=id,secret_of")
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (400, "fields")


def test_pages_turn(field):
    for _ in range(3):
        rows.inspection(field.program, field.planner, field.ana)
    seen, cursor = [], ""
    while cursor is not None:
        page = field.ask(
            "GET", f"{field.base}/inspections/?limit=2" + (f"&cursor={cursor}" if cursor else "")
        ).json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 4
    pages = field.ask("GET", f"{field.base}/assignments/?limit=3").json()
    rest = field.ask("GET", f"{field.base}/assignments/?limit=3&cursor={pages['next_cursor']}").json()
    assert (len(pages["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 1, None)


def test_sync_tells_changes_and_its_cursor_is_checked(field):
    first = field.ask("GET", f"{field.base}/sync/inspections/")
    assert first.status_code == 200, first.content
    told = first.json()
    assert [change["record"]["id"] for change in told["changes"]] in ([str(field.visit.pk)], [])
    assert field.ask("GET", f"{field.base}/sync/inspections/?since={told['cursor']}").status_code == 200
    assert field.ask("GET", f"{field.base}/sync/findings/?since={told['cursor']}").status_code == 400
    assert field.ask("GET", f"{field.base}/sync/findings/?since=%00").status_code == 400


def test_what_was_submitted_takes_no_more(field):
    with program_scope(field.program.pk, person_id=field.planner.pk):
        TeamMember.objects.filter(person=field.ana).update(role=TeamRole.LEAD)
    sealed = field.ask("POST", f"{field.base}/inspections/{field.visit.pk}/submit/", {})
    assert (sealed.status_code, sealed.json()["number"]) == (200, 1)
    late = field.ask("POST", f"{field.base}/inspections/{field.visit.pk}/findings/", a_finding(field))
    assert late.status_code == 409
    assert field.ask("POST", f"{field.base}/inspections/{field.visit.pk}/submit/", {}).status_code == 409


def test_a_token_without_the_scope_or_a_role_without_the_permission_is_refused(field):
    reader = Caller(field.client, let_in(field.ana, scopes=["inspections:read"]))
    answer = reader("POST", f"{field.base}/inspections/{field.visit.pk}/arrive/", {})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 2)[1]) == (403, "scope-missing")
    brand = colleague(field, Role.BRAND_OFFICER)
    assert brand.ask("GET", f"{field.base}/inspections/").status_code == 403


def test_the_visit_is_changed_with_its_version(field):
    one = f"{field.base}/inspections/{field.visit.pk}/"
    etag = field.ask("GET", one)["ETag"]
    answer = field.ask("PATCH", one, {"workers_present": 100}, If_Match=etag)
    assert (answer.status_code, answer.json()["workers_present"]) == (200, 100)
    assert field.ask("PATCH", one, {"summary": "Late."}, If_Match=etag).status_code == 412
    with program_scope(field.program.pk, person_id=field.planner.pk):
        assert Inspection.objects.get(pk=field.visit.pk).summary == ""


# ── Evidence, in chunks ──────────────────────────────────────────────────────────────────────────


def opened(field, content: bytes):
    body = {"name": "door.jpg", "size": len(content), "sha256": sha256(content), "chunk_size": 1024}
    return field.ask("POST", f"{field.base}/inspections/{field.visit.pk}/uploads/", body)


def put(field, upload: str, content: bytes, offset: int, digest: str = ""):
    headers = {"Content-Type": "application/octet-stream", "Upload-Offset": str(offset)}
    there = f"{field.base}/uploads/{upload}/"
    return field.ask("PUT", there, content, **headers, **{"Content-SHA256": digest or sha256(content)})


def test_a_photo_comes_in_chunks_over_a_line_that_drops(field):
    content = jpeg((80, 60))
    made = opened(field, content)
    upload, where = made.json()["id"], f"{field.base}/uploads/{made.json()['id']}/"
    assert (made.status_code, made.json()["received"]) == (201, 0)

    early = put(field, upload, content[1024:2048], 1024)
    assert (early.status_code, early["Upload-Offset"]) == (409, "0")
    assert put(field, upload, content[:1024], 0, "0" * 64).status_code == 400
    assert put(field, upload, content[:1024], 0)["Upload-Offset"] == "1024"
    assert put(field, upload, content[:1024], 0)["Upload-Offset"] == "1024"  # the answer was lost
    assert put(field, upload, b"x" * 1024, 0).status_code == 409
    assert put(field, upload, b"", 0).status_code == 409
    assert field.ask("HEAD", where)["Upload-Offset"] == "1024"
    assert opened(field, content).json()["received"] == 1024
    unfinished = field.ask("POST", f"{where}finish/", {})
    assert (unfinished.status_code, unfinished.json()["received"]) == (409, 1024)

    for offset in range(1024, len(content), 1024):
        put(field, upload, content[offset : offset + 1024], offset)
    done = field.ask("POST", f"{where}finish/", {})
    assert (done.status_code, done.json()["is_finished"]) == (200, True)

    there = f"{field.base}/inspections/{field.visit.pk}/evidence/"
    body = {"id": str(uuid.uuid4()), "noted_at": NOTED, "upload_id": upload, "caption": "Door"}
    first, again = field.ask("POST", there, body), field.ask("POST", there, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["sent_sha256"] == sha256(content)
    download = field.ask("GET", f"{field.base}/evidence/{body['id']}/content/")
    assert sha256(b"".join(download.streaming_content)) == first.json()["sha256"]
    assert download["Content-Disposition"].startswith("attachment")


def test_nobody_else_reaches_an_upload_or_its_evidence(field):
    upload = opened(field, jpeg()).json()["id"]
    ben = colleague(field)
    for method, address in (("GET", ""), ("DELETE", ""), ("POST", "finish/")):
        data = {} if method == "POST" else None
        headers = {"Content-Type": "application/octet-stream"} if method == "DELETE" else {}
        assert ben.ask(method, f"{field.base}/uploads/{upload}/{address}", data, **headers).status_code == 404


@pytest.mark.parametrize("offset", ["", "-1", "x", "1e3", "٣", "9" * 30])
def test_an_offset_that_is_none_is_refused(field, offset):
    upload = opened(field, jpeg()).json()["id"]
    headers = {"Content-Type": "application/octet-stream", "Upload-Offset": offset.encode().decode("latin-1")}
    answer = field.ask("PUT", f"{field.base}/uploads/{upload}/", b"x", **headers)
    assert answer.status_code == 400
