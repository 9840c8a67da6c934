"""Processes for tests: `manage.py …` and `celery …`, forked from a process that has loaded the code already.

Each is a process of its own as any other, with the environment that it is given, and dies of kill -9 by itself; but it starts in
a tenth of a second of the processor instead of three seconds. That both commands start from nothing is what tests/setup shows.
"""

import atexit
import contextlib
import functools
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 100_000  # bytes of an order: arguments and environment


class Process:
    """A running `manage.py …` or `celery …`, the leader of a group of its own; as `subprocess.Popen`, as far as tests need it."""

    def __init__(self, arguments: Sequence[str], *, env: Mapping[str, str], stdout: IO, stderr: IO) -> None:
        """Start it. Its input is empty."""
        self.args, self.returncode = arguments, None
        self._said, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order = json.dumps({"arguments": list(arguments), "environment": dict(env)}).encode()
        with theirs:
            socket.send_fds(_nursery(), [order], [theirs.fileno(), stdout.fileno(), stderr.fileno()])
        self.pid = int(self._said.recv(100))

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, minus the signal that killed it. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self._said.settimeout(timeout)
            try:
                self.returncode = int(self._said.recv(100))
            except (TimeoutError, BlockingIOError) as error:
                raise subprocess.TimeoutExpired(self.args, timeout or 0) from error
            self._said.close()
        return self.returncode

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def terminate(self) -> None:
        """Ask it to end."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def run(arguments: Sequence[str], *, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Wait for its end and take what it said."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        code = Process(arguments, env=env, stdout=out, stderr=err).wait()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


@functools.cache
def _nursery() -> socket.socket:
    """Where orders go. The nursery ends with this process, which closes it."""
    from tests import database  # not in the nursery itself, which has no test database

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery", str(theirs.fileno())],
            cwd=ROOT,
            env=database.environment(),
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


# ── In the nursery ───────────────────────────────────────────────────────────────────────────────


def _serve(orders: socket.socket) -> None:
    while True:
        order, handed, _flags, _address = socket.recv_fds(orders, LARGEST, 3)
        if not order:
            return
        if os.fork() == 0:
            orders.close()
            _keep(json.loads(order), *handed)
        for descriptor in handed:
            os.close(descriptor)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _keep(order: dict[str, Any], answers: int, stdout: int, stderr: int) -> NoReturn:
    """Start the process that was ordered, tell its id and then its end."""
    with socket.socket(fileno=answers) as said:
        pid = os.fork()
        if pid == 0:
            said.close()
            os.setpgid(0, 0)
            _become(order["arguments"], order["environment"], stdout, stderr)
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)  # whichever of the two comes first
        os.close(stdout)
        os.close(stderr)
        with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
            said.send(str(pid).encode())
            said.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())
    os._exit(0)


def _become(arguments: list[str], environment: dict[str, str], stdout: int, stderr: int) -> NoReturn:
    for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (stdout, 1), (stderr, 2)):
        os.dup2(source, target)
        os.close(source)
    sys.stdout.reconfigure(line_buffering=True)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = arguments
    code: object = 0
    try:
        _read_settings_again()
        _main_of(arguments[0])()
    except SystemExit as end:
        code = end.code
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _main_of(command: str) -> Any:
    if command == "celery":
        return importlib.import_module("celery.__main__").main
    return importlib.import_module("manage").main


def _read_settings_again() -> None:
    """Everything that was derived from settings is derived from those of this environment."""
    from django.conf import Settings, settings
    from django.core.cache import caches
    from django.core.files.storage import storages
    from django.core.mail import mailers
    from django.db import connections

    for name in ("wsr.settings", "tests.process_settings"):
        importlib.reload(importlib.import_module(name))
    settings._wrapped = Settings(os.environ["DJANGO_SETTINGS_MODULE"])
    for handler in (connections, caches, storages, mailers):
        handler.__dict__.clear()
        handler.__init__()


def _load() -> None:
    """What commands and workers import, and nothing that keeps a value of the settings."""
    import django
    from django.apps import apps

    django.setup()
    needed = ["manage", "celery.__main__", "celery.bin.celery", "celery.bin.worker", "celery.apps.worker"]
    needed += ["celery.worker.worker", "celery.worker.consumer", "celery.concurrency.solo", "celery.beat"]
    needed += ["kombu.transport.redis", "django.core.management", "wsr.celery", "wsr.urls"]
    needed += [f"{app.name}.tasks" for app in apps.get_app_configs() if _has_tasks(app.path)]
    for name in needed:
        importlib.import_module(name)


def _has_tasks(folder: str) -> bool:
    return (Path(folder) / "tasks.py").exists()


if __name__ == "__main__":
    _load()
    with socket.socket(fileno=int(sys.argv[1])) as given:
        _serve(given)
