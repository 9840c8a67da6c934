"""How quickly keys are exchanged while cases are being opened, and what opening costs."""

import secrets
import threading
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

from django.db import connections
from django.utils import timezone

from tests.bench.measure import Result, medians, rate, time_at_most
from wsr.tenancy import engine_scope, worker_scope
from wsr.vault import operations as vault
from wsr.vault import rotation
from wsr.vault.envelope import KEY_BYTES, close
from wsr.vault.models import ProgramKey

TEXTS = 50
_TABLE, _COLUMN = "complaints_message", "body"


def results(program: UUID, cases: int) -> Iterator[Result]:
    """All rows of the vault. `cases`: how many keys to exchange."""
    case, places = _one_case(program)
    _many_cases(program, cases)
    with worker_scope(program, case):
        (seconds,) = medians(lambda: vault.unseal_many(case, places), times=30)
    yield time_at_most(f"vault: open {TEXTS} texts of a case among {cases:,}", seconds, 0.05)

    served, failed, stop = [], [], threading.Event()

    def serve() -> None:
        while not stop.wait(0.02):
            with worker_scope(program, case):
                failed.extend(text for text in vault.unseal_many(case, places).values() if not text)
            served.append(1)
        connections.close_all()

    server = threading.Thread(target=serve)
    server.start()
    start = time.perf_counter()
    done = sum(rotation.rotate_program(program, at=timezone.now()))
    seconds = time.perf_counter() - start
    stop.set()
    server.join()
    if failed or not served or done < cases:
        raise AssertionError(f"{len(failed)} of {len(served)} readings failed, {done} keys were exchanged")
    yield rate(
        f"vault: re-wrap {done:,} case keys, {len(served):,} readings meanwhile", done / seconds, 2_000
    )


def _one_case(program: UUID) -> tuple[UUID, list[vault.Place]]:
    case = uuid4()
    texts = {vault.Place(_TABLE, _COLUMN, uuid4()): "They cut my hours. " * 50 for _ in range(TEXTS)}
    with worker_scope(program, case):
        vault.open_case(case)
        vault.seal_many(case, texts)
    return case, list(texts)


def _many_cases(program: UUID, cases: int) -> None:
    with engine_scope(program):
        outer = ProgramKey.objects.get(retired_at=None)
        key = vault.unwrapped_program_key(outer)
    with connections["admin"].cursor() as cursor:
        with cursor.copy(
            "COPY vault_casekey (id, program_id, program_key_id, wrapped, created_at) FROM STDIN"
        ) as rows:
            for _ in range(cases):
                case = uuid4()
                wrapped = close(key, program, vault.case_key_place(case), secrets.token_bytes(KEY_BYTES))
                rows.write_row([case, program, outer.pk, wrapped, timezone.now()])
        cursor.execute("VACUUM ANALYZE vault_casekey")
