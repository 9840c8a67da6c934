"""Nobody reaches a program without a second factor, shown in this very session."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories
from tests.accounts.signing_in import code_of, confirm_address, fully, show_again, with_password

SAMPLE = {
    "slug": "garment",
    "uuid": "0198c0de-0000-7000-8000-000000000000",
    "int": 1,
    "str": "word",
    "path": "a/b",
}


@pytest.fixture
def director(director):
    """The director, whose address is confirmed."""
    confirm_address(director)
    return director


def _addresses_of_programs():
    """One address for each URL name below /p/<slug>/."""
    found = {}

    def walk(patterns, namespaces, route, converters):
        for pattern in patterns:
            here = route + str(pattern.pattern)
            words = converters | pattern.pattern.converters
            if isinstance(pattern, URLResolver):
                inner = [*namespaces, pattern.namespace] if pattern.namespace else namespaces
                walk(pattern.url_patterns, inner, here, words)
            elif (
                isinstance(pattern, URLPattern) and here.startswith("p/<slug:program_slug>/") and pattern.name
            ):
                kwargs = {
                    word: "garment" if word == "program_slug" else SAMPLE[_kind(words[word])]
                    for word in words
                }
                name = ":".join([*namespaces, pattern.name])
                found[name] = reverse(name, kwargs=kwargs)

    walk(get_resolver().url_patterns, [], "", {})
    return found


def _kind(converter):
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def test_every_page_of_a_program_asks_for_a_second_factor_first(client, director):
    addresses = _addresses_of_programs()
    assert "accounts:members" in addresses
    client.force_login(director)

    answers = {name: client.get(url).headers.get("Location") for name, url in addresses.items()}

    assert {name: answer for name, answer in answers.items() if answer != reverse("mfa_index")} == {}


def test_every_page_of_a_program_asks_a_session_that_did_not_show_it(client, director):
    factories.second_factor(director)
    client.force_login(director)

    answers = {
        name: client.get(url).headers.get("Location", "") for name, url in _addresses_of_programs().items()
    }

    wanted = reverse("mfa_reauthenticate")
    assert {name: answer for name, answer in answers.items() if not answer.startswith(wanted)} == {}


@pytest.mark.parametrize("path", ["/inbox/", "/admin/", "/style/", "/accounts/2fa/"])
def test_other_pages_ask_a_session_that_did_not_show_it(client, director, path):
    factories.second_factor(director)
    client.force_login(director)

    response = client.get(path)

    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))


def test_signing_in_with_the_app_opens_the_program_and_goes_where_she_was_going(client, director):
    secret = factories.second_factor(director)
    members = reverse("accounts:members", args=["garment"])
    login = client.get(members).headers["Location"]

    response = client.post(login, {"login": director.email, "password": factories.PASSWORD})
    assert response.headers["Location"] == reverse("mfa_authenticate")
    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert response.headers["Location"] == members
    assert client.get(members).status_code == 200


def test_a_wrong_code_opens_nothing(client, director):
    factories.second_factor(director)
    with_password(client, director)

    response = client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert b"This code is not right" in response.content
    assert client.get("/inbox/").headers["Location"].startswith(reverse("account_login"))


def test_setting_up_the_app_opens_the_program_and_leads_back(client, office):
    members = reverse("accounts:members", args=["garment"])
    with_password(client, office.director)
    assert client.get(members).headers["Location"] == reverse("mfa_index")
    page = client.get(reverse("mfa_activate_totp"))
    assert b"data:image/svg+xml;base64," in page.content

    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(page.context["form"].secret)})

    assert done.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert reverse("accounts:continue") in client.get(done.headers["Location"]).content.decode()
    assert client.get(reverse("accounts:continue")).headers["Location"] == members
    assert client.get(members).status_code == 200


def test_long_after_signing_in_the_password_is_asked_for_once_more(client, director):
    with_password(client, director)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    session = client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - 301} for record in session["account_authentication_methods"]
    ]
    session.save()

    response = client.get(reverse("mfa_activate_totp"))

    assert response.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_the_way_back_never_leaves_the_site(client, director):
    fully(client, director)
    session = client.session
    session["after_second_factor"] = "https://elsewhere.example/p/"
    session.save()

    assert client.get(reverse("accounts:continue")).headers["Location"] == reverse("ui:inbox")


def test_a_session_from_before_may_not_add_a_factor_of_its_own(client, director):
    client.force_login(director)
    factories.second_factor(director)

    response = client.get(reverse("mfa_add_webauthn"))

    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))


def test_the_password_does_not_stand_in_for_the_factor(client, director):
    factories.second_factor(director)
    client.force_login(director)

    response = client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})

    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))


def test_showing_the_code_again_opens_the_session(client, director):
    secret = factories.second_factor(director)
    client.force_login(director)
    members = reverse("accounts:members", args=["garment"])
    asked = client.get(members).headers["Location"]

    response = client.post(asked, {"code": code_of(secret)})

    assert response.headers["Location"] == members
    assert client.get(members).status_code == 200


def test_the_last_factor_stays_while_a_role_needs_it(client, director):
    fully(client, director)

    response = client.post(reverse("mfa_deactivate_totp"), follow=True)

    assert b"your only second factor" in response.content
    assert Authenticator.objects.filter(user=director, type="totp").exists()


def test_removing_a_factor_ends_what_other_sessions_had_passed(client, director):
    secret = factories.second_factor(director)
    fully(client, director, secret)
    other = Client()
    other.force_login(director)
    session = other.session
    session["second_factor"] = client.session["second_factor"]
    session.save()
    assert other.get("/p/garment/members/").status_code == 200
    Authenticator.objects.create(user=director, type="webauthn", data={"name": "Key", "credential": {}})
    show_again(client)

    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302

    assert not Authenticator.objects.filter(user=director, type="totp").exists()
    for browser in (client, other):
        assert (
            browser.get("/p/garment/members/")
            .headers["Location"]
            .startswith("/accounts/2fa/webauthn/reauthenticate/")
        )


def test_a_session_that_passed_costs_no_query_for_it(client, director, django_assert_num_queries):
    fully(client, director)
    client.get(reverse("accounts:continue"))

    with django_assert_num_queries(2):  # the session and the person
        client.get(reverse("accounts:continue"))


def test_a_person_without_any_role_may_take_her_factor_away(client, db):
    stranger = factories.person("alone@example.org")
    confirm_address(stranger)
    fully(client, stranger)
    show_again(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=stranger).exists()


def test_secrets_of_authenticator_apps_are_encrypted(director):
    secret = factories.second_factor(director)

    stored = Authenticator.objects.get(user=director, type="totp").data["secret"]

    assert secret not in stored
