"""The desk and the worker's pages beside many complaints of one program: lists, one case, a step of the form, coming back with the secret.

Each row is the 95th percentile of a page as one of a hundred who handle, or as a worker.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.bench import cases, paint
from tests.bench.attacks import REAL, report
from tests.bench.kept import kept
from tests.bench.measure import Result, time_at_most
from tests.factories import sign_in
from wsr.vault import secrets

TIMES = 30
LISTS = {
    "list": "",
    "list, oldest first": "?sort=received_at",
    "list, by state": "?sort=state",
    "list of new ones": "?state=received",
    "list of closed ones": "?state=closed",
    "list of appeals": "?waits_for=appealed",
    "list of one channel": "?channel=paper",
    "list of a channel that nobody used": "?channel=visit",
    "list of those that nobody has": "?handled=false",
    "list of those that somebody has": "?handled=true",
    "list of danger": "?urgent=true",
    "list of retaliation": "?retaliation=true",
    "list of open ones": "?is_open=true",
    "list of those not open": "?is_open=false",
    "list of what figures count": "?counted=true",
    "list of what they do not count": "?counted=false",
    "list of those not for the program": "?for_program=false",
    "list of those older than a month": "?older=30",
    "list of those closed within a week": "?within=7",
    "list of one month": "?received_after=2026-09-01&received_before=2026-09-30",
    "list of a figure: counted, open, older than a month": "?counted=true&is_open=true&older=30",
    "search by number": "?q=000001234",
    "search for a number that there is not": "?q=999999999",
}


def results(count: int, use: Callable[[Path], None], *, stays: bool) -> Iterator[Result]:
    """All rows, among so many complaints. `use`: has a folder used for files and keys. `stays`: for the next run."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECRET_HASH = REAL
    with kept(f"complaints_{count}", lambda: cases.fill(count), use=use, stays=stays):
        yield from paint.results(cases.SLUG)
        yield from _rows(f"among {count:,} complaints, p95")


def _rows(among: str) -> Iterator[Result]:
    program, ana, pages = cases.people()
    desk, phone = Client(), Client()
    sign_in(desk, ana)
    there = f"/p/{program.slug}/complaints/"
    for name, asked in LISTS.items():
        yield time_at_most(f"{name} {among}", _p95(lambda turn, url=there + asked: desk.get(url)), 0.6)
    yield time_at_most(f"work of today {among}", _p95(lambda turn: desk.get("/inbox/")), 0.6)
    yield time_at_most(
        f"figures of a year {among}", _p95(lambda turn: desk.get(f"{there}figures/"), times=5), None
    )
    yield time_at_most(f"page of a case {among}", _p95(lambda turn: desk.get(pages[turn % len(pages)])), 0.4)
    form = f"/report/{program.slug}/"
    step = {"q": "2", "what": cases.TEXT}
    yield time_at_most(f"step of the form {among}", _p95(lambda turn: phone.post(form, step)), 0.3)
    _case, number, secret = report(program.pk)
    said = {"number": number, "secret": secret}
    hashed = secrets.hash_secret(number, secret)
    yield time_at_most(
        f"of it the hash of the secret {among}",
        _p95(lambda turn: secrets.is_right(number, secret, hashed)),
        None,
    )
    yield time_at_most(f"coming back with the secret {among}", _p95(lambda turn: _enter(said)), 0.7)


def _enter(said: dict[str, str]) -> object:
    cache.clear()  # nobody tried before
    return Client().post("/report/case/", said)


def _p95(ask: Callable[[int], object], *, times: int = TIMES) -> float:
    taken = []
    for turn in range(times + 1):
        start = time.perf_counter()
        answer = ask(turn)
        taken.append(time.perf_counter() - start)
        assert answer is True or answer.status_code in (200, 302), answer
    return statistics.quantiles(taken[1:], n=20, method="inclusive")[-1]
