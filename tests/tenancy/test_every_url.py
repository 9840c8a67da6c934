"""Every address, as every role: found by walking the URLs, so it grows by itself."""

import uuid
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests import factories
from wsr.accounts.grants import AUDIENCE_OF, GRANTS, Role
from wsr.tenancy import Audience

# Doors of packages: allauth's views guard themselves, the admin asks for an operator.
OTHERS = ("allauth.", "django.contrib.admin.", "django.views.i18n", "django.contrib.staticfiles")
OTHERS_AT = ("admin/", "accounts/social/", "accounts/oidc/")


def walk(patterns=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(address with its converters, pattern) of everything that is routed."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def _module(pattern: URLPattern) -> str:
    view = getattr(pattern.callback, "view_class", None) or getattr(
        pattern.callback, "model_admin", pattern.callback
    )
    return getattr(view, "__module__", "")


OURS = [
    (route, pattern)
    for route, pattern in walk()
    if not _module(pattern).startswith(OTHERS) and not route.startswith(OTHERS_AT)
]
PROGRAM = [
    (route, pattern)
    for route, pattern in OURS
    if getattr(pattern.callback, "wsr_door", ("",))[0] == "program"
]


def address(route: str, program_slug: str) -> str:
    """The route with something plausible in each converter."""
    parts = []
    for part in route.replace("$", "").split("/"):
        if part.startswith("<") and part.endswith(">"):
            kind, _, name = part[1:-1].rpartition(":")
            if name == "program_slug":
                part = program_slug
            else:
                part = {"uuid": str(uuid.uuid4()), "int": "1"}.get(kind, "x")
        parts.append(part)
    return "/" + "/".join(parts)


@pytest.mark.parametrize(("route", "pattern"), OURS, ids=[route or "/" for route, _ in OURS])
def test_every_view_has_a_door(route, pattern):
    door = getattr(pattern.callback, "wsr_door", None)
    assert door is not None, f"{_module(pattern)}: mark the view with @requires, @signed_in or @public_page"
    assert ("<slug:program_slug>" in route) == (door[0] == "program") or route.startswith(
        ("registry/", "report/")
    )


@pytest.mark.parametrize("role", Role)
def test_nobody_reaches_another_program(role, program, other_program, client):
    factories.sign_in(client, factories.member(other_program, role))
    reached = {}
    for route, _pattern in PROGRAM:
        where = address(route, program.slug)
        answers = (client.get(where).status_code, client.post(where).status_code)
        if answers != (404, 404):
            reached[route] = answers
    assert reached == {}


@pytest.mark.parametrize("role", Role)
def test_a_role_without_the_permission_is_told_so(role, program, client):
    factories.sign_in(client, factories.member(program, role))
    wrong = {}
    for route, pattern in PROGRAM:
        answer = client.get(address(route, program.slug)).status_code
        is_granted = set(pattern.callback.wsr_door[1]) <= GRANTS[role]
        if answer not in ({200, 302, 404, 405} if is_granted else {403}):
            wrong[route] = answer
    assert wrong == {}


def test_a_visitor_is_asked_to_sign_in(program, client):
    for route, _pattern in PROGRAM:
        answer = client.get(address(route, program.slug))
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/"), route


def test_no_outside_role_holds_what_belongs_to_the_worker_organizations():
    from wsr.accounts.grants import NEVER_OUTSIDE, Permission

    inspects = {
        Permission.INSPECTION_READ,
        Permission.INSPECTION_RECORD,
        Permission.ASSIGNMENT_ANSWER,
        Permission.ACTION_VERIFY,
    }
    for role, permissions in GRANTS.items():
        if AUDIENCE_OF[role] != Audience.STAFF:
            allowed = inspects if AUDIENCE_OF[role] == Audience.AUDITOR else set()
            assert permissions & NEVER_OUTSIDE == allowed, role
