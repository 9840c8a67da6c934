"""`manage.py sweep`: one tick of all clocks; with --loop a tick every few seconds, beside Celery beat or in its place."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connections

from wsr.deadlines import operations


class Command(BaseCommand):
    help = (
        "Let everything that is due happen: steps of clocks, their notices. Safe to run many times at once."
    )
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--loop", action="store_true", help="Go on until stopped, a tick every few seconds."
        )
        parser.add_argument("--every", type=float, default=10.0, help="Seconds between two ticks (10).")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            self._say(operations.sweep())
            return
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_said: stopped.set())
        while not stopped.is_set():
            try:
                swept = operations.sweep()
            except (DatabaseError, InterfaceError) as error:
                self.stderr.write(f"The database does not answer ({type(error).__name__}); trying again.")
                connections.close_all()
            else:
                if not swept.is_idle:
                    self._say(swept)
            stopped.wait(options["every"])

    def _say(self, swept: operations.sweeping.Swept) -> None:
        self.stdout.write(
            f"{swept.steps + swept.acts} steps, {swept.told} told, {swept.asked} asked, {swept.failures} failed."
        )
