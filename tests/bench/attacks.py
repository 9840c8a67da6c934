"""What an attacker gains on the worker's pages: time that tells something, keeping a worker out. Real Argon2id but where said."""

import random
import threading
import time
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from complaints.enums import Channel
from complaints.models import WorkerKey
from complaints.operations import access, drafts, intake
from complaints.operations.intake import Facts
from tests.bench.measure import Result, time_at_most
from wsr.errors import DomainError
from wsr.tenancy import worker_scope
from wsr.vault import numbers
from wsr.vault.throttle import network_of

REAL = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 1}
CHEAP = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}
TRIES, KNOWN = 10_000, 1_200
WRONG = "000000000000"


def results(program: UUID) -> Iterator[Result]:
    """Both rows."""
    settings.SECRET_HASH = CHEAP
    yield from _timing(program)
    settings.SECRET_HASH = REAL
    yield _gets_in(program)


def _timing(program: UUID) -> Iterator[Result]:
    """Ten thousand wrong tries in random order: wrong secret, unknown number, ended one.

    The statistic: how often a try of one kind takes longer than one of the other (one half where they are the same); a difference counts
    beyond three standard errors of that share. The hash is cheap here, so that whatever surrounds it shows more, not less.
    """
    receipts = [report(program) for _ in range(KNOWN)]
    ended = receipts[: KNOWN // 2]
    for case, _number, _secret in ended:
        with worker_scope(program, case):
            WorkerKey.objects.update(ended_at=timezone.now())
    pools = {
        "wrong": [number for _case, number, _s in receipts[KNOWN // 2 :]],
        "unknown": [numbers.new_number() for _ in range(KNOWN // 2)],
        "ended": [number for _case, number, _s in ended],
    }
    order = [random.choice(list(pools)) for _ in range(TRIES)]
    taken: dict[str, list[float]] = {kind: [] for kind in pools}
    for turn, kind in enumerate(order):
        cache.clear()  # the delays are another row: here every try is answered
        number = pools[kind][turn % len(pools[kind])]
        start = time.perf_counter()
        try:
            access.sign_in(number=number, secret=WRONG, network="bench", at=timezone.now())
        except access.DoNotFit:
            taken[kind].append(time.perf_counter() - start)
    for other in ("unknown", "ended"):
        share, error = _share(taken["wrong"], taken[other])
        yield Result(
            f"{TRIES:,} wrong secrets: wrong against {other} takes longer",
            "0.500",
            f"{share:.3f}",
            "",
            f"± {3 * error:.3f}",
            abs(share - 0.5) <= 3 * error,
        )


def _share(ours: list[float], others: list[float]) -> tuple[float, float]:
    """How often one of ours takes longer than one of the others, by ranks (Mann and Whitney), and its standard error where they are alike."""
    ranked = sorted([(value, True) for value in ours] + [(value, False) for value in others])
    ranks = sum(rank for rank, (_value, is_ours) in enumerate(ranked, 1) if is_ours)
    one, two = len(ours), len(others)
    return (ranks - one * (one + 1) / 2) / (one * two), ((one + two + 1) / (12 * one * two)) ** 0.5


def _gets_in(program: UUID) -> Result:
    """Two attackers try wrong secrets of her number from two thousand networks without a pause; she signs in meanwhile, waiting as told."""
    cache.clear()
    _case, number, secret = report(program)
    stop = threading.Event()

    def attack(seed: int) -> None:
        tries = 0
        while not stop.is_set():
            tries += 1
            network = network_of(f"10.{seed}.{tries % 250}.1")
            try:
                access.sign_in(number=number, secret=WRONG, network=network, at=timezone.now())
            except DomainError:  # wait, or wrong
                continue
        connections.close_all()

    attackers = [threading.Thread(target=attack, args=(seed,)) for seed in (1, 2)]
    for one in attackers:
        one.start()
    time.sleep(5)
    start, ticket = time.perf_counter(), ""
    while True:
        try:
            access.sign_in(
                number=number, secret=secret, network="203.0.113.0/24", ticket=ticket, at=timezone.now()
            )
            break
        except access.Wait as wait:
            ticket = wait.ticket
            time.sleep(wait.seconds)
    seconds = time.perf_counter() - start
    stop.set()
    for one in attackers:
        one.join()
    return time_at_most("the worker enters while her number is attacked", seconds, 30)


def report(program: UUID) -> tuple[UUID, str, str]:
    """One report as the web form leaves it: its case, number and secret."""
    token = drafts.Token.new(program)
    with worker_scope(program, token.case_id):
        receipt = intake.receive(
            token=token,
            facts=Facts(channel=Channel.WEB),
            answers={"what": "They lock the door."},
            at=timezone.now(),
        )
    return token.case_id, receipt.number, receipt.secret
