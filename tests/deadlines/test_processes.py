"""Real processes over 5,000 due clocks: twenty times kill -9, Valkey flushed and away, PostgreSQL killed. Everything happens once."""

import contextlib
import os
import random
import signal
import uuid

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from tests import database, factories, nursery
from tests.celery_worker import wait_for
from tests.factories import AT
from tests.imports.test_crash import own_server  # noqa: F401 -- a fixture
from wsr.deadlines import operations
from wsr.deadlines.lengths import Length
from wsr.services import ServiceError, Valkey
from wsr.tenancy import program_scope

CLOCKS = 5_000
KILLS = 20
LOOP = ["manage.py", "sweep", "--loop", "--every", "0.1"]
WORKER = ["celery", "-A", "wsr.celery", "worker", "-P", "solo", "-l", "WARNING", "-B"]


@pytest.fixture
def own_valkey(tmp_path, monkeypatch):
    """A Valkey of this test alone, for the processes it starts."""
    folder = tmp_path / "valkey"
    folder.mkdir()
    server = Valkey(folder, tmp_path / "valkey.log", quick=True)
    server.start()
    monkeypatch.setenv("REDIS_URL", server.url())
    yield server
    server.stop()


class Processes:
    """Two loops of `manage.py sweep` and a Celery worker with beat; who dies is started again."""

    def __init__(self, folder):
        self.log = (folder / "processes.log").open("wb")
        self.schedule = ["-s", str(folder / "beat")]
        self.running = [self._start(command) for command in (LOOP, LOOP, WORKER + self.schedule)]

    def _start(self, command):
        return command, nursery.Process(command, env=database.environment(), stdout=self.log, stderr=self.log)

    def kill_one(self):
        """kill -9, and another one in its place."""
        place = random.randrange(len(self.running))
        command, process = self.running[place]
        self._kill(process)
        self.running[place] = self._start(command)

    def stop(self):
        for _command, process in self.running:
            self._kill(process)
        self.log.close()

    @staticmethod
    def _kill(process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def due(own_server, own_valkey):  # noqa: F811
    """5,000 clocks whose reminder and whose limit have passed."""
    program = factories.program("garment")
    factories.member(program, "director")
    with program_scope(program.pk):
        operations.start(
            kind="test.acting",
            subject=("test.thing", uuid.uuid4()),
            started_at=AT,
            at=AT,
            length=Length(10, "days"),
        )
    columns = "id, subject_id"
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = 'deadlines_clock'::regclass "
            "AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'subject_id', 'wake_at', 'rung_ats', 'next_rung_at')"
        )
        others = cursor.fetchone()[0]
        now = "ARRAY[now() - interval '2 days', now() - interval '1 hour', now() + interval '5 days']"
        cursor.execute(
            f"INSERT INTO deadlines_clock ({columns}, wake_at, rung_ats, next_rung_at, {others}) "
            f"SELECT uuidv7(), gen_random_uuid(), now(), {now}, now(), {others} FROM deadlines_clock, generate_series(2, %s)",
            [CLOCKS],
        )
        cursor.execute(
            f"UPDATE deadlines_clock SET rung_ats = {now}, wake_at = now(), next_rung_at = now(), due_at = now() - interval '1 hour'"
        )
    database.close()
    return program


def counts(*queries):
    """Numbers seen from outside; None while the server is away."""
    admin = settings.DATABASES["admin"]
    with (
        contextlib.suppress(psycopg.OperationalError),
        psycopg.connect(
            host=admin["HOST"],
            port=admin["PORT"],
            user=admin["USER"],
            password=admin["PASSWORD"],
            dbname=admin["NAME"],
        ) as connection,
    ):
        return [connection.execute(query).fetchone()[0] for query in queries]
    return None


EFFECTS = "SELECT count(*) FROM history_event WHERE event = 'test.effect'"
UNTOLD = "SELECT count(*) FROM deadlines_fired WHERE told_at IS NULL"
FIRED = "SELECT count(*) FROM deadlines_fired"
STEPS = "SELECT count(*) FROM history_event WHERE event = 'clock.step'"
TWICE = "SELECT count(*) - count(DISTINCT subject_id) FROM history_event WHERE event = 'test.effect'"
TOLD = (
    "SELECT coalesce(sum(CASE kind WHEN 'deadlines' THEN (context->>'count')::int ELSE 1 END), 0)::int "
    "FROM notices_outbox WHERE kind IN ('deadline', 'deadlines') AND key LIKE 'clock:%'"
)
FAILED = "SELECT count(*) FROM deadlines_clock WHERE failures > 0"


def starts_again(server):
    try:
        server.start()
        return counts(EFFECTS) is not None
    except (ServiceError, DatabaseError, InterfaceError):
        return False


def test_everything_happens_once_whatever_dies(due, own_server, own_valkey, tmp_path):  # noqa: F811
    processes = Processes(tmp_path)
    try:
        for number in range(KILLS):
            wanted = number * CLOCKS // (KILLS + 4)
            wait_for(
                lambda n=wanted: (counts(EFFECTS) or [0])[0] >= n,
                what=f"{wanted} effects",
                seconds=120,
                every=0.25,
            )
            processes.kill_one()
            if number == 5:
                redis.Redis.from_url(own_valkey.url()).flushall()
            if number == 8:
                own_valkey.stop()
            if number == 13:
                own_valkey.start()
            if number == 15:
                os.kill(own_server.pid(), signal.SIGKILL)
                wait_for(lambda: starts_again(own_server), what="PostgreSQL to recover")
        wait_for(
            lambda: counts(EFFECTS, UNTOLD, FIRED) == [CLOCKS, 0, 2 * CLOCKS],
            what="the end",
            seconds=300,
            every=0.5,
        )
    finally:
        processes.stop()
    assert counts(EFFECTS, TWICE, FIRED, STEPS, TOLD, FAILED) == [
        CLOCKS,
        0,
        2 * CLOCKS,
        2 * CLOCKS,
        2 * CLOCKS,
        0,
    ]
