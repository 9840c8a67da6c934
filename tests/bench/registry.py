"""Publishing, pages served by nginx, and public search."""

import datetime as dt
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.test import Client

from programs.models import Workplace
from tests import factories
from tests.bench.data import WORDS
from tests.bench.measure import Result, medians, processor_seconds, quicker, rate_at_least, time_at_most
from tests.celery_worker import wait_for
from tests.conftest import ROOT
from wsr import machine
from wsr.registry import gates, operations, publishing, search
from wsr.registry.models import Publication
from wsr.tenancy import engine_scope, program_scope
from wsr.tenancy.models import Program

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
SLUG = "bench-registry"
CHANGED = 100
AGAIN = 3
STATED_FOR = 100_000  # records; the fewer there are, the less there is to save
REQUESTS = 500
TURNS = 150
SEARCHES = 100

_PLACES = """
INSERT INTO programs_workplace (program_id, supplier_id, name, name_key, also_known_as, address, address_key, city, region, postal_code,
  country, disclosure_precision, sector, kind, products, languages, os_id, external_ids, created_at, updated_at)
SELECT %s, %s, name, name_key, '{}', address, address_key, city, region, postal_code, country, 'exact', '', '', products, '{}', '', '{}', now(), now()
FROM programs_workplace LIMIT %s
"""
_LISTINGS = """
INSERT INTO registry_listing (program_id, public_id, kind, version, act, publication, published_at, merged_into, is_shown, digest, name, name_key,
  search, place, country, region, standing, products, related, identifiers)
SELECT program_id, translate(upper(lpad(to_hex(row_number() OVER ()), 10, 'X')), '0', 'Z'), 'workplace', 1, 'first', 1, now(), '', true, sha256(id::text::bytea), name, lower(name),
  lower(name || ' ' || address || ' ' || city), address || ', ' || city, country, region, '', products, '{}', '{}'
FROM programs_workplace LIMIT %s ON CONFLICT DO NOTHING
"""
_UNLIST = """
DELETE FROM registry_listing AS listing WHERE NOT EXISTS (SELECT FROM registry_record AS record WHERE record.public_id = listing.public_id)
"""


def results(published: int, listings: int) -> Iterator[Result]:
    """All rows of the registry. `published`: records of the first publication. `listings`: records that search knows.

    What the first publication cost is kept beside its files; where they are kept, further ones are measured against that.
    """
    said = Path(settings.DATA_DIR) / "first.json"
    if said.exists():
        program = Program.objects.get(slug=SLUG)
    else:
        program = _ready(published)
        said.write_text(json.dumps(_publish(program)))
    first = json.loads(said.read_text())
    seconds, processor = map(statistics.median, zip(*(_publish(program) for _ in range(AGAIN)), strict=True))
    what = f"registry: publish {CHANGED} changes among {published:,}, against the first publication"
    bar = 100 if published >= STATED_FOR else None
    yield quicker(what, first[0], seconds, bar)
    yield quicker(f"{what}, processor time", first[1], processor, bar)
    if shutil.which("nginx", path=machine.full_path()):
        yield from _pages(program)
    yield _search(listings)


def _ready(places: int) -> Program:
    program = factories.program(SLUG)
    director = factories.member(program, "director")
    supplier = factories.supplier(program, rung="good_standing")
    with connections["admin"].cursor() as cursor:
        cursor.execute(_PLACES, [program.pk, supplier.pk, places])
        cursor.execute("VACUUM ANALYZE")
    with program_scope(program.pk):
        for state in gates.states(program.pk):
            if not state.is_open:
                operations.override_gate(
                    gate=state.key, reason="Measured with made-up data.", by=director, at=AT
                )
    return program


def _publish(program: Program) -> tuple[float, float]:
    """Seconds by the clock and of processors; from the second time on CHANGED workplaces were changed before."""
    with engine_scope(program.pk):
        number = Publication.objects.count() + 1
    if number > 1:
        with program_scope(program.pk):
            ids = list(Workplace.objects.order_by("pk").values_list("pk", flat=True)[: CHANGED * 7 : 7])
            Workplace.objects.filter(pk__in=ids).update(city=f"City {number}")
    start, processor = time.perf_counter(), processor_seconds()
    with engine_scope(program.pk):
        publishing.publish(program=program, at=AT + dt.timedelta(days=number), by=None)
    return time.perf_counter() - start, processor_seconds() - processor


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────


def _pages(program: Program) -> Iterator[Result]:
    """By the clock, and by the processor time of nginx alone, which other work on the machine disturbs less, and never in our favor: of
    many turns the tenth that was disturbed least counts, of the floor as of ours.
    """
    folder = Path(settings.DATA_DIR)
    files = sorted((publishing.program_folder(program) / "current" / "pages").iterdir())[:REQUESTS]
    shutil.rmtree(folder / "plain", ignore_errors=True)
    (folder / "plain").mkdir()
    for file in files:
        shutil.copy(file, folder / "plain" / file.name)
    names = [file.name.removesuffix(".html.gz") for file in files]
    plain = [f"/plain/{name}.html" for name in names]
    pages = [f"/registry/{program.slug}/{name}/" for name in names]
    with _nginx(folder) as (address, server):
        floor, ours = medians(lambda: _fetch(address, plain), lambda: _fetch(address, pages), times=15)
        spent: dict[bool, list[float]] = {False: [], True: []}
        for turn in range(2 * TURNS):
            before = _processor_seconds_of(server)
            _fetch(address, pages if turn % 2 else plain)
            spent[bool(turn % 2)].append(_processor_seconds_of(server) - before)
    what = "registry: published pages by nginx, against any precompressed file"
    yield rate_at_least(what, len(names) / floor, len(names) / ours, 0.9)
    by_processor = [len(names) / statistics.quantiles(times, n=10)[0] for times in spent.values()]
    yield rate_at_least(f"{what}, processor time", *by_processor, 0.9)


def _processor_seconds_of(server: int) -> float:
    """Of the workers of this nginx, to the nanosecond."""
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return sum(int(Path(f"/proc/{worker}/schedstat").read_text().split()[0]) for worker in workers) / 1e9


@contextmanager
def _nginx(folder: Path) -> Iterator[tuple[str, int]]:
    """(socket, process) of nginx with our production configuration without TLS, and a plain folder of precompressed files beside it."""
    address = f"{folder}/nginx.sock"
    text = (ROOT / ".docker" / "nginx.conf").read_text()
    text = re.sub(r"^\s*ssl_\w+ .*;$", "", text, flags=re.MULTILINE)
    plain = f"location /plain/ {{ root {folder}; gzip_static always; }}"
    for production, here in {
        "/etc/nginx/safe_headers.conf": str(ROOT / ".docker" / "safe_headers.conf"),
        "/srv": str(folder),
        "/tmp/nginx.pid": f"{folder}/nginx.pid",
        "server web:8000": f"server unix:{folder}/nobody.sock",
        "listen 80 default_server": f"listen unix:{folder}/other.sock",
        "listen 443 ssl default_server;": f"listen unix:{address} default_server; {plain}",
    }.items():
        text = text.replace(production, here)
    (folder / "nginx.conf").write_text(("user root;\n" if os.geteuid() == 0 else "") + f"daemon off;\n{text}")
    program = shutil.which("nginx", path=machine.full_path())
    process = subprocess.Popen(
        [program, "-c", f"{folder}/nginx.conf", "-p", str(folder), "-e", f"{folder}/error.log"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(lambda: Path(address).exists() and process.poll() is None, what="nginx")
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def _fetch(address: str, paths: list[str]) -> None:
    """All pages over one connection, asked for at once, so that the server and not the client is measured."""
    head = "Host: bench\r\nAccept-Encoding: gzip\r\n"
    asked = "".join(f"GET {path} HTTP/1.1\r\n{head}\r\n" for path in paths[:-1])
    asked += f"GET {paths[-1]} HTTP/1.1\r\n{head}Connection: close\r\n\r\n"
    answered = bytearray()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        connection.sendall(asked.encode())
        while part := connection.recv(1 << 20):
            answered += part
    if answered.count(b"HTTP/1.1 200") != len(paths):
        raise AssertionError(bytes(answered[:300]))


# ── Search ───────────────────────────────────────────────────────────────────────────────────────


def _search(listings: int) -> Result:
    """Among `listings` made-up records of all programs, beside what was published."""
    with connections["admin"].cursor() as cursor:
        cursor.execute(_UNLIST)  # those of a run before, where the database was kept
        cursor.execute(_LISTINGS, [listings])
        cursor.execute("VACUUM (FULL, ANALYZE) registry_listing")
        cursor.execute("SELECT count(*) FROM registry_listing WHERE is_shown")
        (records,) = cursor.fetchone()
        cursor.execute("CHECKPOINT")  # what was filled is on the disk before anything is measured
    programs = list(Program.objects.filter(slug__startswith="bench-"))
    for program in programs:
        with engine_scope(program.pk):
            search.count_facets(program)
    words = WORDS.split()
    typed = [
        f"{one} {other[:4]}" if number % 2 else one
        for number, (one, other) in enumerate(zip(words, words[7:], strict=False))
    ]
    client = Client()
    taken = []
    for number in range(SEARCHES + 3):
        start = time.perf_counter()
        answer = client.get("/registry/", {"q": typed[number % len(typed)]}, headers={"host": "testserver"})
        taken.append(time.perf_counter() - start)
        if answer.status_code != 200:
            raise AssertionError(answer.status_code)
    p95 = sorted(taken[3:])[int(SEARCHES * 0.95)]
    return time_at_most(f"registry: public search page among {records:,} records, p95", p95, 0.150)
