"""The embedded servers: started once, reused, found again after any crash, stopped without a trace."""

import os
import signal
import subprocess
import sys

import psycopg
import pytest
import redis

from wsr import processes, services

from .conftest import ROOT


def start(place):
    return services.start_services(place, logs=place / "log", quick=True)


def test_servers_start_are_reused_and_stop(place):
    first = start(place)
    with psycopg.connect(first.database_url) as connection:
        version = connection.execute("SHOW server_version_num").fetchone()[0]
    again = start(place)
    pids = [services.Postgres(place, place / "x").pid(), services.Valkey(place, place / "x").pid()]
    services.stop_services(place)

    assert version.startswith("18")
    assert first.started == ("PostgreSQL", "Valkey")
    assert again.started == ()
    assert again.environment() == first.environment()
    assert [processes.is_alive(pid) for pid in pids] == [False, False]


def test_after_kill_9_the_data_are_still_there(place):
    servers = services.start_services(place, logs=place / "log")
    url = servers.database_url.replace("/wsr", "/postgres")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1")
    redis.Redis.from_url(servers.redis_url).set("kept", 1)
    redis.Redis.from_url(servers.redis_url).bgsave()
    for server in (services.Postgres, services.Valkey):
        os.kill(server(place, place / "x").pid(), signal.SIGKILL)

    again = services.start_services(place, logs=place / "log")

    assert again.started == ("PostgreSQL", "Valkey")
    with psycopg.connect(again.database_url.replace("/wsr", "/postgres")) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == [(1,)]


def test_a_stale_pid_file_that_names_a_stranger_is_ignored(place):
    start(place)
    services.stop_services(place)
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (place / "pg/postmaster.pid").write_text(f"{stranger.pid}\n{place / 'pg'}\n1\n1\n\n127.0.0.1\n\nready\n")
    (place / "valkey/valkey.pid").write_text(str(stranger.pid))

    again = start(place)
    services.stop_services(place)
    survived = processes.is_alive(stranger.pid)
    stranger.communicate(b"\n")

    assert again.started == ("PostgreSQL", "Valkey")
    assert survived


def test_servers_want_a_password_and_keep_it_private(place):
    servers = start(place)

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            servers.database_url.replace(servers.database_url.split(":")[2].split("@")[0], "wrong")
        )
    assert {file.stat().st_mode & 0o077 for file in place.glob("*.password")} == {0}


def test_test_runs_beside_each_other_have_their_own_databases(place):
    script = "from wsr import services; from pathlib import Path; import sys; print(services.start_test_services(Path(sys.argv[1])), flush=True); input()"
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(place)],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    answers = [run.stdout.readline() for run in runs]
    busy = services.stop_test_services(place, if_idle=True)
    for run in runs:
        run.communicate("\n")
    idle = services.stop_test_services(place, if_idle=True)

    assert answers[0] != answers[1]
    assert all("/wsr_" in answer for answer in answers)
    assert (busy, idle) == (False, True)


def test_workers_of_one_run_share_what_it_was_given(place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@b/c")
    monkeypatch.setenv("REDIS_URL", "redis://d")

    assert services.start_test_services(place) == {
        "DATABASE_URL": "postgresql://a@b/c",
        "REDIS_URL": "redis://d",
    }
    assert list(place.iterdir()) == []
