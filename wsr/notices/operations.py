"""Telling people: a row in the outbox now, in the transaction of the act; the relay does the rest after commit."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kombu.exceptions import OperationalError

from wsr.accounts.grants import Permission, Role
from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.notices.enums import Channel
from wsr.notices.kinds import kind_of
from wsr.notices.models import Outbox
from wsr.tenancy import atomic, current_program_id, on_commit
from wsr.tenancy.models import OPEN

logger = logging.getLogger(__name__)


@atomic
def tell(
    *,
    kind: str,
    key: str,
    email: str,
    at: datetime,
    context: Mapping[str, object],
    person: Person | None = None,
    language: str = "",
) -> None:
    """Write to one address, member or not, once per `key` in the active program. For members use `tell_people` or `tell_role`.

    `context` holds ids and addresses of pages, never facts and never anything that opens a door by itself.
    """
    language = language or (person.language if person else "")
    _put(kind=kind, key=key, email=email, person=person, language=language, context=context, at=at)


@atomic
def tell_reached(
    *, kind: str, key: str, at: datetime, context: Mapping[str, object], language: str, secret_of: UUID
) -> None:
    """Send a text message to a number that the kind's `reach` finds at the moment of sending, once per `key`: no row holds it.

    `context` and `secret_of` as in `tell_people`.
    """
    _put(
        kind=kind,
        key=key,
        language=language,
        context=context,
        at=at,
        channel=Channel.SMS,
        secret_of=secret_of,
    )


@atomic
def tell_people(
    *,
    kind: str,
    key: str,
    people: Iterable[Person | UUID],
    at: datetime,
    context: Mapping[str, object],
    secret_of: UUID = OPEN,
    about: UUID | None = None,
) -> None:
    """Tell people of the active program, each as she chose, once per `key`. Who is no member by then is told nothing.

    Works for every audience: one insert, the relay finds the people. `context` as in `tell`. `secret_of`: the circle that alone may
    see among the messages of the program that there was something to tell. `about`: the matter; who must not know of it is left out.
    """
    ids = [str(getattr(person, "pk", person)) for person in people]
    _put(
        kind=kind,
        key=key,
        to={"people": ids},
        context=context,
        at=at,
        channel=Channel.PEOPLE,
        secret_of=secret_of,
        about=about,
    )


@atomic
def tell_role(
    *,
    kind: str,
    key: str,
    at: datetime,
    context: Mapping[str, object],
    roles: Iterable[Role] = (),
    permission: Permission | None = None,
    organization_id: UUID | None = None,
    about: UUID | None = None,
) -> None:
    """Tell the members of the active program who hold one of `roles` or a role that grants `permission`, once per `key`.

    With `organization_id` only members who act for this organization; with nothing else, all of those. Who holds the role is
    looked up when the notice is delivered, so somebody who was appointed a second ago is told and somebody who left is not. `about`
    as in `tell_people`.
    """
    to = {
        "roles": [Role(role).value for role in roles],
        "permission": Permission(permission).value if permission else "",
        "organization": str(organization_id) if organization_id else "",
    }
    if not any(to.values()):
        raise ValueError("Say which roles, which permission or which organization.")
    _put(kind=kind, key=key, to=to, context=context, at=at, channel=Channel.PEOPLE, about=about)


@atomic
def emit(*, kind: str, key: str, at: datetime, context: Mapping[str, object]) -> None:
    """Tell the webhooks that subscribed to this kind, and no person, once per `key`. Only the ids in `context` travel."""
    _put(kind=kind, key=key, context=context, at=at, channel=Channel.PEOPLE)


@atomic
def retry(*, by: Person, at: datetime, message_id: UUID | None = None) -> int:
    """Try a given-up message of the active program again from the first try on, or all of them; returns how many."""
    rows = Outbox.objects.given_up()
    if message_id:
        rows = rows.filter(pk=message_id)
    found = list(rows.order_by("pk").select_for_update(of=("self",)))
    Outbox.objects.filter(pk__in=[row.pk for row in found]).update(given_up_at=None, tries=0, next_try_at=at)
    for row in found:
        record("notice.retried", row, by=by, at=at, before={"error": row.error})
    on_commit(wake)
    return len(found)


def _put(*, kind: str, at: datetime, context: Mapping[str, object], **fields: Any) -> None:
    """Raises UnknownKind at the act, where the mistake is."""
    kind_of(kind)
    row = Outbox(
        program_id=current_program_id(),
        kind=kind,
        context=dict(context),
        created_at=at,
        next_try_at=at,
        **fields,
    )
    Outbox.objects.bulk_create([row], ignore_conflicts=True)
    on_commit(wake)


def wake() -> None:
    """Ask the relay to look now. Without a broker beat does it once that is back."""
    from wsr.notices.tasks import relay  # noqa: PLC0415 -- tasks are leaves; operations import them

    try:
        relay.delay()
    except OperationalError:
        logger.warning("relay not woken")
