"""Through PgBouncer in transaction mode, four server connections shared by sixteen threads of two programs."""

import concurrent.futures
import os
import pwd
import shutil
import socket
import subprocess
import time

import pytest
from django.conf import settings
from django.db import connections

from programs.models import Workplace
from tests import factories
from wsr.tenancy import program_scope


@pytest.fixture
def pooled(transactional_db, tmp_path):
    """The `default` alias, through a pooler."""
    binary = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    assert binary, "pgbouncer is not installed; `make test` installs it on Debian"
    database = settings.DATABASES["default"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    users = tmp_path / "users.txt"
    users.write_text(f'"{database["USER"]}" "{database["PASSWORD"]}"\n')
    configuration = tmp_path / "pgbouncer.ini"
    configuration.write_text(
        f"""[databases]
{database["NAME"]} = host={database["HOST"]} port={database["PORT"]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = transaction
default_pool_size = 4
max_client_conn = 100
ignore_startup_parameters = extra_float_digits,options
"""
    )
    command = [binary, str(configuration)]
    if os.geteuid() == 0:  # refuses to run as root, as PostgreSQL does
        command = [binary, "-u", "nobody", str(configuration)]
        for path in [*tmp_path.parents][:3]:
            path.chmod(path.stat().st_mode | 0o011)
        for path in (tmp_path, users, configuration):
            os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end, "pgbouncer does not answer"
    settings_dict = connections["default"].settings_dict
    connections["default"].close()
    direct, settings_dict["PORT"] = settings_dict["PORT"], str(port)
    yield
    settings_dict["PORT"] = direct
    connections["default"].close()
    process.terminate()
    process.wait()


def _look(program_id, name, times):
    """How often a thread saw anything but its own program's one workplace."""
    wrong = 0
    try:
        for turn in range(times):
            try:
                with program_scope(program_id):
                    wrong += [row.name for row in Workplace.objects.all()] != [name]
                    if turn % 20 == 0:
                        raise LookupError
            except LookupError:
                pass
    finally:
        connections["default"].close()
    return wrong


def test_nothing_leaks_between_programs(pooled):
    programs = [factories.program("bounce-a"), factories.program("bounce-b")]
    for program in programs:
        factories.workplace(program, name=program.slug)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(_look, programs[n % 2].pk, programs[n % 2].slug, 100) for n in range(16)]
    assert [answer.result() for answer in answers] == [0] * 16
