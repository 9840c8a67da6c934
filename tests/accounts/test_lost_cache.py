"""Valkey stops: people still sign in, and guesses are still counted."""

import logging

import pytest
import redis
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.accounts.signing_in import confirm_address, fully, with_password
from tests.accounts.test_throttle import ATTACKER, HOME, guess
from wsr.accounts import throttle
from wsr.cache import OwnKeysCache, SurvivingCache, count_up
from wsr.services import Valkey


@pytest.fixture
def valkey(tmp_path, settings):
    """A Valkey of this test's own, which it may stop."""
    server = Valkey(tmp_path, tmp_path / "valkey.log", quick=True)
    server.start()
    settings.CACHES = {"default": {"BACKEND": "wsr.cache.SurvivingCache", "LOCATION": server.url()}}
    yield server
    server.stop()
    caches["default"]._memory.clear()
    SurvivingCache._away_until = 0.0


@pytest.fixture
def person(db):
    somebody = factories.person("her@example.org")
    confirm_address(somebody)
    return somebody


def test_sign_in_works_while_valkey_is_stopped(client, person, valkey):
    valkey.stop()

    assert client.get(reverse("account_login")).status_code == 200
    assert fully(client, person).get(reverse("accounts:profile")).status_code == 200
    assert Client().get(reverse("account_reset_password")).status_code == 200


def test_guesses_are_still_counted_and_the_log_says_so_once(client, person, valkey, caplog):
    assert guess(client, person.email, ATTACKER).status_code == 200
    valkey.stop()

    answers = [
        guess(client, person.email, ATTACKER).status_code
        for _ in range(throttle.PER_NETWORK_AND_ADDRESS.amount + 1)
    ]

    assert answers == [200] * throttle.PER_NETWORK_AND_ADDRESS.amount + [429]
    assert with_password(Client(), person, REMOTE_ADDR=HOME).status_code == 302
    assert [record.message for record in caplog.records if record.name == "wsr.cache"] == [
        "cache away, counting in the memory of this process"
    ]


def test_it_is_used_again_once_it_is_back(valkey, caplog, monkeypatch):
    caplog.set_level(logging.WARNING, "wsr.cache")
    valkey.stop()
    cache.set("a", 1)
    assert cache.get("a") == 1
    valkey.start()
    monkeypatch.setattr("wsr.cache.AWAY_SECONDS", 0.0)
    SurvivingCache._away_until = 0.001  # the five seconds are over

    cache.set("b", 2)

    assert (cache.get("a"), cache.get("b")) == (None, 2)
    assert [record.message for record in caplog.records if record.name == "wsr.cache"][-1] == "cache is back"


def test_a_count_lost_between_two_calls_begins_again(valkey, monkeypatch):
    real = SurvivingCache.add

    def add_then_lose(self, *args):
        added = real(self, *args)
        valkey.stop()
        return added

    monkeypatch.setattr(SurvivingCache, "add", add_then_lose)

    assert count_up("sign-in:x", 300) == 1


def test_emptying_the_cache_leaves_what_others_keep_in_valkey(valkey):
    """The queue of the workers lies there, and what other caches keep."""
    server = redis.Redis.from_url(valkey.url())
    server.rpush("wsr", "a task")
    server.set("other:1:key", "theirs")
    cache.set("key", "ours")
    assert len(server.keys()) == 3

    cache.clear()

    assert cache.get("key") is None
    assert sorted(server.keys()) == [b"other:1:key", b"wsr"]


def test_a_prefix_that_looks_like_a_pattern_names_itself_alone(valkey):
    odd, alike = (OwnKeysCache(valkey.url(), {"KEY_PREFIX": prefix}) for prefix in ("w[ab]*?\\", "wa*?\\"))
    for one in (odd, alike):
        one.set("tries", 5)

    odd.clear()

    assert (odd.get("tries"), alike.get("tries")) == (None, 5)
