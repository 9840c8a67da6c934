"""What befalls devices in the field: taken away in the middle of a photo, a clock that is wrong, the same finding in two hands."""

import datetime as dt
import io
import uuid

import pytest
from django.utils import timezone

from audits.models import Evidence, Finding, Interview
from tests import factories
from tests.api.letting_in import Caller, let_in
from tests.audits import rows
from tests.audits.test_auditor_api import a_finding, field, opened, provision, put  # noqa: F401 -- a fixture
from tests.files.making import jpeg, sha256
from wsr.accounts.grants import Role
from wsr.api.models import Grant
from wsr.api.operations import grants
from wsr.tenancy import circles, program_scope

DAY = dt.timedelta(days=1)


@pytest.fixture
def ben(field):  # noqa: F811
    """A colleague on the team, with a device of his own."""
    person = factories.member(field.program, Role.AUDITOR)
    factories.second_factor(person)
    with program_scope(field.program.pk, person_id=field.planner.pk):
        circles.admit(field.visit.pk, person.pk)
        rows.member(field.visit, person)
    return Caller(field.client, let_in(person))


def test_a_device_that_is_taken_away_in_the_middle_of_a_chunk(field):  # noqa: F811
    """The chunk on its way is not kept, nothing else of hers is lost, and another device goes on at the same byte."""
    content = jpeg((80, 60))
    upload = opened(field, content).json()["id"]
    assert put(field, upload, content[:1024], 0).status_code == 200

    class Slow(io.BytesIO):
        def read(self, *args):
            with program_scope(field.program.pk, person_id=field.planner.pk):
                for grant in Grant.objects.filter(ended_at=None):
                    grants.end(grant_id=grant.pk, by=field.planner, at=timezone.now())
            return super().read(*args)

    chunk = content[1024:2048]
    there = f"{field.base}/uploads/{upload}/"
    headers = {**field.ask.headers, "Upload-Offset": "1024", "Content-SHA256": sha256(chunk)}
    answer = field.client.generic(
        "PUT",
        there,
        chunk,
        content_type="application/octet-stream",
        headers=headers,
        **{"wsgi.input": Slow(chunk)},
    )
    assert (answer.status_code, answer.json()["type"].split("/")[-2]) == (401, "sign-in-needed")
    assert field.ask("HEAD", there).status_code == 401
    field.ask = Caller(field.client, let_in(field.ana))
    assert opened(field, content).json()["received"] == 1024
    for offset in range(1024, len(content), 1024):
        assert put(field, upload, content[offset : offset + 1024], offset).status_code == 200
    body = {"id": str(uuid.uuid4()), "noted_at": "2026-03-02T09:00:00Z", "upload_id": upload}
    there = f"{field.base}/inspections/{field.visit.pk}/evidence/"
    assert field.ask("POST", there, body).status_code == 201
    with program_scope(field.program.pk, person_id=field.planner.pk):
        assert Evidence.objects.get().sent_sha256 == sha256(content)


def test_a_clock_that_is_a_day_off_decides_nothing(field, ben):  # noqa: F811
    """What it says is kept beside the server's time; neither order nor who wins follows from it."""
    now = timezone.now()
    ahead, behind = (now + DAY).isoformat(), (now - DAY).isoformat()
    there = f"{field.base}/inspections/{field.visit.pk}/"
    made = {}
    for noted_at in (ahead, behind):
        answer = field.ask("POST", f"{there}findings/", a_finding(field, noted_at=noted_at))
        assert answer.status_code == 201
        made[noted_at] = answer.json()
        interview = {"workers": 5, "place": "housing", "held_on": noted_at[:10]}
        body = {"id": str(uuid.uuid4()), "noted_at": noted_at, **interview}
        assert field.ask("POST", f"{there}interviews/", body).status_code == 201
    for noted_at, finding in made.items():
        assert dt.datetime.fromisoformat(finding["noted_at"]) == dt.datetime.fromisoformat(noted_at)
        assert abs(dt.datetime.fromisoformat(finding["received_at"]) - now) < dt.timedelta(minutes=5)
    listed = [row["noted_at"] for row in field.ask("GET", f"{there}findings/").json()["items"]]
    assert listed == [made[ahead]["noted_at"], made[behind]["noted_at"]]  # as they arrived
    assert field.ask("GET", f"{field.base}/me/").json()["now"][:10] == now.isoformat()[:10]

    one = f"{field.base}/findings/{made[ahead]['id']}/"
    assert ben("PATCH", one, {"title": "Open", "noted_at": behind}, If_Match='"1"').status_code == 200
    late = field.ask("PATCH", one, {"title": "Ajar", "noted_at": ahead}, If_Match='"1"')
    assert (late.status_code, late.json()["current"]["title"]) == (412, "Open")
    with program_scope(field.program.pk, person_id=field.planner.pk):
        assert Interview.objects.count() == 2


def test_the_same_finding_on_two_devices_is_brought_together(field, ben):  # noqa: F811
    """The second is told how it stands, loses nothing, and sends what both said with the version it saw."""
    first = a_finding(field)
    field.ask("POST", f"{field.base}/inspections/{field.visit.pk}/findings/", first)
    item = {
        "type": "finding",
        "id": first["id"],
        "inspection_id": str(field.visit.pk),
        "noted_at": first["noted_at"],
        "if_version": 1,
    }

    def send(ask, **said):
        finding = {"provision_id": provision(field), "title": "Locked", **said.pop("finding")}
        answer = ask("POST", f"{field.base}/sync/batch/", {"items": [{**item, "finding": finding, **said}]})
        return answer.json()["results"][0]

    assert send(ben, finding={"title": "Locked at night"})["outcome"] == "applied"
    told = send(field.ask, finding={"description": "A chain."})
    assert (told["outcome"], told["current"]["title"], told["current"]["version"]) == (
        "conflict",
        "Locked at night",
        2,
    )
    both = {"title": told["current"]["title"], "description": "A chain."}
    settled = send(field.ask, finding=both, if_version=told["current"]["version"])
    again = send(field.ask, finding=both, if_version=told["current"]["version"])  # the answer was lost
    assert (settled["outcome"], settled["version"], again["outcome"]) == ("applied", 3, "duplicate")
    with program_scope(field.program.pk, person_id=field.planner.pk):
        kept = Finding.objects.get()
        assert (kept.title, kept.description, kept.version) == ("Locked at night", "A chain.", 3)
