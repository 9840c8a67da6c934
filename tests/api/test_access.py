"""How a device and a firm's client get in, and that what is taken away is gone with the very next request."""

import datetime as dt
import io
import re
from urllib.parse import urlencode

import pytest
from allauth.idp.oidc.models import Token
from django.utils import timezone

from tests import factories
from tests.agreements.test_obligations import at_once
from tests.api.letting_in import Caller, let_in
from tests.api.test_door import PROBE, done, problem
from wsr.accounts import second_factor
from wsr.accounts.models import Membership
from wsr.api.models import Grant
from wsr.api.operations.clients import keep_device_client
from wsr.history.models import Event
from wsr.tenancy import program_scope

CODE = "urn:ietf:params:oauth:grant-type:device_code"


def post(client, address, fields):
    """As OAuth wants it: a form, urlencoded."""
    return client.post(address, urlencode(fields), content_type="application/x-www-form-urlencoded")


def start(client, **fields):
    return post(client, "/api/oauth/device/code", {"client_id": "wsr-device", **fields}).json()


def fetch(client, begun):
    return post(
        client,
        "/api/oauth/token",
        {"grant_type": CODE, "client_id": "wsr-device", "device_code": begun["device_code"]},
    )


def refresh(client, token):
    return post(
        client,
        "/api/oauth/token",
        {"grant_type": "refresh_token", "client_id": "wsr-device", "refresh_token": token},
    )


def allow(client, begun, **chosen):
    answer = {
        "answer": "allow",
        "name": "Field phone",
        "programs": ["0"],
        "scopes": ["probe:read"],
        "days": "30",
    }
    return client.post("/device/", {"code": begun["user_code"], **answer, **chosen})


def events(program):
    with program_scope(program.pk):
        return list(
            Event.objects.filter(event__startswith="api.").order_by("id").values_list("event", flat=True)
        )


@pytest.fixture
def person(probe, program, client):
    """A director, signed in; devices may ask for the probe's scopes too."""
    keep_device_client(using="default")
    return factories.sign_in(client, factories.member(program, "director"))


def test_a_device_is_let_in_by_its_code(person, program, client):
    device = client.__class__()
    begun = start(device, scope="probe:read probe:write")
    assert begun["verification_uri"].endswith("/device/")
    assert fetch(device, begun).json()["error"] == "authorization_pending"
    page = client.get(f"/device/?code={begun['user_code']}").content.decode()
    assert program.name in page
    assert "probe:write" in page

    begun = start(device, scope="probe:read probe:write")
    assert allow(client, begun).status_code == 200
    token = fetch(device, begun).json()
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 900, "probe:read")
    assert Caller(device, token["access_token"])("GET", PROBE).status_code == 200
    problem(Caller(device, token["access_token"])("POST", PROBE, {"text": "a"}), 403, "scope-missing")
    assert events(program) == ["api.access_given"]
    assert fetch(device, begun).json()["error"] == "invalid_grant"

    with program_scope(program.pk):
        grant = Grant.objects.get()
    assert (grant.name, grant.person_id, grant.scopes) == ("Field phone", person.pk, ["probe:read"])
    assert grant.last_used_at is not None
    assert "Field phone" in client.get("/accounts/devices/").content.decode()
    assert "Field phone" in client.get(f"/p/{program.slug}/api/").content.decode()


def test_a_device_is_refused(person, client):
    device = client.__class__()
    begun = start(device)
    assert (
        "refused"
        in client.post("/device/", {"code": begun["user_code"], "answer": "refuse"}).content.decode()
    )
    assert fetch(device, begun).json()["error"] == "access_denied"


@pytest.mark.parametrize(
    "chosen",
    [
        {"programs": []},
        {"programs": ["7"]},
        {"scopes": []},
        {"scopes": ["other"]},
        {"name": " "},
        {"days": "999"},
    ],
)
def test_a_wrong_answer_keeps_what_was_typed(person, program, client, chosen):
    begun = start(client.__class__())
    answer = allow(client, begun, **chosen)
    assert answer.status_code == 422
    assert begun["user_code"] in answer.content.decode()
    assert events(program) == []


def test_a_wrong_code_says_so(person, client):
    answer = client.get("/device/?code=AAAA-AAAA")
    assert (answer.status_code, "No device waits" in answer.content.decode()) == (422, True)


def test_nobody_lets_a_device_in_without_a_second_factor(probe, program, client):
    somebody = factories.member(program, "director")
    client.force_login(somebody)
    assert client.get("/device/").status_code == 302


def test_a_refresh_token_is_replaced_and_a_lost_answer_locks_nobody_out(person, client):
    device = client.__class__()
    begun = start(device, scope="probe:read")
    allow(client, begun)
    first = fetch(device, begun).json()["refresh_token"]
    lost = refresh(device, first).json()
    second = refresh(device, first).json()  # the answer never came, so the device asks again
    assert Caller(device, second["access_token"])("GET", PROBE).status_code == 200
    assert refresh(device, lost["refresh_token"]).status_code == 400
    third = refresh(device, second["refresh_token"])
    assert third.status_code == 200
    assert refresh(device, first).status_code == 400  # its successor was used
    assert refresh(device, third.json()["refresh_token"]).status_code == 200


def test_of_two_who_refresh_one_token_at_once_one_stays(transactional_db, probe, client):
    """Both are answered; the later answer counts, as if the earlier had been lost, and nobody holds two."""
    keep_device_client(using="default")
    factories.sign_in(client, factories.member(factories.program(), "director"))
    begun = start(client.__class__(), scope="probe:read")
    allow(client, begun)
    first = fetch(client.__class__(), begun).json()["refresh_token"]

    answers = at_once(*[lambda: refresh(client.__class__(), first)] * 4)

    assert [one.status_code for one in answers] == [200] * 4
    held = [one.json()["refresh_token"] for one in answers]
    assert Token.objects.filter(type=Token.Type.REFRESH_TOKEN).count() == 2  # the one used, and its successor
    assert sorted(refresh(client.__class__(), one).status_code for one in held) == [200, 400, 400, 400]
    assert refresh(client.__class__(), first).status_code == 400  # its successor was used


def test_a_device_forgets_its_tokens(person, client):
    device = client.__class__()
    begun = start(device, scope="probe:read")
    allow(client, begun)
    token = fetch(device, begun).json()
    for name in ("access_token", "refresh_token"):
        assert (
            post(device, "/api/oauth/revoke", {"client_id": "wsr-device", "token": token[name]}).status_code
            == 200
        )
    problem(Caller(device, token["access_token"])("GET", PROBE), 401, "sign-in-needed")
    assert refresh(device, token["refresh_token"]).status_code == 400


def end_membership(person, program):
    with program_scope(program.pk):
        Membership.objects.filter(person=person).update(ended_at=timezone.now())


def come_back(person, program):
    end_membership(person, program)
    with program_scope(program.pk):
        Membership.objects.create(person=person, role="director", started_at=timezone.now())


def lose_factor(person, program):
    second_factor.revoke(person)


def leave(person, program):
    person.__class__.objects.filter(pk=person.pk).update(is_active=False)


def expire_grant(person, program):
    with program_scope(program.pk):
        Grant.objects.update(
            granted_at=timezone.now() - dt.timedelta(2), expires_at=timezone.now() - dt.timedelta(1)
        )


def expire_token(person, program):
    Token.objects.update(expires_at=timezone.now() - dt.timedelta(1))


@pytest.mark.parametrize("what", [end_membership, come_back, lose_factor, leave, expire_grant, expire_token])
def test_what_is_taken_away_is_gone_with_the_next_request(ask, program, what):
    assert ask("GET", PROBE).status_code == 200
    what(ask.person, program)
    answer = ask("GET", PROBE)
    problem(answer, 401, "sign-in-needed")
    assert "invalid_token" in answer["WWW-Authenticate"]
    problem(ask("GET", "/api/v1/"), 401, "sign-in-needed")


def test_she_takes_a_device_back_and_so_does_the_director(ask, program, client):
    factories.sign_in(client, ask.person)
    with program_scope(program.pk):
        grant = Grant.objects.get()
    assert client.post(f"/p/{program.slug}/api/{grant.pk}/end/").status_code == 302
    problem(ask("GET", PROBE), 401, "sign-in-needed")
    again = Caller(client, let_in(ask.person))
    assert again("GET", PROBE).status_code == 200
    device_id = re.search(
        r"/accounts/devices/([0-9a-f-]{36})/remove/", client.get("/accounts/devices/").content.decode()
    )[1]
    assert client.post(f"/accounts/devices/{device_id}/remove/").status_code == 302
    problem(again("GET", PROBE), 401, "sign-in-needed")
    assert events(program) == ["api.access_given", "api.access_ended"] * 2
    assert client.post(f"/accounts/devices/{device_id}/remove/").status_code == 404


def test_access_ends_while_a_body_is_on_its_way(ask, program):
    class Slow(io.BytesIO):
        def read(self, *args):
            end_membership(ask.person, program)
            return super().read(*args)

    body = b'{"text": "late"}'
    answer = ask.client.generic(
        "POST",
        PROBE,
        body,
        content_type="application/json",
        headers=ask.headers,
        **{"wsgi.input": Slow(body)},
    )
    problem(answer, 401, "sign-in-needed")
    assert done(program) == 0


def test_one_program_of_two_is_taken_away(ask, other_program, client):
    factories.member(other_program, "director", person=ask.person)
    both = Caller(client, let_in(ask.person))
    assert both("GET", "/api/v1/programs/farms/probe/").status_code == 200
    end_membership(ask.person, other_program)
    problem(both("GET", "/api/v1/programs/farms/probe/"), 404, "not-found")
    assert both("GET", PROBE).status_code == 200


def test_a_firm_gets_a_client_that_acts_as_one_of_its_auditors(person, program, client):
    auditor = factories.member(program, "auditor")
    factories.second_factor(auditor)
    with program_scope(program.pk):
        membership = Membership.objects.get(person=auditor)
    fields = {"name": "Firm", "membership": membership.pk, "scopes": ["probe:read"], "days": "90"}
    page = client.post(f"/p/{program.slug}/api/clients/add/", fields)
    key, secret = re.findall(r'<span class="code">([^<]+)</span>', page.content.decode())
    firm = client.__class__()
    fields = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret}
    token = post(firm, "/api/oauth/token", fields).json()
    assert "refresh_token" not in token
    asked = Caller(firm, token["access_token"])
    assert asked("GET", "/api/v1/").json()["person_id"] == str(auditor.pk)
    problem(asked("GET", PROBE), 403, "not-permitted")  # an auditor reads no workplaces
    assert post(firm, "/api/oauth/token", {**fields, "client_secret": "guess"}).status_code == 401
    assert secret not in page.wsgi_request.path
    second_factor.revoke(auditor)
    assert asked("GET", "/api/v1/").status_code == 200
    auditor.authenticator_set.all().delete()
    problem(asked("GET", "/api/v1/"), 401, "sign-in-needed")


def test_only_an_auditor_of_the_program_can_be_named(person, program, other_program, client):
    for somebody, where in (
        (factories.member(other_program, "auditor"), other_program),
        (factories.member(program, "finance"), program),
    ):
        with program_scope(where.pk):
            membership = Membership.objects.get(person=somebody)
        fields = {"name": "Firm", "membership": membership.pk, "scopes": ["probe:read"], "days": "90"}
        assert client.post(f"/p/{program.slug}/api/clients/add/", fields).status_code == 422


@pytest.mark.parametrize("address", ["/api/oauth/device/code", "/api/oauth/token", "/api/oauth/revoke"])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"client_id": "\0"},
        {"client_id": "nobody"},
        {"client_id": "wsr-device", "scope": "no such scope"},
        {"client_id": "wsr-device", "scope": "\ud800".encode("utf-8", "surrogatepass")},
        {"client_id": "wsr-device", "resource": "nonsense"},
        {"client_id": "wsr-device", "grant_type": "password", "username": "a", "password": "b"},
        {"client_id": "wsr-device", "grant_type": "authorization_code", "code": "x"},
        {"client_id": "wsr-device", "grant_type": CODE, "device_code": "\0"},
        {"client_id": "wsr-device", "grant_type": "refresh_token", "refresh_token": "x" * 10_000},
        {"client_id": "wsr-device", "grant_type": "client_credentials"},
        {"client_id": "wsr-device", "token": "%zz", "token_type_hint": "other"},
    ],
)
def test_nonsense_is_an_oauth_error(client, db, address, fields):
    answer = post(client, address, fields)
    assert answer.status_code in {400, 401} or (
        address.endswith(("revoke", "code")) and answer.status_code == 200
    )
    assert not answer.cookies


def test_guessing_is_slowed_down(client, db, settings):
    settings.API_STRANGERS_PER_MINUTE = 3
    answers = [refresh(client, "guess").status_code for _try in range(5)]
    assert answers == [400, 400, 400, 429, 429]
    assert Caller(client)("GET", "/api/v1/").status_code == 429


def test_the_metadata_names_the_addresses(client, db):
    data = client.get("/.well-known/oauth-authorization-server").json()
    assert data["token_endpoint"] == "http://localhost:8000/api/oauth/token"
