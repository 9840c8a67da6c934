"""Guessing is delayed, nobody is locked out, and the cache names nobody."""

import datetime as dt

import pytest
from django.core.cache import cache

from tests.conftest import AT
from wsr.cache import SurvivingCache
from wsr.vault import throttle

NUMBER, HERS, FACTORY = "482193047", "192.0.2.0/24", "198.51.100.0/24"


def later(seconds):
    return AT + dt.timedelta(seconds=seconds)


def fail(times, number=NUMBER, network=FACTORY):
    for _ in range(times):
        throttle.note_failure(number, network)


def test_delays_grow_and_stop_growing():
    delays = []
    for _ in range(12):
        delays.append(throttle.wait_before(NUMBER, FACTORY, at=AT))
        fail(1)
    assert delays == [0, 0, 0, 1, 2, 4, 8, 16, 20, 20, 20, 20]


def test_the_worker_gets_in_within_thirty_seconds_of_an_attack():
    """From home, and from the network of the attack itself."""
    fail(5000)
    tickets = {}
    for network in (HERS, FACTORY):
        seconds = throttle.wait_before(NUMBER, network, at=AT)
        ticket = throttle.new_ticket(NUMBER, seconds, at=AT)
        assert 0 < seconds <= 20
        assert throttle.wait_before(NUMBER, network, ticket=ticket, at=later(5)) == seconds - 5
        tickets[network] = ticket, seconds
    fail(500)  # the attack goes on meanwhile
    for network, (ticket, seconds) in tickets.items():
        assert throttle.wait_before(NUMBER, network, ticket=ticket, at=later(seconds)) == 0


def test_a_ticket_is_good_once_for_its_number_and_not_for_ever():
    fail(20)
    ticket = throttle.new_ticket(NUMBER, 20, at=AT)
    assert throttle.wait_before("999999990", HERS, ticket=ticket, at=later(20)) == 0  # nothing to wait for
    fail(20, number="999999990")
    assert throttle.wait_before("999999990", HERS, ticket=ticket, at=later(20)) == 20
    assert throttle.wait_before(NUMBER, HERS, ticket=ticket, at=later(20)) == 0
    assert throttle.wait_before(NUMBER, HERS, ticket=ticket, at=later(20)) == 20
    assert (
        throttle.wait_before(NUMBER, HERS, ticket=throttle.new_ticket(NUMBER, 1, at=AT), at=later(700)) == 20
    )
    assert throttle.wait_before(NUMBER, HERS, ticket="forged", at=AT) == 20


def test_a_network_that_tries_many_numbers_is_delayed_others_are_not():
    for number in range(400):
        throttle.note_failure(str(number), FACTORY)
    assert throttle.wait_before("482193047", FACTORY, at=AT) == 20
    assert throttle.wait_before("482193047", HERS, at=AT) == 0


def test_the_right_secret_forgives_the_slips_before_it():
    fail(9, network=HERS)
    throttle.note_success(NUMBER)
    assert throttle.wait_before(NUMBER, HERS, at=AT) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("not an address", "unknown"),
    ],
)
def test_networks(address, network):
    assert throttle.network_of(address) == network


def test_the_cache_holds_no_number_and_no_address():
    fail(5)
    ticket = throttle.new_ticket(NUMBER, 1, at=AT)
    throttle.wait_before(NUMBER, FACTORY, ticket=ticket, at=later(2))
    client = cache._cache.get_client()
    keys = b" ".join(client.scan_iter(match=f"{cache.key_prefix}*"))
    assert keys.count(b"secret:") == 3
    assert b"482193047" not in keys
    assert b"198.51" not in keys
    assert NUMBER not in ticket
    assert all(0 < client.ttl(key) <= throttle.WINDOW for key in keys.split())


def test_without_valkey_the_process_counts_by_itself(monkeypatch):
    monkeypatch.setattr(SurvivingCache, "_away_until", float("inf"))
    fail(6)
    assert throttle.wait_before(NUMBER, HERS, at=AT) == 8
