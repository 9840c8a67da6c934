"""Slowing down whoever guesses secrets of workers. It delays and never locks, so nobody can keep a worker out of her case.

Wrong tries of the last quarter of an hour are counted twice: for the case number, over all networks together, and for the network, over all
numbers. Past a few free ones each try has to wait, longer with every wrong one, never longer than MOST_SECONDS. Nobody stands in a
queue with others: a wait is a ticket of one's own, which no attacker can use up, not even one in the same network on the same number. So
the right secret gets in after one wait whatever goes on; that guessing stays hopeless is the work of forty bits and of the bounded number of
checks (`wsr.vault.secrets`).

    seconds = throttle.wait_before(number, network, ticket=request.POST.get("ticket", ""))
    if seconds:  # no check now: show the form again with throttle.new_ticket(number, seconds) in a hidden field, and the seconds
    elif secrets.is_right(…): throttle.note_success(number)
    else: throttle.note_failure(number, network)

Ask for unknown numbers as for known ones. The cache holds keyed digests of number and network for a quarter of an hour and nothing else.
Without Valkey each process counts for itself (`wsr.cache`).
"""

import datetime as dt
import hashlib
import hmac
import ipaddress
import secrets

from django.core import signing
from django.core.cache import cache
from django.utils import timezone

from wsr.cache import count_up
from wsr.vault.keys import derived

WINDOW = 900  # seconds that a wrong try counts
MOST_SECONDS = 20
FREE_OF_NUMBER = 3
FREE_OF_NETWORK = 30  # one factory, one carrier: many workers behind one address
GROWTH_OF_NETWORK = 10  # so many wrong tries double its delay
TICKET_SECONDS = 600
_SALT = "wsr.vault.throttle"


def network_of(address: str) -> str:
    """The network that an address is counted with: its /24, or /48 for IPv6; everything unreadable together."""
    try:
        ip = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


def wait_before(number: str, network: str, *, ticket: str = "", at: dt.datetime | None = None) -> int:
    """Seconds until this person may try this number; 0: now. A ticket whose time has come is used up by asking.

    `network` as of `network_of`; `number` may be anything that was typed. `at` is now.
    """
    at = at or timezone.now()
    delay = max(
        _delay(cache.get(_key("number", number), 0) - FREE_OF_NUMBER),
        _delay((cache.get(_key("network", network), 0) - FREE_OF_NETWORK) // GROWTH_OF_NETWORK),
    )
    if not delay:
        return 0
    left = _left(ticket, number, at)
    return delay if left is None else left


def new_ticket(number: str, seconds: int, *, at: dt.datetime | None = None) -> str:
    """What the form carries so that the next try counts as having waited."""
    ready = (at or timezone.now()).timestamp() + seconds
    facts = {"n": _digest("number", number), "at": ready, "id": secrets.token_urlsafe(9)}
    return signing.dumps(facts, salt=_SALT)


def note_failure(number: str, network: str) -> None:
    """A wrong secret, or a number that there is not."""
    count_up(_key("number", number), WINDOW)
    count_up(_key("network", network), WINDOW)


def note_success(number: str) -> None:
    """The right one. The slips before it count no more against her number; the network's remain, they may be others'."""
    cache.delete(_key("number", number))


def _delay(wrong: int) -> int:
    """1, 2, 4, 8, 16, then MOST_SECONDS."""
    return min(2 ** min(wrong, 8), MOST_SECONDS) if wrong >= 0 else 0


def _left(ticket: str, number: str, at: dt.datetime) -> int | None:
    """Seconds until a ticket is good, 0 once; None where it is none."""
    try:
        facts = signing.loads(ticket, salt=_SALT)
    except signing.BadSignature:
        return None
    early = facts["at"] - at.timestamp()
    if facts["n"] != _digest("number", number) or early < -TICKET_SECONDS:
        return None
    if early > 0:
        return max(1, round(early))
    return 0 if cache.add(f"secret:used:{facts['id']}", 1, TICKET_SECONDS + MOST_SECONDS) else None


def _key(kind: str, text: str) -> str:
    return f"secret:{kind}:{_digest(kind, text)}"


def _digest(kind: str, text: str) -> str:
    return hmac.new(derived("throttle"), f"{kind}|{text}".encode(), hashlib.sha256).hexdigest()[:32]
