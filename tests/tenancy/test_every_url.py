"""Every address, as every role: found by walking the URLs, so it grows by itself."""

import uuid
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from programs.enums import Part
from tests import factories
from wsr.accounts.grants import AUDIENCE_OF, GRANTS, Role
from wsr.accounts.queries import programs_of, standing_in
from wsr.tenancy import Audience
from wsr.ui.navigation import groups_for

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


def test_every_view_has_a_door():
    wrong = {}
    for route, pattern in OURS:
        door = getattr(pattern.callback, "wsr_door", None)
        if door is None:
            wrong[route] = f"{_module(pattern)}: mark the view with @requires, @signed_in or @public_page"
        elif ("<slug:program_slug>" in route) != (door[0] == "program") and not route.startswith(
            ("registry/", "report/")
        ):
            wrong[route] = f"the door is for {door[0]}, the address is not"
    assert wrong == {}


def test_nobody_reaches_another_program(program, other_program, client):
    strangers = [factories.member(other_program, role) for role in Role]
    assert [person for person in strangers if standing_in(programs_of(person), program.slug)] == []
    everything = factories.person()  # a door that opened to one role of another program would open to her
    for role in Role:
        factories.member(other_program, role, person=everything)
    factories.sign_in(client, everything)
    reached = {}
    for route, _pattern in PROGRAM:
        where = address(route, program.slug)
        answers = (client.get(where).status_code, client.post(where).status_code)
        if answers != (404, 404):
            reached[route] = answers
    assert reached == {}


@pytest.mark.parametrize("role", Role)
def test_a_role_without_the_permission_is_told_so(role, program, client):
    person = factories.sign_in(client, factories.member(program, role))
    wrong = {}
    refused_page = False
    for route, pattern in PROGRAM:
        where = address(route, program.slug)
        if set(pattern.callback.wsr_door[1]) <= GRANTS[role]:
            answer, right = client.get(where).status_code, {200, 302, 404, 405}
        else:
            answer, right = _at_the_door(person, where), {403}
            refused_page = refused_page or client.get(where).status_code == 403
        if answer not in right:
            wrong[route] = answer
    assert wrong == {}
    assert refused_page


def _at_the_door(person, where: str) -> int | str:
    """What the view of an address says to somebody who is signed in; what surrounds all views alike is left out."""
    match = resolve(where)
    request = RequestFactory().get(where)
    request.user, request.session = person, {}
    try:
        match.func(request, *match.args, **match.kwargs)
    except PermissionDenied:
        return 403
    except Exception as error:
        return f"through the door, then {error!r}"
    return "through the door"


@pytest.mark.parametrize(
    ("role", "part"),
    [
        (Role.DIRECTOR, None),
        (Role.BRAND_OFFICER, Part.BRAND),
        (Role.SUPPLIER_MANAGER, Part.SUPPLIER),
        (Role.AUDITOR, None),
    ],
)
def test_the_navigation_offers_no_closed_door(role, part, program, client):
    person = factories.sign_in(client, factories.member(program, role))
    standing = standing_in(programs_of(person), program.slug)
    if part:
        factories.participation(program, part, organization_id=standing.organization_id)
    offered = groups_for(program.slug, standing.permissions, standing.audience, "/")
    answers = {link.url: client.get(link.url).status_code for group in offered for link in group.links}
    assert set(answers.values()) == {200}, answers


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
