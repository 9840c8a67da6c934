"""App passwords: shown once, kept as a hash, for phones alone, gone the moment they are taken back, and nothing for a guesser."""

import base64
import datetime as dt
import json
import logging
import re
import uuid
import zlib
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.api.letting_in import app_password, basic, let_in
from wsr.accounts.grants import Role
from wsr.api import limits
from wsr.api.models import Grant
from wsr.api.operations import grants, passwords
from wsr.api.setup_codes import content
from wsr.history.models import Event, Payload
from wsr.tenancy import program_scope

CHALLENGE = 'Basic realm="wsr", charset="UTF-8"'
ADD = "/accounts/devices/passwords/add/"


@pytest.fixture
def phone(program, client):
    """An auditor, her password, and a way to ask for the list of forms."""
    ana = factories.member(program, Role.AUDITOR)
    factories.second_factor(ana)

    def ask(name=ana.email, password="", headers=None, slug=program.slug):
        address = f"/api/v1/programs/{slug}/openrosa/formList"
        return client.get(address, headers=headers or basic(name, password))

    return SimpleNamespace(program=program, ana=ana, ask=ask, client=client)


def history(program):
    with program_scope(program.pk):
        events = list(
            Event.objects.filter(event__startswith="api.").order_by("id").values_list("event", flat=True)
        )
        return events, str(list(Payload.objects.values("body")))


def test_she_makes_one_on_her_page_and_sees_it_once(phone, caplog):
    browser = phone.client.__class__()
    factories.sign_in(browser, phone.ana)
    caplog.set_level(logging.DEBUG)
    page = browser.get(ADD).content.decode()
    device_id = re.search(r'name="device_id" value="([0-9a-f-]{36})"', page)[1]
    fields = {"device_id": device_id, "name": "Field phone 3", "program": "0", "days": "90"}
    assert browser.post(ADD, fields | {"name": ""}).status_code == 422
    made = browser.post(ADD, fields)
    assert "no-store" in made["Cache-Control"]
    address, name, first = re.findall(r'<bdi class="code[^>]*>([^<]+)</bdi>', made.content.decode())
    assert (address.endswith(f"/programs/{phone.program.slug}/openrosa"), name) == (True, phone.ana.email)
    assert phone.ask(password=first).status_code == 200
    assert phone.ask(name=name.upper(), password=first.upper().replace("-", "")).status_code == 200

    again = browser.post(ADD, fields).content.decode()  # sent twice: one password, the one she sees now
    second = re.findall(r'<bdi class="code[^>]*>([^<]+)</bdi>', again)[2]
    assert (phone.ask(password=first).status_code, phone.ask(password=second).status_code) == (401, 200)
    events, told = history(phone.program)
    assert events == ["api.access_given", "api.password_replaced"]
    with program_scope(phone.program.pk):
        grant = Grant.objects.get()
    assert (grant.scopes, grant.get_kind_display()) == (["openrosa"], "App password")
    assert grant.last_used_at is not None
    devices = browser.get("/accounts/devices/").content.decode()
    assert "Field phone 3" in devices
    for secret in (first, second, basic(name, second)["Authorization"], grant.secret_hash):
        assert secret not in told + devices + caplog.text


def test_the_picture_says_what_the_app_wants():
    said = json.loads(
        zlib.decompress(
            base64.b64decode(content("https://wsr.example.org/x", "ana@example.org", "abc", "Farms"))
        )
    )
    assert said["general"] == {
        "server_url": "https://wsr.example.org/x",
        "username": "ana@example.org",
        "password": "abc",
    }


def end_by_staff(phone, grant):
    director = factories.member(phone.program, Role.DIRECTOR)
    factories.sign_in(phone.client, director)
    assert phone.client.post(f"/p/{phone.program.slug}/api/{grant.pk}/end/").status_code == 302


def end_by_herself(phone, grant):
    factories.sign_in(phone.client, phone.ana)
    assert phone.client.post(f"/accounts/devices/{grant.device_id}/remove/").status_code == 302


def expire(phone, grant):
    with program_scope(phone.program.pk):
        day = dt.timedelta(days=1)
        Grant.objects.update(granted_at=timezone.now() - 2 * day, expires_at=timezone.now() - day)


def leave(phone, grant):
    phone.ana.__class__.objects.filter(pk=phone.ana.pk).update(is_active=False)


@pytest.mark.parametrize("what", [end_by_staff, end_by_herself, expire, leave])
def test_what_is_taken_back_opens_nothing(phone, what):
    device_id = uuid.uuid4()
    password = app_password(phone.ana, device_id=device_id)
    assert phone.ask(password=password).status_code == 200
    with program_scope(phone.program.pk):
        grant = Grant.objects.get()
    what(phone, grant)
    answer = phone.ask(password=password)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, CHALLENGE)
    if what is end_by_herself:
        with pytest.raises(grants.CannotGrant):
            app_password(phone.ana, device_id=device_id)


def test_only_phones_take_it_and_phones_take_nothing_else(phone):
    password, token = app_password(phone.ana), let_in(phone.ana)
    for header in (f"Bearer {password}", basic(phone.ana.email, password)["Authorization"]):
        for address in ("/api/v1/", f"/api/v1/programs/{phone.program.slug}/me/"):
            answer = phone.client.get(address, headers={"Authorization": header})
            assert answer.status_code == 401
            assert answer["WWW-Authenticate"].startswith("Bearer")
    assert phone.ask(password=token).status_code == 401
    assert phone.ask(headers={"Authorization": f"Bearer {token}"}).status_code == 401
    with pytest.raises(grants.CannotGrant):  # what passwords open is for no device
        let_in(phone.ana, scopes=["openrosa"])
    assert phone.ask(password=password, slug="another").status_code == 404


def test_her_roles_must_reach_that_far(phone, client):
    observer = factories.member(phone.program, Role.OBSERVER)
    factories.sign_in(client, observer)
    assert client.get(ADD).status_code == 404
    assert ADD not in client.get("/accounts/devices/").content.decode()
    with pytest.raises(grants.CannotGrant):
        app_password(observer)


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !", "Basic eA==", "Bearer x", "Basic /w==", "Basic AAA6AA=="]
)
def test_what_is_no_password_is_refused(phone, header):
    assert phone.ask(headers={"Authorization": header} if header else {"X": "1"}).status_code == 401


def test_a_guesser_learns_nothing_and_is_slowed_down(phone):
    password = app_password(phone.ana)
    gone = factories.member(phone.program, Role.AUDITOR)
    factories.second_factor(gone)
    old = app_password(gone)
    with program_scope(phone.program.pk):
        grants.end(grant_id=Grant.objects.get(person=gone).pk, by=gone, at=timezone.now())
    seen = set()
    for name, tried in (
        ("nobody@example.org", "x"),
        (phone.ana.email, "x"),
        (gone.email, old),
        (gone.email, password),
    ):
        with CaptureQueriesContext(connection) as asked:
            answer = phone.ask(name, tried)
        work = [re.sub(r"""'[^']*'|"s[0-9]+_x[0-9]+\"""", "", query["sql"]) for query in asked]
        seen.add((answer.status_code, answer.content, tuple(work)))
    assert len(seen) == 1

    for _wrong in range(limits.GUESSES - 1):
        assert phone.ask(password="x").status_code == 401
    refused = phone.ask(password=password)
    assert (refused.status_code, int(refused["Retry-After"]) <= 60) == (429, True)
    assert phone.ask(gone.email, "x").status_code == 401  # others at the same place go on


def test_a_new_key_of_the_installation_ends_no_password(phone, settings):
    password = app_password(phone.ana)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key" * 10, [settings.SECRET_KEY]
    assert phone.ask(password=password).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert phone.ask(password=password).status_code == 401
    assert len(passwords.digests_of(password)) == 1
