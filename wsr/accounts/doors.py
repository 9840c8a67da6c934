"""The three doors a view can have. A test refuses a view with none of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from wsr.accounts.grants import Permission
from wsr.accounts.queries import programs_of, standing_in
from wsr.tenancy import Scope, program_scope

ACTING_FOR = "acting_for"  # in the session: the organization a person acts for, where she acts for several in one program

type View = Callable[..., HttpResponse]


def requires(*permissions: Permission) -> Callable[[View], View]:
    """A page of one program: 404 for a stranger, 403 without all the permissions; enters the program scope.

    Sets `request.program`, `request.standing`, `request.permissions`, and `request.standings` of all her programs. The
    view is one transaction.
    """

    def door(view: View) -> View:
        @requires_at_the_door(*permissions)
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with own_scope(request):
                return view(request, *args, **kwargs)

        return inside

    return door


def requires_at_the_door(*permissions: Permission) -> Callable[[View], View]:
    """The same door for a view that has something to do before it enters the program, by `own_scope(request)`."""

    def door(view: View) -> View:
        @wraps(view)
        def through(request: HttpRequest, program_slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            request.standings = programs_of(request.user)
            standing = standing_in(request.standings, program_slug, request.session.get(ACTING_FOR, ""))
            if standing is None:
                raise Http404("No such program for this person.")
            request.program = standing.program
            request.standing = standing
            request.permissions = standing.permissions
            if not set(permissions) <= standing.permissions:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        through.wsr_door = ("program", permissions)
        return through

    return door


def own_scope(request: HttpRequest) -> AbstractContextManager[Scope]:
    """The scope of whoever came through the door of a program."""
    standing = request.standing
    return program_scope(
        standing.program.pk,
        standing.audience,
        person_id=request.user.pk,
        organization_id=standing.organization_id,
    )


def signed_in(view: View) -> View:
    """A page for anyone who is signed in, outside any program."""
    view.wsr_door = ("signed in", ())
    return view


def public_page(view: View) -> View:
    """A page for everyone, without an account."""
    view = login_not_required(view)
    view.wsr_door = ("public", ())
    return view
