"""Who asks, and what she may reach: from the access token, anew with every request.

A token alone opens nothing. It names a device; the device's grants say which programs; a grant counts while it is neither ended nor
expired, the membership it was given under lasts, and the person's second factor is the one that was shown. All of it is read from the
database each time, so what is taken away is gone with the very next request.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from wsr.accounts.grants import Permission, Role, permissions_of
from wsr.accounts.models import Membership, Person
from wsr.accounts.second_factor import FACTORS
from wsr.api.models import Grant, GrantKind
from wsr.api.operations.grants import DEVICE
from wsr.api.problems import Problem
from wsr.tenancy import person_scope

SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """Whose token it is, and of which device."""

    person: Person
    device_id: UUID
    scopes: frozenset[str]


@dataclass(frozen=True)
class Reach:
    """One program that the caller reaches, and as what."""

    grant: Grant
    roles: frozenset[Role]

    @property
    def permissions(self) -> frozenset[Permission]:
        """What her roles permit; the scopes narrow it."""
        return permissions_of(self.roles)


def caller_of(request: HttpRequest) -> Caller:
    """The person and device behind the bearer token. Raises Problem (401). One query."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise refused("")
    token = (
        Token.objects.valid()
        .by_value(value.strip())
        .filter(type=Token.Type.ACCESS_TOKEN)
        .select_related("client", "client__owner", "user")
        .first()
    )
    if token is None or token.client is None:
        raise refused(_("This access token is not valid, or it has expired."))
    person = token.user or token.client.owner
    device_id = device_of(token)
    if person is None or device_id is None or not person.is_active:
        raise refused(_("This access token is not valid any more."))
    return Caller(person, device_id, frozenset(token.get_scopes()))


def device_of(token: Token) -> UUID | None:
    """The device that a token belongs to; for a firm's client the id that the client has as one."""
    kept = (token.client.data or {}).get("device") if token.user_id is None else None
    named = kept or next(iter(token.get_resources()), "").removeprefix(DEVICE)
    try:
        return UUID(named)
    except ValueError:
        return None


def reached(caller: Caller, *, at: datetime | None = None) -> list[Reach]:
    """The programs that this caller reaches now, by name. Empty: access was taken away. Own transaction, two queries.

    Notes when each grant was last used, once a minute.
    """
    now = at or timezone.now()
    with person_scope(caller.person.pk):
        grants = list(
            Grant.objects.open()
            .filter(person_id=caller.person.pk, device_id=caller.device_id)
            .select_related("program")
            .order_by("program__name", "pk")
        )
        roles = _roles(grants) if grants else {}
        found = [Reach(grant, roles[grant.pk]) for grant in grants if roles.get(grant.pk)]
        unseen = [
            reach.grant.pk
            for reach in found
            if reach.grant.last_used_at is None or reach.grant.last_used_at < now - SEEN_EVERY
        ]
        if unseen:
            Grant.objects.filter(pk__in=unseen).update(last_used_at=now)
    return found if found and _factor_lasts(caller, found) else []


def still_stands(reach: Reach) -> bool:
    """Whether a grant counts still, asked inside the program's scope once a body has arrived: an upload may have taken long."""
    grant = Grant.objects.open().filter(pk=reach.grant.pk).first()
    return grant is not None and bool(_roles([grant]).get(grant.pk))


def refused(detail: str) -> Problem:
    """No valid token."""
    challenge = 'Bearer realm="wsr", error="invalid_token"' if detail else 'Bearer realm="wsr"'
    return Problem("sign-in-needed", detail, headers={"WWW-Authenticate": challenge})


def _roles(grants: list[Grant]) -> dict[UUID, frozenset[Role]]:
    """Roles per grant, of memberships that lasted since it was given: who comes back later lets her devices in anew."""
    people = Q()
    for grant in grants:
        people |= Q(person_id=grant.person_id, program_id=grant.program_id, started_at__lte=grant.granted_at)
    memberships = list(Membership.objects.active().filter(people))
    return {
        grant.pk: frozenset(
            Role(membership.role)
            for membership in memberships
            if membership.program_id == grant.program_id
            and membership.started_at <= grant.granted_at
            and membership.audience == grant.side
            and (grant.organization_id is None or membership.organization_id == grant.organization_id)
        )
        for grant in grants
    }


def _factor_lasts(caller: Caller, found: list[Reach]) -> bool:
    """A device or app password: the second factor is the one that was shown. A firm's client, which showed none: its person has one."""
    grant = found[0].grant
    if grant.kind != GrantKind.CLIENT:
        return all(reach.grant.second_factor_epoch == caller.person.second_factor_epoch for reach in found)
    return Authenticator.objects.filter(user_id=caller.person.pk, type__in=FACTORS).exists()
