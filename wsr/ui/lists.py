"""A list outside of its own page: made by the view of the page, behind its door, for somebody as she may see it now.

Acts on several rows, files that are made in the background and reports that are sent regularly all go through here, so nobody gets
more of a list than its page would show her at that moment.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.accounts.queries import Standing
from wsr.errors import DomainError
from wsr.tenancy import Audience, current_program_id
from wsr.tenancy.models import Program
from wsr.ui.tables import Table

PIN_CAP = 99  # what the numbers beside pinned views count up to


class NoSuchList(DomainError):
    """The address shows no list of this program, or not to this person."""


def no_such_list() -> NoSuchList:
    """The refusal, the same for what is not there and what is not hers."""
    return NoSuchList(_("You cannot open this list any more, or it is not there."))


def standing_now(person: Person) -> Standing:
    """What a person is as staff of the active program at this moment; without roles where she has left."""
    rows = Membership.objects.active().filter(person=person)
    roles = frozenset(Role(row.role) for row in rows if row.audience == Audience.STAFF)
    return Standing(Program.objects.get(pk=current_program_id()), Audience.STAFF, roles, None)


def with_list[T](
    path: str, query: str, *, person: Person, standing: Standing, use: Callable[[Table], T]
) -> T:
    """What `use` makes of the list at an address, inside the scope of `standing`. Raises NoSuchList."""
    request = _request(path, query, person, standing)
    view, kwargs = _behind_the_door(request, standing)
    made: list[T] = []

    def take(table: Table) -> HttpResponse:
        made.append(use(table))
        return HttpResponse()

    request.take_table = take
    try:
        view(request, **kwargs)
    except (Http404, PermissionDenied):
        raise no_such_list() from None
    if not made:
        raise no_such_list()
    return made[0]


def counted(table: Table, query: str) -> str:
    """How many rows the list of `table` has under another query, up to PIN_CAP; nothing where it cannot be told."""
    standing = getattr(table.request, "standing", None)
    if standing is None:
        return ""
    try:
        rows = with_list(
            table.request.path,
            query,
            person=table.request.user,
            standing=standing,
            use=lambda found: found.queryset.order_by()[: PIN_CAP + 1].count(),
        )
    except NoSuchList:
        return ""
    return f"{PIN_CAP}+" if rows > PIN_CAP else str(rows)


def _request(path: str, query: str, person: Person, standing: Standing) -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.GET = QueryDict(query)
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.session = {}
    request.user = person if person.is_active else AnonymousUser()
    request.program, request.standing, request.standings = standing.program, standing, [standing]
    request.permissions = standing.permissions
    return request


def _behind_the_door(request: HttpRequest, standing: Standing) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The view inside its door. Raises NoSuchList where the door would not let her through."""
    try:
        match = resolve(request.path)
    except Resolver404:
        raise no_such_list() from None
    kind, permissions = getattr(match.func, "wsr_door", ("", ()))
    kwargs = dict(match.kwargs)
    is_hers = kwargs.pop("program_slug", "") == standing.program.slug and request.user.is_authenticated
    if kind != "program" or not is_hers or not set(permissions) <= standing.permissions:
        raise no_such_list()
    request.resolver_match = match
    return match.func.__wrapped__, kwargs
