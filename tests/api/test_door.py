"""The door: what is asked of every request, and how each refusal looks."""

import pytest

from tests import factories
from tests.api.letting_in import Caller, let_in
from wsr.history.models import Event
from wsr.tenancy import program_scope

PROBE = "/api/v1/programs/garment/probe/"
ONE = PROBE + "one/"


def done(program) -> int:
    """How often the probe left its trace."""
    with program_scope(program.pk):
        return Event.objects.filter(event="probe.done").count()


def problem(answer, status: int, kind: str) -> dict:
    """The problem details, after everything that every one of them has was checked."""
    document = answer.json()
    assert (answer.status_code, document["type"].rpartition("/problems/")[2]) == (status, f"{kind}/")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    assert document["status"] == status
    assert document["request_id"] == answer["X-Request-ID"]
    assert document["title"]
    assert document["detail"]
    return document


def test_the_root_lists_the_programs_that_the_token_reaches(ask, other_program, client):
    person = ask.person
    factories.member(other_program, "observer", person=person)
    asked = Caller(client, let_in(person, scopes=["probe:read"]))
    answer = asked("GET", "/api/v1/")
    assert answer.status_code == 200
    assert [(row["slug"], row["roles"], row["scopes"]) for row in answer.json()["programs"]] == [
        ("farms", ["observer"], ["probe:read"]),
        ("garment", ["director"], ["probe:read"]),
    ]
    assert [row["slug"] for row in ask("GET", "/api/v1/").json()["programs"]] == ["garment"]


def test_no_cookie_no_session_no_cross_origin(ask):
    factories.sign_in(ask.client, ask.person)
    stranger = Caller(ask.client)
    answer = stranger("GET", "/api/v1/", Origin="https://elsewhere.example")
    problem(answer, 401, "sign-in-needed")
    assert answer["WWW-Authenticate"] == 'Bearer realm="wsr"'
    assert not answer.cookies
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
    assert "Cookie" not in answer.get("Vary", "")


def test_a_write_needs_no_csrf_token_and_answers_as_declared(ask, program):
    ask.client.handler.enforce_csrf_checks = True
    answer = ask("POST", PROBE, {"text": "hello"})
    assert (answer.status_code, answer.json()) == (201, {"text": "hello", "version": 1})
    assert answer["Location"] == "/somewhere/"
    assert done(program) == 1


@pytest.mark.parametrize(
    ("method", "address", "status", "kind"),
    [
        ("GET", "/api/v1/nowhere", 404, "not-found"),
        ("GET", "/api/", 404, "not-found"),
        ("POST", "/api/v2/", 404, "not-found"),
        ("GET", "/api/v1/programs/farms/probe/", 404, "not-found"),
        ("GET", "/api/v1/programs/no-such/probe/", 404, "not-found"),
        ("DELETE", PROBE, 405, "method-not-allowed"),
        ("OPTIONS", PROBE, 405, "method-not-allowed"),
        ("TRACE", PROBE, 405, "method-not-allowed"),
    ],
)
def test_what_is_not_there(ask, other_program, method, address, status, kind):
    answer = ask(method, address)
    problem(answer, status, kind)
    if status == 405:
        assert answer["Allow"] == "GET, HEAD, POST"


def test_an_answer_in_another_form_is_refused_and_nothing_is_done(ask, program):
    problem(ask("POST", PROBE, {"text": "hello"}, Accept="text/csv"), 406, "not-acceptable")
    assert done(program) == 0


def test_a_body_of_another_type_is_refused(ask, program):
    problem(
        ask("POST", PROBE, b"text=x", Content_Type="application/x-www-form-urlencoded"), 415, "media-type"
    )
    assert done(program) == 0


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"\xff\xfe",
        b'{"text": NaN}',
        b'{"text": "a", "text": "b"}',
        b'{"text": "a\\u0000"}',
        b'{"text": "\\ud800"}',
        b'{"\\u0000": 1}',
        b"[" * 100_000,
        b"[" * 60 + b"]" * 60,
        b'{"number": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_is_refused(ask, program, body):
    problem(ask("POST", PROBE, body), 400, "malformed")
    assert done(program) == 0


def test_a_body_has_a_limit(ask, program, settings):
    settings.API_MAX_BODY_BYTES = 10
    problem(ask("POST", PROBE, {"text": "hello"}), 413, "too-large")
    assert done(program) == 0


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        (None, [""]),
        ({}, ["/text"]),
        ({"text": 5}, ["/text"]),
        ({"text": True}, ["/text"]),
        ({"text": None}, ["/text"]),
        ({"text": " "}, ["/text"]),
        ({"text": "a", "a/b~c": 1}, ["/a~1b~0c"]),
        ({"text": "a", "number": "5"}, ["/number"]),
        ({"text": "a", "number": True}, ["/number"]),
        ({"text": "a", "number": 5.5}, ["/number"]),
        ({"text": "a", "number": 11}, ["/number"]),
        ({"text": "a", "flag": "true"}, ["/flag"]),
        ({"text": "a", "flag": 1}, ["/flag"]),
        ({"text": "a", "moment": "2026-03-02T09:30:00"}, ["/moment"]),
        ({"text": "a", "moment": 5}, ["/moment"]),
        ({"text": "a", "words": "abc"}, ["/words"]),
        ({"text": "a", "words": ["abc", 5]}, ["/words"]),
        ({"text": "a", "words": ["abc", "abcdef"]}, ["/words/1"]),
    ],
)
def test_no_value_is_taken_for_another(ask, program, body, pointers):
    document = problem(ask("POST", PROBE, b"null" if body is None else body), 400, "invalid")
    assert [place["pointer"] for place in document["errors"]] == pointers
    assert done(program) == 0


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?x=1", ["x"]),
        ("?country=BDX", ["country"]),
        ("?country=%00", ["country"]),
        ("?country=BD&country=PK", ["country"]),
        ("?limit=0", ["limit"]),
        ("?limit=501", ["limit"]),
        ("?limit=many", ["limit"]),
        ("?cursor=garbage", ["cursor"]),
        ("?cursor=WyJhIl0", ["cursor"]),
    ],
)
def test_parameters_are_checked(ask, query, names):
    document = problem(ask("GET", PROBE + query), 400, "invalid")
    assert {place["parameter"] for place in document["errors"]} == set(names)


def test_a_parameter_is_refused_where_there_is_none(ask, program):
    problem(ask("GET", "/api/v1/?x=1"), 400, "invalid")
    problem(ask("POST", PROBE + "?x=1", {"text": "hello"}), 400, "invalid")
    assert done(program) == 0


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("refuse", 409, "conflict"),
        ("twice", 409, "done-twice"),
        ("missing", 404, "not-found"),
        ("busy", 503, "unavailable"),
    ],
)
def test_a_refusal_undoes_what_was_begun(ask, program, text, status, kind):
    answer = ask("POST", PROBE, {"text": text})
    problem(answer, status, kind)
    assert answer.get("Retry-After") == ("60" if status == 503 else None)
    assert done(program) == 0


def test_a_bug_is_a_problem_too_and_is_logged(ask, program, caplog):
    ask.client.raise_request_exception = False
    document = problem(ask("POST", PROBE, {"text": "bug"}), 500, "server-error")
    assert "ZeroDivision" not in str(document)
    assert document["request_id"] in caplog.text
    assert done(program) == 0


def test_scopes_narrow_what_the_person_may(ask, client):
    reader = Caller(client, let_in(ask.person, scopes=["probe:read"]))
    assert reader("GET", PROBE).status_code == 200
    answer = reader("POST", PROBE, {"text": "hello"})
    problem(answer, 403, "scope-missing")
    assert 'scope="probe:write"' in answer["WWW-Authenticate"]


def test_a_scope_gives_nobody_a_permission(probe, program, client):
    observer = factories.member(program, "observer")
    asked = Caller(client, let_in(observer))
    assert asked("GET", PROBE).status_code == 200
    problem(asked("POST", PROBE, {"text": "hello"}), 403, "not-permitted")


def test_pages_go_on_where_they_stopped(ask, program):
    made = [factories.workplace(program, name=f"Farm {number}") for number in range(5)]
    seen, cursor = [], ""
    while True:
        answer = ask("GET", f"{PROBE}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [row["id"] for row in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(str(row.pk) for row in made)


def test_a_record_has_a_version(ask):
    answer = ask("GET", ONE)
    assert (answer.status_code, answer["ETag"]) == (200, '"7"')
    assert ask("GET", ONE, If_None_Match='"7"').status_code == 304
    assert ask("GET", ONE, If_None_Match='W/"7", "9"').status_code == 304
    assert ask("GET", ONE, If_None_Match='"6"').status_code == 200


def test_nobody_overwrites_what_she_has_not_seen(ask):
    problem(ask("PATCH", ONE, {"text": "new"}), 428, "version-needed")
    problem(ask("PATCH", ONE, {"text": "new"}, If_Match="7"), 400, "invalid")
    for given in ('"6"', '"other"', 'W/"7"'):
        answer = ask("PATCH", ONE, {"text": "new"}, If_Match=given)
        assert problem(answer, 412, "stale")["current"] == {"text": "now", "version": 7}
        assert answer["ETag"] == '"7"'
    answer = ask("PATCH", ONE, {"text": "new"}, If_Match='"7"')
    assert (answer.status_code, answer["ETag"]) == (200, '"8"')


def test_what_goes_away_says_so(ask):
    answer = ask("GET", ONE)
    assert answer["Deprecation"] == "@1767225600"
    assert answer["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert "Deprecation" not in ask("GET", PROBE)


def test_a_list_asks_the_database_as_often_for_one_row_as_for_many(ask, program):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    ask("GET", PROBE)
    for _round in range(2):
        factories.workplace(program)
        with CaptureQueriesContext(connection) as found:
            assert ask("GET", PROBE).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12  # savepoints of the test's transaction included
