"""OAuth clients: the public one of devices, and those of firms."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allauth.idp.oidc.models import Client

from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.accounts.queries import Standing
from wsr.api.models import Grant, GrantKind
from wsr.api.operations.grants import give
from wsr.api.scopes import declared
from wsr.tenancy import Audience, atomic

DEVICE_CLIENT = "wsr-device"  # public by nature: whatever uses it, a person lets it in by name


def keep_device_client(*, using: str) -> None:
    """Make the client that devices sign in with, and let it ask for every scope there is. Runs after every migrate."""
    Client.objects.using(using).update_or_create(
        pk=DEVICE_CLIENT,
        defaults={
            "name": "wsr device",
            "type": Client.Type.PUBLIC,
            "secret": "",
            "grant_types": "\n".join([Client.GrantType.DEVICE_CODE, Client.GrantType.REFRESH_TOKEN]),
            "response_types": "",
            "scopes": "\n".join(declared()),
            "default_scopes": "",
        },
    )


@atomic
def make_client(
    *, name: str, membership_id: UUID, scopes: Iterable[str], expires_at: datetime, by: Person, at: datetime
) -> tuple[Grant, str]:
    """A client of a firm that acts as one of its auditors, and its secret, which is kept as a hash and told this once.

    Raises Membership.DoesNotExist for anybody who is no auditor of the active program, CannotGrant as `give`.
    """
    membership = (
        Membership.objects.active()
        .select_related("program", "person")
        .get(pk=membership_id, role=Role.AUDITOR)
    )
    wanted = sorted(set(scopes))
    secret, device_id = secrets.token_urlsafe(32), uuid.uuid4()
    client = Client(
        name=name[:100],
        type=Client.Type.CONFIDENTIAL,
        grant_types=Client.GrantType.CLIENT_CREDENTIALS,
        response_types="",
        scopes="\n".join(wanted),
        default_scopes="\n".join(wanted),
        owner=membership.person,
        created_at=at,
        data={"device": str(device_id)},
    )
    client.set_secret(secret)
    client.save(force_insert=True)
    grant = give(
        kind=GrantKind.CLIENT,
        device_id=device_id,
        client_key=client.pk,
        name=name,
        person=membership.person,
        standing=Standing(
            membership.program, Audience.AUDITOR, frozenset({Role.AUDITOR}), membership.organization_id
        ),
        scopes=wanted,
        expires_at=expires_at,
        by=by,
        at=at,
    )
    return grant, secret
