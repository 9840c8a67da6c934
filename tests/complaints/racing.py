"""Acts at once that cannot miss each other: one holds its transaction open until the others stand in line behind it."""

import threading

from django.db import connections

from wsr.tenancy import current_alias

_IN_LINE = """
WITH RECURSIVE line(pid) AS (
  SELECT pg_backend_pid()
  UNION
  SELECT l.pid FROM pg_locks l JOIN line ON line.pid = ANY (pg_blocking_pids(l.pid)) WHERE NOT l.granted)
SELECT count(*) - 1 FROM line
"""


class InLine:
    """Acts in threads of their own, each with a connection of its own."""

    def __init__(self, *acts) -> None:
        """Start them, and return once each one is done or waits for a lock of the transaction that is open here."""
        self._results = [None] * len(acts)
        self._threads = [threading.Thread(target=self._run, args=pair) for pair in enumerate(acts)]
        for thread in self._threads:
            thread.start()
        while self._waiting() < sum(thread.is_alive() for thread in self._threads):
            pass

    def results(self) -> list[object]:
        """What each returned or raised, in order; to be asked once the transaction has ended."""
        for thread in self._threads:
            thread.join()
        return self._results

    def _run(self, place: int, act) -> None:
        try:
            self._results[place] = act()
        except Exception as error:
            self._results[place] = error
        finally:
            connections.close_all()

    def _waiting(self) -> int:
        with connections[current_alias()].cursor() as cursor:
            cursor.execute(_IN_LINE)
            return cursor.fetchone()[0]
