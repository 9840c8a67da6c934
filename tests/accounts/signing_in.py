"""Signing in as people do, for tests of pages."""

import time

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse

from tests import factories


def code_of(secret: str) -> str:
    """What the authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def confirm_address(person):
    """What accepting an invitation does."""
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


def with_password(client, person, **extra):
    """Type e-mail and password."""
    return client.post(
        reverse("account_login"), {"login": person.email, "password": factories.PASSWORD}, **extra
    )


def fully(client, person, secret=None):
    """Sign in with password and authenticator app; gives the person one where she has none."""
    secret = secret or factories.second_factor(person)
    with_password(client, person)
    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert response.status_code == 302, response.content
    return client


def show_again(client):
    """As if the second factor had just been shown again; a code works only once, so a test cannot type it twice."""
    session = client.session
    key = "account_authentication_methods"
    session[key] = [record | {"reauthenticated": True} for record in session[key]]
    session[f"{key}_user"] = session["_auth_user_id"]
    session.save()
