"""Profile, sessions, the operator's admin and single sign-on."""

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.accounts.signing_in import confirm_address, fully, show_again, with_password
from wsr.accounts.adapter import SingleSignOnAdapter
from wsr.accounts.devices import device_name
from wsr.accounts.models import Person
from wsr.accounts.oidc import single_sign_on

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"


@pytest.fixture
def person(db):
    somebody = factories.person("her@example.org")
    confirm_address(somebody)
    return somebody


@pytest.fixture
def operator(db):
    somebody = factories.person("operator@example.org", is_staff=True, is_superuser=True)
    confirm_address(somebody)
    return somebody


# ── The person herself ───────────────────────────────────────────────────────────────────────────


def test_a_saved_profile_decides_language_and_theme(client, person):
    factories.sign_in(client, person)

    client.post(reverse("accounts:profile"), {"name": "Amal", "language": "es", "theme": "dark"})

    person.refresh_from_db()
    assert (person.name, person.language, person.theme, person.single_keys) == ("Amal", "es", "dark", False)
    page = client.get(reverse("accounts:profile"), headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="es"' in page
    assert 'data-theme="dark"' in page


def test_an_unknown_language_is_refused(client, person):
    factories.sign_in(client, person)

    response = client.post(reverse("accounts:profile"), {"name": "Amal", "language": "xx", "theme": "dark"})

    assert response.status_code == 422
    assert Person.objects.get(pk=person.pk).theme == "auto"


def test_without_a_choice_the_browser_decides(client, person):
    factories.sign_in(client, person)

    page = client.get(reverse("accounts:profile"), headers={"Accept-Language": "es"})

    assert '<html lang="es"' in page.content.decode()


def test_sessions_are_shown_by_device_and_others_can_be_ended(client, person):
    secret = factories.second_factor(person)
    phone = Client(headers={"User-Agent": FIREFOX})
    fully(phone, person, secret)
    factories.sign_in(client, person)
    client.get(reverse("usersessions_list"))
    UserSession.objects.create(
        user=person, session_key=client.session.session_key, ip="192.0.2.1", user_agent=""
    )

    page = client.get(reverse("usersessions_list")).content.decode()
    assert ("Firefox on Android" in page, "192.0.2.1" in page) == (True, False)
    client.post(reverse("usersessions_list"))

    assert client.get(reverse("usersessions_list")).status_code == 200
    assert phone.get(reverse("usersessions_list")).headers["Location"].startswith(reverse("account_login"))


def test_last_seen_moves_but_not_with_each_request(client, person):
    fully(client, person)
    before = UserSession.objects.get().last_seen_at

    client.get(reverse("accounts:continue"))
    seen = UserSession.objects.get().last_seen_at
    client.get(reverse("accounts:continue"))

    assert seen >= before
    assert UserSession.objects.get().last_seen_at == seen


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Android"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.5", "An unknown device"),
        ("", "An unknown device"),
    ],
)
def test_devices_in_words(agent, name):
    assert device_name(agent) == name


PAGES = [
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "usersessions_list",
    "socialaccount_connections",
    "accounts:profile",
]
DOORS = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_signup",
    "account_inactive",
    "account_email_verification_sent",
    "socialaccount_login_cancelled",
]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_person_are_in_our_design(client, person, name):
    factories.sign_in(client, person)
    show_again(client)

    response = client.get(reverse(name))

    assert response.status_code == 200
    page = response.content.decode()
    assert 'id="main"' in page
    assert "<script>" not in page
    assert "style=" not in page


@pytest.mark.parametrize("name", DOORS)
def test_doors_are_in_our_design(client, db, name):
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert 'id="main"' in response.content.decode()


def test_an_address_is_added_confirmed_and_made_the_one_to_sign_in_with(client, person, mailoutbox):
    factories.sign_in(client, person)
    client.post(reverse("account_email"), {"action_add": "1", "email": "second@example.org"})
    confirmation = next(mail for mail in mailoutbox if mail.to == ["second@example.org"])
    link = next(word for word in confirmation.body.split() if "/confirm-email/" in word)
    client.post(link.partition("testserver")[2])

    client.post(reverse("account_email"), {"action_primary": "1", "email": "second@example.org"})

    person.refresh_from_db()
    assert person.email == "second@example.org"


# ── The operator ─────────────────────────────────────────────────────────────────────────────────


def test_the_admin_sends_to_the_one_sign_in(client, db):
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_the_operator_signs_in_with_two_factors_and_sees_people_and_organizations_only(client, operator):
    fully(client, operator)

    page = client.get("/admin/")

    models = {model["object_name"] for app in page.context["app_list"] for model in app["models"]}
    assert models == {"Person", "Organization"}


def test_the_first_operator_signs_in_without_a_mail_server(client, db, mailoutbox):
    first = Person.objects.create_superuser("first@example.org", factories.PASSWORD)

    response = with_password(client, first)

    assert (response.headers["Location"], mailoutbox) == ("/inbox/", [])


def test_a_director_is_no_operator(client, program, director):
    factories.sign_in(client, director)

    assert client.get("/admin/", follow=True).status_code == 403


def test_a_new_person_can_ask_for_a_password(client, operator, mailoutbox):
    fully(client, operator)
    client.post("/admin/accounts/person/add/", {"email": "New@Example.org", "name": "New", "is_active": "on"})
    client.post(reverse("account_logout"))

    client.post(reverse("account_reset_password"), {"email": "new@example.org"})

    assert not Person.objects.get(email="new@example.org").has_usable_password()
    assert "/password/reset/key/" in mailoutbox[-1].body


def test_a_corrected_address_is_the_only_one_that_signs_in(client, operator, person):
    fully(client, operator)

    client.post(
        f"/admin/accounts/person/{person.pk}/change/", {"email": "right@example.org", "is_active": "on"}
    )

    assert list(EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")) == [
        ("right@example.org", True, True)
    ]


def test_nobody_is_deleted(client, operator, person):
    fully(client, operator)

    assert client.post(f"/admin/accounts/person/{person.pk}/delete/").status_code == 403


def test_a_lost_phone_is_reset_by_command(client, person, capsys):
    fully(client, person)

    call_command("reset_second_factor", person.email)

    assert not person.authenticator_set.exists()
    assert client.get(reverse("accounts:profile")).headers["Location"].startswith(reverse("account_login"))
    with pytest.raises(CommandError, match="Nobody signs in"):
        call_command("reset_second_factor", "nobody@example.org")


# ── Single sign-on ───────────────────────────────────────────────────────────────────────────────

ENTRY = {
    "name": "Fair Brand",
    "server_url": "https://id.brand.example",
    "client_id": "wsr",
    "secret": "s",
    "domain": "brand.example",
}


def test_an_organization_signs_in_its_own_domain_only():
    apps = single_sign_on(json.dumps([ENTRY]))["openid_connect"]["APPS"]
    provider = type("Provider", (), {"app": type("App", (), {"settings": apps[0]["settings"]})})
    login = type("Login", (), {"provider": provider, "account": SocialAccount(extra_data={})})
    adapter = SingleSignOnAdapter()

    answers = [
        (adapter.can_authenticate_by_email(login, email), adapter.is_email_verified(provider, email))
        for email in ("a@brand.example", "a@other.example", "a@x.brand.example", "brand.example@evil.example")
    ]

    assert answers == [(True, True), (False, False), (False, False), (False, False)]


@pytest.mark.parametrize(
    ("claims", "may_enter"),
    [
        ({}, True),
        ({"email_verified": True}, True),
        ({"email_verified": False}, False),
        ({"email_verified": "false"}, False),
    ],
)
def test_an_address_that_the_organization_did_not_check_opens_nothing(claims, may_enter):
    app = type("App", (), {"settings": {"domain": "brand.example"}})
    account = SocialAccount(extra_data={"userinfo": {"email": "chief@brand.example", **claims}})
    login = type("Login", (), {"provider": type("Provider", (), {"app": app}), "account": account})

    assert SingleSignOnAdapter().can_authenticate_by_email(login, "chief@brand.example") is may_enter


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not JSON"),
        ("{}", "must be a JSON list"),
        (json.dumps([ENTRY | {"secret": ""}]), "needs the texts"),
        (json.dumps([ENTRY | {"colour": "red"}]), "does not know colour"),
        (json.dumps([ENTRY | {"server_url": "http://id.brand.example"}]), "https"),
        (json.dumps([ENTRY, ENTRY]), "twice"),
    ],
)
def test_what_is_wrong_with_the_setting_is_said(text, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        single_sign_on(text)


def test_the_sign_in_page_offers_the_organization(client, db, settings):
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(json.dumps([ENTRY]))

    page = client.get(reverse("account_login")).content.decode()

    assert "Fair Brand" in page
    assert "/accounts/oidc/brand-example/login/" in page


def test_no_page_tells_the_time_of_the_program_before_it(client, db):
    """Django keeps a time zone for the thread, which goes on to serve somebody else."""
    program = factories.program(time_zone="Asia/Dhaka")
    factories.sign_in(client, factories.member(program, "director"))
    with timezone.override(None):
        client.get(reverse("deadlines:clocks", args=[program.slug]))
        client.get(reverse("account_login"))
        assert timezone.get_current_timezone_name() == "UTC"
