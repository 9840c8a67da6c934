"""The description is valid, complete, committed, and shown without any outside file."""

import re
from html import unescape
from pathlib import Path

import pytest
import yaml
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from tests.tenancy.test_every_url import walk
from wsr.api import problems, schema
from wsr.api.door import Door

COMMITTED = Path(__file__).resolve().parent.parent.parent / "docs" / "api" / "openapi.yaml"


def doors(urlconf=None):
    """(route, view class) of every address of the API."""
    for route, pattern in walk(get_resolver(urlconf).url_patterns):
        view = getattr(pattern.callback, "cls", object)
        if issubclass(view, Door) and view.schema is not None:  # OpenRosa is described by its own standard
            yield route, pattern.callback.cls


def test_the_committed_description_is_what_the_code_says():
    assert COMMITTED.read_text() == schema.as_yaml(), (
        "run manage.py describe_api and commit docs/api/openapi.yaml"
    )


def test_it_is_valid_and_nothing_was_guessed():
    GENERATOR_STATS.reset()
    described = schema.description()
    validate_schema(described)
    assert described["openapi"] == "3.1.0"
    assert (dict(GENERATOR_STATS._error_cache), dict(GENERATOR_STATS._warn_cache)) == ({}, {})


def test_every_address_is_described_and_declares_what_it_needs():
    described = {
        (re.sub(r"{[^}]*}", "*", path), method.upper())
        for path, methods in schema.description()["paths"].items()
        for method in methods
    }
    declared = {
        ("/" + re.sub(r"<[^>]*>", "*", route), method)
        for route, view in doors()
        for method in view.endpoints()
    }
    assert declared == described
    for route, view in doors():
        for method, endpoint in view.endpoints().items():
            assert (endpoint.permission is None) == (route == "api/v1/"), (route, method)
            assert endpoint.scope in {*schema.declared(), ""}, (route, method)
            assert bool(endpoint.scope) == (route != "api/v1/"), (route, method)


def test_a_method_without_a_declaration_is_refused():
    class Forgetful(Door):
        def get(self, request):
            return None

    with pytest.raises(TypeError, match="declare GET"):
        Forgetful.endpoints()


def test_the_description_is_served_as_both_kinds_of_file(client, db):
    answer = client.get("/api/v1/schema/")
    assert (answer["Content-Type"], yaml.safe_load(answer.content)["openapi"]) == (
        "application/yaml",
        "3.1.0",
    )
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert (answer["Content-Type"], answer.json()["openapi"]) == ("application/json", "3.1.0")


def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(client, db):
    page = client.get("/api/v1/docs/").content.decode()
    for methods in schema.description()["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert "<script" not in page


def test_every_kind_of_problem_has_its_page(client, db):
    for kind in problems.CATALOG:
        address = problems.type_of(kind).removeprefix("http://localhost:8000")
        answer = client.get(address)
        assert (
            answer.status_code,
            str(problems.CATALOG[kind].title) in unescape(answer.content.decode()),
        ) == (
            200,
            True,
        )
    assert client.get("/api/v1/problems/other/").status_code == 404


def test_an_empty_text_fits_one_of_the_choices_where_it_may_be_empty():
    """`oneOf` refuses what fits two."""
    empty = {"type": "string", "maxLength": 0}
    for choices in choices_of(schema.description()):
        for other in choices:
            if empty in choices and other != empty:
                assert {"format", "minLength"} & other.keys() or not re.search(
                    other.get("pattern", ""), ""
                ), choices


def choices_of(described):
    """Every `oneOf`, wherever it stands."""
    if isinstance(described, dict):
        if "oneOf" in described:
            yield described["oneOf"]
        described = list(described.values())
    if isinstance(described, list):
        for part in described:
            yield from choices_of(part)
