"""Phones that people have already: the list of forms, a form, and what they send, again, altered and malformed."""

import datetime as dt
import uuid
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.enums import InspectionState
from audits.models import Evidence, FieldSubmission, Finding, Inspection, Interview, Response
from audits.openrosa import forms
from audits.operations.submissions import receive
from tests import factories
from tests.api.letting_in import app_password, basic
from tests.audits import rows
from tests.factories import AT
from tests.files.making import SVG, jpeg, png
from wsr.accounts.grants import Role
from wsr.accounts.queries import programs_of
from wsr.tenancy import Audience, program_scope

XML = "text/xml"


@pytest.fixture
def phone(program, client):
    """An auditor's phone, set up with her address and an app password; her visit is planned."""
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    ana = factories.member(program, Role.AUDITOR)
    factories.second_factor(ana)
    visit = rows.inspection(program, planner, ana)
    return SimpleNamespace(
        program=program,
        planner=planner,
        ana=ana,
        visit=visit,
        client=client,
        base=f"/api/v1/programs/{program.slug}/openrosa",
        headers=basic(ana.email, app_password(ana)) | {"X-OpenRosa-Version": "1.0"},
    )


def document(phone, inside: str, instance: str = "uuid:0199ad3e-aaaa-7000-8000-0000000000ff") -> bytes:
    meta = f"<meta><instanceID>{instance}</instanceID></meta>"
    return f'<data id="{forms.form_id(phone.visit)}" version="1">{inside}{meta}</data>'.encode()


def filled(phone, title: str = "Locked") -> bytes:
    with program_scope(phone.program.pk):
        name = forms.name_of("p", phone.visit.code.provisions.first().pk)
    return document(
        phone,
        f"<workers_present>120</workers_present><answers><{name}>not_met</{name}></answers>"
        "<interviews><workers>62</workers><place>housing</place><held_on>2026-03-02</held_on></interviews>"
        f"<findings><provision>{name}</provision><title>{title}</title>"
        "<photos><photo>1.jpg</photo><caption>Door</caption></photos></findings>"
        "<more_photos><photo>2.jpg</photo></more_photos>",
    )


def send(phone, body: bytes, **files: bytes):
    parts = {"xml_submission_file": SimpleUploadedFile("form.xml", body, content_type=XML)}
    parts |= {name: SimpleUploadedFile(f"{name[1:]}.jpg", data, "image/jpeg") for name, data in files.items()}
    return phone.client.post(f"{phone.base}/submission?deviceID=x", parts, headers=phone.headers)


def said(answer) -> str:
    return ET.fromstring(answer.content).findtext("{http://openrosa.org/http/response}message")


def counts(phone) -> tuple[int, ...]:
    with program_scope(phone.program.pk, person_id=phone.planner.pk):
        models = (FieldSubmission, Response, Interview, Finding, Evidence)
        return tuple(model.objects.filter(inspection=phone.visit).count() for model in models)


def kept_files(settings) -> list:
    return [path for path in settings.FILES_DIR.rglob("*") if path.is_file()]


def organization_of(person):
    [standing] = programs_of(person)
    return standing.organization_id


def test_a_phone_is_asked_for_its_password_and_lists_its_forms(phone):
    stranger = phone.client.get(f"{phone.base}/formList")
    assert (stranger.status_code, stranger["WWW-Authenticate"]) == (401, 'Basic realm="wsr", charset="UTF-8"')
    answer = phone.client.get(f"{phone.base}/formList?verbose=true", headers=phone.headers)
    assert (answer.status_code, answer["X-OpenRosa-Version"]) == (200, "1.0")
    [form] = ET.fromstring(answer.content)
    told = {element.tag.rpartition("}")[2]: element.text for element in form}
    assert told["formID"] == forms.form_id(phone.visit)
    fetched = phone.client.get(told["downloadUrl"], headers=phone.headers)
    assert fetched.status_code == 200
    assert told["version"].encode() in fetched.content


def test_head_says_where_to_send(phone):
    answer = phone.client.head(f"{phone.base}/submission", headers=phone.headers)
    assert (answer.status_code, answer["Location"].endswith("/openrosa/submission")) == (204, True)


def test_a_form_is_taken_once_with_its_photos_in_several_requests(phone):
    body = filled(phone)
    first = send(phone, body, _1=jpeg())
    assert (first.status_code, said(first)) == (202, "Received. 1 photos are still to come.")
    second = send(phone, body, _2=png())
    assert second.status_code == 201, said(second)
    assert counts(phone) == (1, 1, 1, 1, 2)
    again = send(phone, body, _1=jpeg(), _2=png())
    assert (again.status_code, said(again)) == (201, "Received before; nothing was changed.")
    assert counts(phone) == (1, 1, 1, 1, 2)
    with program_scope(phone.program.pk, person_id=phone.planner.pk):
        visit = Inspection.objects.get(pk=phone.visit.pk)
        assert (visit.state, visit.workers_present) == (InspectionState.IN_PROGRESS, 120)
        assert visit.is_secret


def test_an_altered_form_is_refused_and_so_are_its_photos(phone, settings):
    send(phone, filled(phone))
    answer = send(phone, filled(phone, "Open"), _1=jpeg())
    assert answer.status_code == 409
    assert counts(phone) == (1, 1, 1, 1, 0)
    assert kept_files(settings) == []


def test_after_the_visit_nothing_of_a_form_is_left(phone, settings):
    with program_scope(phone.program.pk, person_id=phone.planner.pk):
        for state in (InspectionState.IN_PROGRESS, InspectionState.SUBMITTED):
            Inspection.objects.filter(pk=phone.visit.pk).update(state=state, arrived_at=AT, workers_present=9)
    assert send(phone, filled(phone), _1=jpeg()).status_code == 409
    assert (counts(phone), kept_files(settings)) == ((0, 0, 0, 0, 0), [])


def test_photos_are_cleaned_while_nobody_waits_for_the_visit(phone):
    body, locked = filled(phone), []

    class Sent:
        def chunks(self):
            locked.append(any("FOR UPDATE" in query["sql"] for query in asked.captured_queries))
            yield jpeg()

    reader = {"audience": Audience.AUDITOR, "person_id": phone.ana.pk}
    with (
        program_scope(phone.program.pk, organization_id=organization_of(phone.ana), **reader),
        CaptureQueriesContext(connection) as asked,
    ):
        done = receive(body=body, files={"1.jpg": Sent(), "2.jpg": Sent()}, by=phone.ana, at=AT)
    assert (locked, done.missing) == ([False, False], [])
    assert any("FOR UPDATE" in query["sql"] for query in asked.captured_queries)


def test_a_photo_is_what_it_is_and_many_files_are_no_trouble(phone):
    """A PNG that says it is a JPEG, a page that says it is one, and a hundred files that no form names."""
    files = {f"_other{number}": b"x" for number in range(100)}
    answer = send(phone, filled(phone), _1=png(), _2=SVG, **files)
    assert (answer.status_code, "2.jpg: " in said(answer)) == (201, True)
    with program_scope(phone.program.pk, person_id=phone.planner.pk):
        [kept] = [row.file for row in Evidence.objects.select_related("file")]
        [row] = FieldSubmission.objects.all()
    assert (kept.name, kept.media_type, row.files) == ("1.png", "image/png", ["1.jpg", "2.jpg"])


@pytest.mark.parametrize(
    ("started", "noted"),
    [
        (
            "2026-02-28T09:00:00.000+06:00",
            dt.datetime(2026, 2, 28, 3, tzinfo=dt.UTC),
        ),  # a clock wrong by days
        ("1970-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59+14:00", None),
        ("2026-02-28T09:00:00", None),
        ("yesterday", None),
    ],
)
def test_a_clock_far_off_is_not_believed(phone, started, noted):
    body = filled(phone).replace(
        b"<workers_present>", f"<started_at>{started}</started_at><workers_present>".encode()
    )
    assert send(phone, body).status_code == 202
    with program_scope(phone.program.pk, person_id=phone.planner.pk):
        interview = Interview.objects.get()
    assert interview.noted_at == (noted or interview.received_at)


def test_what_cannot_be_taken_is_set_aside_and_said(phone):
    answer = send(phone, document(phone, "<findings><provision>p_x</provision><title>No</title></findings>"))
    assert answer.status_code == 201
    assert "findings/1: " in said(answer)
    assert counts(phone) == (1, 0, 0, 0, 0)


def test_what_is_malformed_or_of_no_visit_is_refused_in_words(phone):
    assert send(phone, b"<data").status_code == 400
    assert phone.client.post(f"{phone.base}/submission", {}, headers=phone.headers).status_code == 400
    raw = phone.client.generic(
        "POST", f"{phone.base}/submission", b"x", content_type="multipart/form-data", headers=phone.headers
    )
    assert (raw.status_code, raw["Content-Type"]) == (400, "text/xml; charset=utf-8")
    plain = phone.client.generic(
        "POST", f"{phone.base}/submission", b"x", content_type=XML, headers=phone.headers
    )
    assert plain.status_code == 415
    nowhere = document(phone, "").replace(str(phone.visit.pk).encode(), str(uuid.uuid4()).encode())
    assert send(phone, nowhere).status_code == 404
    assert counts(phone) == (0, 0, 0, 0, 0)
