"""The same request twice does its work once; and how often one may ask."""

import threading
import time

import pytest
from django.db import connections
from django.test import Client

from tests import factories
from tests.api.letting_in import Caller, let_in
from tests.api.test_door import PROBE, done, problem
from wsr.api.models import Replay
from wsr.api.tasks import forget_answers
from wsr.tenancy import program_scope


def test_a_repeat_is_answered_alike_and_does_nothing(ask, program):
    first = ask("POST", PROBE, {"text": "hello"}, Idempotency_Key="k1")
    again = ask("POST", PROBE, {"text": "hello"}, Idempotency_Key="k1")
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert done(program) == 1
    assert ask("POST", PROBE, {"text": "hello"}, Idempotency_Key="k2").status_code == 201
    assert done(program) == 2


def test_a_key_belongs_to_one_request(ask, program):
    ask("POST", PROBE, {"text": "hello"}, Idempotency_Key="k1")
    problem(ask("POST", PROBE, {"text": "other"}, Idempotency_Key="k1"), 422, "key-reused")
    assert done(program) == 1


def test_a_key_is_the_persons_own(ask, program, client):
    ask("POST", PROBE, {"text": "hello"}, Idempotency_Key="k1")
    other = Caller(client, let_in(factories.member(program, "director")))
    answer = other("POST", PROBE, {"text": "other"}, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["text"]) == (201, "other")


def test_what_failed_is_tried_again(ask, program):
    problem(ask("POST", PROBE, {"text": "refuse"}, Idempotency_Key="k1"), 409, "conflict")
    assert ask("POST", PROBE, {"text": "hello"}, Idempotency_Key="k1").status_code == 201
    assert done(program) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "\xe9"])
def test_a_key_that_cannot_be_kept_is_refused(ask, key):
    document = problem(ask("POST", PROBE, {"text": "hello"}, Idempotency_Key=key), 400, "invalid")
    assert document["errors"][0]["header"] == "Idempotency-Key"


@pytest.mark.usefixtures("probe", "transactional_db")
def test_the_same_request_at_the_same_moment_does_its_work_once():
    program = factories.program("garment")
    token = let_in(factories.member(program, "director"))
    answers = []

    def send():
        try:
            answers.append(Caller(Client(), token)("POST", PROBE, {"text": "hello"}, Idempotency_Key="k1"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 3
    assert done(program) == 1


@pytest.mark.usefixtures("probe", "transactional_db")
def test_answers_are_forgotten_after_seven_days():
    program = factories.program("garment")
    ask = Caller(Client(), let_in(factories.member(program, "director")))
    ask("POST", PROBE, {"text": "hello"}, Idempotency_Key="k1")
    assert forget_answers() == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE api_replay SET created_at = now() - interval '8 days'")
    assert forget_answers() == 1
    assert ask("POST", PROBE, {"text": "other"}, Idempotency_Key="k1").status_code == 201


def test_answers_are_fenced_per_person(ask, program):
    ask("POST", PROBE, {"text": "hello"}, Idempotency_Key="k1")
    with program_scope(program.pk, person_id=factories.member(program, "director").pk):
        assert not Replay.objects.exists()
    with program_scope(program.pk, person_id=ask.person.pk):
        assert Replay.objects.count() == 1


def test_each_device_has_its_quota(ask, settings, client):
    settings.API_REQUESTS_PER_MINUTE = 2
    first, second, third = (ask("GET", PROBE) for _number in range(3))
    assert first["RateLimit-Policy"] == '"device";q=2;w=60'
    assert first["RateLimit"].startswith('"device";r=1;t=')
    assert second["RateLimit"].startswith('"device";r=0;t=')
    problem(third, 429, "too-many-requests")
    assert 1 <= int(third["Retry-After"]) <= 60
    assert Caller(client, let_in(ask.person))("GET", PROBE).status_code == 200


def test_without_valkey_it_goes_on(ask, monkeypatch):
    from wsr.cache import SurvivingCache

    monkeypatch.setattr(SurvivingCache, "_away_until", time.monotonic() + 3600)
    answer = ask("GET", PROBE)
    assert (answer.status_code, "RateLimit" in answer) == (200, True)
