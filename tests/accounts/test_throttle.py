"""Guessing is slowed down; the person whose address is guessed gets in."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.accounts.signing_in import code_of, confirm_address, with_password
from wsr.accounts import throttle

HOME, ATTACKER = "192.0.2.10", "198.51.100.7"


@pytest.fixture
def victim(db):
    person = factories.person("her@example.org")
    confirm_address(person)
    return person


def guess(client, email, ip, times=1):
    """Wrong passwords from one network; the status of the last answer."""
    for number in range(times):
        response = client.post(
            reverse("account_login"), {"login": email, "password": f"wrong {number}"}, REMOTE_ADDR=ip
        )
    return response


def test_guessing_ends_on_a_page_that_says_so(client, victim):
    assert (
        guess(client, victim.email, ATTACKER, times=throttle.PER_NETWORK_AND_ADDRESS.amount).status_code
        == 200
    )

    response = guess(client, victim.email, ATTACKER)

    assert response.status_code == 429
    assert b"Wait a few minutes" in response.content
    assert with_password(client, victim, REMOTE_ADDR=ATTACKER).status_code == 429


def test_the_victim_signs_in_from_her_own_network_meanwhile(client, victim):
    guess(client, victim.email, ATTACKER, times=10)

    response = with_password(Client(), victim, REMOTE_ADDR=HOME)

    assert response.status_code == 302


def test_the_victim_signs_in_on_her_own_device_although_many_networks_guess(client, victim):
    hers = Client()
    with_password(hers, victim, REMOTE_ADDR=HOME)
    hers.post(reverse("account_logout"))
    for number in range(10):
        guess(client, victim.email, f"198.51.100.{number}", times=throttle.PER_NETWORK_AND_ADDRESS.amount)
    guess(client, victim.email, HOME, times=throttle.PER_NETWORK.amount + 1)

    assert guess(client, victim.email, "203.0.113.1").status_code == 429
    assert with_password(hers, victim, REMOTE_ADDR=HOME).status_code == 302


def test_a_known_device_is_limited_too(client, victim):
    with_password(client, victim)
    client.post(reverse("account_logout"))

    assert guess(client, victim.email, HOME, times=throttle.PER_DEVICE.amount).status_code == 200
    assert guess(client, victim.email, HOME).status_code == 429


def test_a_device_is_known_to_its_own_people_only(client, victim):
    other = factories.person("other@example.org")
    confirm_address(other)
    with_password(client, other)
    client.post(reverse("account_logout"))

    assert (
        guess(client, victim.email, HOME, times=throttle.PER_NETWORK_AND_ADDRESS.amount + 1).status_code
        == 429
    )


def test_a_cookie_of_ones_own_making_is_worth_nothing(client, victim):
    client.cookies[throttle.COOKIE] = "eyJkZXZpY2UiOiJ4In0:1:forged"

    assert (
        guess(client, victim.email, HOME, times=throttle.PER_NETWORK_AND_ADDRESS.amount + 1).status_code
        == 429
    )


def test_the_cookie_names_nobody(client, victim):
    with_password(client, victim)

    cookie = client.cookies[throttle.COOKIE]

    assert victim.email not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_device_is_not_known_before_the_second_factor(client, victim):
    secret = factories.second_factor(victim)
    with_password(client, victim)
    assert throttle.COOKIE not in client.cookies

    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert throttle.COOKIE in client.cookies


def test_the_right_password_counts_against_nobody(client, victim):
    for _ in range(throttle.PER_NETWORK_AND_ADDRESS.amount + 2):
        browser = Client()
        assert with_password(browser, victim, REMOTE_ADDR=HOME).status_code == 302


def test_an_address_without_an_account_gets_the_same_answers(client, victim):
    known, unknown = guess(client, victim.email, HOME), guess(client, "nobody@example.org", HOME)

    assert known.context["form"].errors == unknown.context["form"].errors
    times = throttle.PER_NETWORK_AND_ADDRESS.amount
    assert guess(client, "nobody@example.org", ATTACKER, times=times + 1).status_code == 429


def test_asking_for_a_new_password_tells_nobody_who_has_an_account(client, victim, mailoutbox):
    answers = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (victim.email, "nobody@example.org")
    ]

    assert (
        len({(answer.status_code, answer.redirect_chain[-1][0], answer.content) for answer in answers}) == 1
    )
    assert [message.to for message in mailoutbox] == [[victim.email], ["nobody@example.org"]]
    assert "There is no account for it" in mailoutbox[1].body


def test_a_new_password_signs_in_and_still_asks_for_the_second_factor(client, victim, mailoutbox):
    factories.second_factor(victim)
    client.post(reverse("account_reset_password"), {"email": victim.email})
    link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link.partition("testserver")[2], follow=True)

    new = {"password1": "an entirely new phrase", "password2": "an entirely new phrase"}
    response = client.post(page.redirect_chain[-1][0], new)

    assert response.headers["Location"] == reverse("mfa_authenticate")


def test_nobody_signs_up_alone(client, db):
    page = client.get(reverse("account_signup"))

    assert b"Accounts come by invitation" in page.content
