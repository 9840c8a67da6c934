"""Burying genuine reports: a thousand posts a minute from one address, against a web process as in production, alone and behind nginx."""

import contextlib
import http.client
import os
import re
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache

from complaints.enums import ComplaintState
from complaints.models import Complaint
from tests import factories
from tests.bench.kept import kept
from tests.bench.measure import Result
from tests.bench.web import free_port, served
from tests.celery_worker import wait_for
from tests.database import ROOT
from wsr import machine
from wsr.processes import accepts
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program
from wsr.vault import numbers

POSTS, SECONDS, GENUINE = 1_000, 60, 20
SLUG = "bench-flood"


@dataclass
class Sent:
    """What the twenty got: numbers of receipts, and seconds until then by the network they came from."""

    receipts: list[str] = field(default_factory=list)
    of_others: list[float] = field(default_factory=list)
    of_the_same: list[float] = field(default_factory=list)


def results(use: Callable[[Path], None]) -> Iterator[Result]:
    """Each second post of the attack sends a report. Of twenty people ten share its network; the attack keeps its pace whether answered or not."""
    with kept("flood", lambda: factories.program(SLUG), use=use, stays=False):
        with served() as port:
            yield _flood(port, "to the web process alone")
        if shutil.which("nginx", path=machine.full_path()):
            with served(behind_proxy=True) as port, _nginx(port) as front:
                yield _flood(front, "behind nginx")


def _flood(port: int, how: str) -> Result:
    cache.clear()
    sent, people, begun = Sent(), [], time.perf_counter()
    attacks = POSTS // 2
    for turn in range(attacks):
        attack = (port, "127.0.0.1", "This is nothing, only many of it.")
        people.append(threading.Thread(target=_send, args=attack))
        people[-1].start()
        if turn % (attacks // GENUINE) == 0:
            people.append(threading.Thread(target=_genuine, args=(port, turn // (attacks // GENUINE), sent)))
            people[-1].start()
        time.sleep(max(0.0, begun + (turn + 1) * SECONDS / attacks - time.perf_counter()))
    for one in people:
        one.join()
    with program_scope(Program.objects.using("default").get(slug=SLUG).pk):
        rows = Complaint.objects.filter(number__in=sent.receipts)
        arrived, aside = rows.count(), rows.filter(state=ComplaintState.SET_ASIDE).count()
    if aside > GENUINE // 2:
        raise AssertionError(f"{aside} of other networks were set aside")
    said = ", ".join(
        f"{who} {statistics.median(times):.1f} s (median), {max(times):.1f} s"
        for who, times in (("others", sent.of_others), ("of its network", sent.of_the_same))
    )
    what = f"{POSTS:,} posts in a minute from one address {how}: genuine reports that arrive"
    return Result(what, f"{GENUINE}", f"{arrived}", "", said, arrived == GENUINE)


def _genuine(port: int, turn: int, sent: Sent) -> None:
    start = time.perf_counter()
    while not (receipt := _send(port, f"127.0.{turn % 2}.{9 + turn}", f"They locked the door, {turn}.")):
        time.sleep(1)  # she presses again
    sent.receipts.append(receipt)
    (sent.of_others if turn % 2 else sent.of_the_same).append(time.perf_counter() - start)


def _send(port: int, address: str, what: str) -> str:
    """What happened, then send; returns the number of the receipt, "" where she has to press again."""
    cookie, path = "", f"/report/{SLUG}/"
    for fields in ({"q": "2", "what": what}, {"send": "1"}, None):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            line.request("POST" if fields else "GET", path, urlencode(fields) if fields else None, headers)
            answer = line.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return ""
        finally:
            line.close()
        if answer.status >= 400:
            return ""
        cookie = (answer.getheader("Set-Cookie") or cookie).partition(";")[0]
    found = re.search(r'class="receipt"><bdi dir="ltr">([\d-]+)<', body)
    return numbers.read_number(found.group(1)) if found else ""


@contextlib.contextmanager
def _nginx(port: int) -> Iterator[int]:
    """The port of nginx with our production configuration, without TLS, before a web process."""
    folder, front = settings.DATA_DIR, free_port()
    text = (ROOT / ".docker" / "nginx.conf").read_text()
    text = re.sub(r"^\s*ssl_\w+ .*;$", "", text, flags=re.MULTILINE)
    for production, here in {
        "/etc/nginx/safe_headers.conf": str(ROOT / ".docker" / "safe_headers.conf"),
        "/srv": str(folder),
        "/tmp/nginx.pid": f"{folder}/nginx.pid",
        "server web:8000": f"server 127.0.0.1:{port}",
        "listen 80 default_server": f"listen unix:{folder}/other.sock",
        "listen 443 ssl default_server": f"listen 127.0.0.1:{front} default_server",
    }.items():
        text = text.replace(production, here)
    (folder / "nginx.conf").write_text(("user root;\n" if os.geteuid() == 0 else "") + f"daemon off;\n{text}")
    program = shutil.which("nginx", path=machine.full_path())
    process = subprocess.Popen(
        [program, "-c", f"{folder}/nginx.conf", "-p", str(folder), "-e", f"{folder}/error.log"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: accepts(front) and process.poll() is None, what="nginx")
        yield front
    finally:
        process.terminate()
        process.wait()
