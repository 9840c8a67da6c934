"""Letting a device or a firm's program in, and taking that back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from allauth.idp.oidc.models import Token
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.api.models import Grant, GrantKind
from wsr.api.scopes import declared, of_passwords
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic

LONGEST = {
    GrantKind.DEVICE: timedelta(days=90),
    GrantKind.CLIENT: timedelta(days=366),
    GrantKind.PASSWORD: timedelta(days=183),
}
DEVICE = "urn://device/"  # how a token carries the id of its device: as the resource it was granted for


class CannotGrant(DomainError):
    """This access cannot be given."""


@atomic
def give(
    *,
    kind: GrantKind,
    device_id: UUID,
    client_key: str,
    name: str,
    person: Person,
    standing: Standing,
    scopes: Iterable[str],
    expires_at: datetime,
    by: Person,
    at: datetime,
    secret_hash: str = "",
) -> Grant:
    """Let a device or client act in the active program in the name of `person`, as what `standing` says she is.

    Raises CannotGrant without a name, with a scope that does not exist, or for longer than the longest time.
    """
    wanted = sorted(set(scopes))
    longest = LONGEST[kind]
    known = of_passwords() if kind == GrantKind.PASSWORD else declared()
    if not name.strip():
        raise CannotGrant(_("Give it a name by which you will know it again."))
    if not wanted or set(wanted) - set(known):
        raise CannotGrant(_("Choose at least one thing it may do."))
    if not at < expires_at <= at + longest:
        raise CannotGrant(_("Access lasts at most %(days)d days.") % {"days": longest.days})
    grant = Grant.objects.create(
        kind=kind,
        device_id=device_id,
        client_key=client_key,
        name=name.strip(),
        person=person,
        audience=standing.audience.value,
        organization_id=standing.organization_id if standing.audience != "staff" else None,
        scopes=wanted,
        second_factor_epoch=person.second_factor_epoch,
        granted_at=at,
        granted_by=by,
        expires_at=expires_at,
        secret_hash=secret_hash,
    )
    record(
        "api.access_given",
        grant,
        by=by,
        at=at,
        after={"kind": kind, "person": str(person.pk), "scopes": wanted, "until": expires_at},
    )
    return grant


@atomic
def end(*, grant_id: UUID, by: Person, at: datetime) -> Grant:
    """Take access back: the very next request is refused. Ending it twice ends it once."""
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant_id)
    if grant.ended_at is None:
        grant.ended_at, grant.ended_by = at, by
        grant.save(update_fields=["ended_at", "ended_by"])
        record("api.access_ended", grant, by=by, at=at, before={"person": str(grant.person_id)})
    return grant


def forget_tokens(device_id: UUID) -> int:
    """Delete the tokens of a device, once no program lets it in. Outside any scope; returns how many there were."""
    return Token.objects.filter(data__resources__contains=[f"{DEVICE}{device_id}"]).delete()[0]
