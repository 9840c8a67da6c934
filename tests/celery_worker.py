"""A real Celery worker in a process of its own, for tests of long work and of its death."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from tests import database


class Worker:
    """The process; `kill` is kill -9."""

    def __init__(self) -> None:
        """Start it and wait until it takes tasks."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "wsr.celery", "worker", "-P", "solo", "-l", "INFO",
             "--without-gossip", "--without-mingle", "--without-heartbeat"],
            env=database.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1,
            start_new_session=True,
        )  # fmt: skip
        self.log: list[str] = []
        os.set_blocking(self.process.stdout.fileno(), False)
        self.wait_for(lambda: any("ready." in line for line in self.read()), what="the worker to be ready")

    def read(self) -> list[str]:
        """All lines logged so far."""
        while select.select([self.process.stdout], [], [], 0)[0]:
            line = self.process.stdout.readline()
            if not line:
                break
            self.log.append(line)
        return self.log

    def wait_for(self, condition: Callable[[], object], *, what: str, seconds: float = 60) -> None:
        """Wait until the condition holds; fails with the worker's log."""
        wait_for(condition, what=what, seconds=seconds, log=self.read)

    def kill(self) -> None:
        """kill -9, as an operator or the kernel would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it politely."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def wait_for(
    condition: Callable[[], object], *, what: str, seconds: float = 60, log: Callable[[], list[str]] | None = None
) -> None:
    """Poll a condition of another process; fails with what was waited for."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            tail = "".join((log() if log else [])[-40:])
            raise AssertionError(f"Waited {seconds} s for {what}.\n{tail}")
        select.select([], [], [], 0.05)


@contextlib.contextmanager
def running_worker() -> Iterator[Worker]:
    """A worker for the length of a block."""
    worker = Worker()
    try:
        yield worker
    finally:
        worker.stop()
