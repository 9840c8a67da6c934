"""A real Celery worker in a process of its own, for tests of long work and of its death."""

import contextlib
import itertools
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

from django.conf import settings

from tests import database, nursery

PATIENCE = 240  # seconds that a step may take on a busy machine; whoever is quick does not wait

_numbers = itertools.count(1)


class Worker:
    """The process; `kill` is kill -9."""

    def __init__(self) -> None:
        """Start it and wait until it takes tasks."""
        self.path = settings.DATA_DIR / f"worker-{next(_numbers)}.log"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        command = ["celery", "-A", "wsr.celery", "worker", "-P", "solo", "-l", "INFO"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self.path.open("w") as log:
            self.process = nursery.Process(
                command + quiet, env=database.environment(), stdout=log, stderr=log
            )
        self.wait_for(lambda: " ready." in self.log(), what="the worker to be ready")

    def log(self) -> str:
        """All it logged so far."""
        return self.path.read_text()

    def wait_for(self, condition: Callable[[], object], *, what: str, seconds: float = PATIENCE) -> None:
        """Wait until the condition holds; fails with the worker's log."""
        wait_for(condition, what=what, seconds=seconds, log=self.log)

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
    condition: Callable[[], object],
    *,
    what: str,
    seconds: float = PATIENCE,
    every: float = 0.05,
    log: Callable[[], str] | None = None,
) -> None:
    """Poll a condition of another process `every` so many seconds; fails with what was waited for."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            tail = (log() if log else "")[-5000:]
            raise AssertionError(f"Waited {seconds} s for {what}.\n{tail}")
        select.select([], [], [], every)


@contextlib.contextmanager
def running_worker() -> Iterator[Worker]:
    """A worker for the length of a block."""
    worker = Worker()
    try:
        yield worker
    finally:
        worker.stop()
