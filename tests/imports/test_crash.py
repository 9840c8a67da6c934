"""kill -9 in the middle of an import, of the worker and of PostgreSQL: afterwards it is done once and whole."""

import os
import shutil
import signal
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from programs.models import Workplace
from tests import database, factories
from tests.celery_worker import running_worker, wait_for
from wsr.imports import operations
from wsr.imports.models import Batch, Change, Row
from wsr.jobs.models import Job
from wsr.jobs.operations import sleeping
from wsr.jobs.tasks import run_job
from wsr.services import Postgres, ServiceError
from wsr.tenancy import program_scope

ROWS = 6_000


@pytest.fixture
def setting(transactional_db):
    """A program, its director and a checked import of many rows."""
    return checked_import()


@pytest.fixture
def own_server(tmp_path, monkeypatch, django_db_blocker):
    """A PostgreSQL of this test alone, which every alias and every process it starts now uses."""
    with django_db_blocker.unblock():
        dump = database.dump_template()
    folder = tmp_path / "server"
    folder.mkdir()
    server = Postgres(folder, tmp_path / "server.log")
    server.start()
    name = settings.DATABASES["admin"]["NAME"]
    address = urlsplit(server.url(name))
    monkeypatch.setenv("DATABASE_URL", server.url(name))
    with django_db_blocker.unblock():
        database.close()
        for alias, said in settings.DATABASES.items():
            changed = {"HOST": address.hostname, "PORT": address.port}
            if said["USER"] == settings.DATABASES["admin"]["USER"]:
                changed["PASSWORD"] = address.password
            for key, value in changed.items():
                monkeypatch.setitem(said, key, value)
                monkeypatch.setitem(connections[alias].settings_dict, key, value)
        database.restore(dump)
        yield server
        database.close()
    server.stop()
    shutil.rmtree(server.home)


def checked_import():
    """(program, director, batch)"""
    program = factories.program("garment")
    director = factories.member(program, "director")
    lines = [f"Factory {number} of {number % 97},{number} Mill Road,Dhaka,BD" for number in range(ROWS)]
    content = ("Factory,Address,City,Country\n" + "\n".join(lines)).encode()
    with program_scope(program.pk, person_id=director.pk):
        batch = operations.upload(
            chunks=[content], name="many.csv", media_type="text/csv", by=director, at=factories.AT
        )
        batch = operations.check(
            batch_id=batch.pk, by=director, at=factories.AT, progress=lambda done, total: None
        )
    return program, director, batch


def ask_apply(program, director, batch):
    with program_scope(program.pk, person_id=director.pk):
        return operations.ask_apply(batch_id=batch.pk, by=director, at=factories.AT)


def state_of(program, batch):
    """(state of the import, state of its job, workplaces, distinct places, changes noted twice)"""
    with program_scope(program.pk):
        fresh = Batch.objects.get(pk=batch.pk)
        job = Job.objects.get(pk=fresh.job_id)
        places = list(Workplace.objects.values_list("name_key", "address_key"))
        noted = list(
            Change.objects.filter(batch=batch, table="programs_workplace").values_list("object_id", flat=True)
        )
        return fresh.state, job.state, len(places), len(set(places)), len(noted) - len(set(noted))


def backends_writing():
    """Server processes that are inside the import's statements, seen from outside."""
    with _outside() as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND state IN ('active', 'idle in transaction') AND usename = 'wsr_app' "
            "AND pid <> pg_backend_pid() AND (query LIKE '%%imports_change%%' OR query LIKE '%%programs_workplace%%' OR query LIKE '%%imports_row%%')",
            [settings.DATABASES["default"]["NAME"]],
        )
        return [pid for (pid,) in rows.fetchall()]


def _outside():
    owner = settings.DATABASES["admin"]
    return psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"],
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=owner["NAME"],
        autocommit=True,
    )


def test_worker_killed_in_the_middle(setting):
    program, director, batch = setting
    with running_worker() as worker, _hold_workplaces():
        ask_apply(program, director, batch)
        worker.wait_for(backends_writing, what="the import to be writing")
        worker.kill()
    wait_for(lambda: not backends_writing(), what="the server to notice")
    assert state_of(program, batch)[::2][0] == "checked"
    assert state_of(program, batch)[2] == 0

    wake(program)
    with running_worker() as worker:
        worker.wait_for(lambda: state_of(program, batch)[1] == "done", what="the import to finish")
        assert state_of(program, batch) == ("applied", "done", ROWS, ROWS, 0)
        wake(program)
        run_again(program, batch)
    assert state_of(program, batch) == ("applied", "done", ROWS, ROWS, 0)


def test_database_connection_killed_in_the_middle(setting):
    program, director, batch = setting
    with running_worker() as worker:
        with _hold_workplaces():
            ask_apply(program, director, batch)
            worker.wait_for(backends_writing, what="the import to be writing")
            with _outside() as connection:
                for pid in backends_writing():
                    connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        worker.wait_for(lambda: state_of(program, batch)[1] == "done", what="the import to finish by itself")
    assert state_of(program, batch) == ("applied", "done", ROWS, ROWS, 0)
    with program_scope(program.pk):
        assert Row.objects.filter(batch=batch).count() == ROWS


def test_database_server_killed_in_the_middle(own_server):
    program, director, batch = checked_import()
    with running_worker() as worker:
        with _hold_workplaces():
            ask_apply(program, director, batch)
            worker.wait_for(backends_writing, what="the import to be writing")
            os.kill(own_server.pid(), signal.SIGKILL)
        database.close()
        worker.wait_for(lambda: _starts(own_server), what="PostgreSQL to recover")
        assert state_of(program, batch)[2:] == (0, 0, 0)

    wake(program)
    with running_worker() as worker:
        worker.wait_for(lambda: state_of(program, batch)[1] == "done", what="the import to finish")
        run_again(program, batch)
    assert state_of(program, batch) == ("applied", "done", ROWS, ROWS, 0)


def _starts(server):
    """Whether the server runs again and answers; the old one's processes must be gone first."""
    try:
        server.start()
        with _in_test_database() as connection:
            connection.execute("SELECT 1")
    except (ServiceError, psycopg.OperationalError):
        return False
    return True


def wake(program):
    """What beat does every ten seconds."""
    for program_id, job_id in sleeping():
        run_job.delay(program_id=str(program_id), job_id=str(job_id))


def run_again(program, batch):
    """A message delivered twice."""
    with program_scope(program.pk):
        job_id = Batch.objects.get(pk=batch.pk).job_id
    run_job.delay(program_id=str(program.pk), job_id=str(job_id))


class _hold_workplaces:
    """Holds the workplaces table for the length of a block, so that the import is surely caught in the middle of writing."""

    def __enter__(self):
        self.connection = _in_test_database()
        self.connection.execute("BEGIN")
        self.connection.execute(sql.SQL("LOCK TABLE programs_workplace IN SHARE MODE"))

    def __exit__(self, *reason):
        self.connection.close()  # which rolls back, also when the server is gone


def _in_test_database():
    owner = settings.DATABASES["admin"]
    name = settings.DATABASES["default"]["NAME"]
    return psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"],
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=name,
        autocommit=True,
    )
