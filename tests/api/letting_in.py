"""Tokens for tests: a device that a person let in, as the pages would."""

import base64
import datetime as dt
import json
import uuid

from django.utils import timezone

from wsr.accounts.queries import programs_of
from wsr.api.models import GrantKind
from wsr.api.operations import grants, passwords
from wsr.api.operations.clients import DEVICE_CLIENT
from wsr.api.scopes import declared
from wsr.tenancy import program_scope


def let_in(person, *, scopes=None, programs=None, days=30, device_id=None, second_factor=True) -> str:
    """An access token of a new device of this person, for all her programs or the given ones."""
    from allauth.idp.oidc.models import Token

    device_id = device_id or uuid.uuid4()
    now = timezone.now()
    wanted = list(scopes if scopes is not None else declared())
    for standing in programs_of(person):
        if programs is not None and standing.program not in programs:
            continue
        with program_scope(
            standing.program.pk,
            standing.audience,
            person_id=person.pk,
            organization_id=standing.organization_id,
        ):
            grants.give(
                kind=GrantKind.DEVICE,
                device_id=device_id,
                client_key=DEVICE_CLIENT,
                name="Phone",
                person=person,
                standing=standing,
                scopes=wanted,
                expires_at=now + dt.timedelta(days=days),
                by=person,
                at=now,
            )
    value = uuid.uuid4().hex
    token = Token(
        type=Token.Type.ACCESS_TOKEN,
        client_id=DEVICE_CLIENT,
        user=person,
        expires_at=now + dt.timedelta(minutes=15),
    )
    token.set_value(value)
    token.set_scopes(wanted)
    token.set_resources([f"{grants.DEVICE}{device_id}"])
    token.save()
    return value


def app_password(person, *, days=30, device_id=None, at=None) -> str:
    """An app password of this person for her only program, as the page of her devices would make it."""
    [standing] = programs_of(person)
    now = at or timezone.now()
    with program_scope(
        standing.program.pk, standing.audience, person_id=person.pk, organization_id=standing.organization_id
    ):
        _grant, password = passwords.make(
            device_id=device_id or uuid.uuid4(),
            name="Phone",
            person=person,
            standing=standing,
            scope="openrosa",
            expires_at=now + dt.timedelta(days=days),
            at=now,
        )
    return password


def basic(name: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


class Caller:
    """Asks the API through Django's test client, with a token."""

    def __init__(self, client, token: str = "") -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, address: str, data=None, **headers):
        """`headers` with underscores for hyphens. Data is sent as JSON, bytes as they are."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        body = data if isinstance(data, bytes) else b"" if data is None else json.dumps(data).encode()
        return self.client.generic(
            method,
            address,
            body,
            content_type=given.pop("Content-Type", "application/json"),
            headers={**self.headers, **given},
        )
