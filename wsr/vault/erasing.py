"""Making the database and the list of what was erased agree, in both directions.

After a backup was restored, cases that were erased since are there again. They do not open, because the list holds them; `replay` takes
their keys, texts and digests away as well. And where a process died between its commit and its line in the list, `replay` writes the line. Beat
calls it, `manage.py erase_case --replay` too; it may run at any time and any number of times.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import engine_scope
from wsr.vault import ledger
from wsr.vault.models import CaseKey
from wsr.vault.operations import erase_rows


@dataclass(frozen=True)
class Replayed:
    """How many cases were erased again, and how many lines the list lacked."""

    erased: int
    entered: int


def replay(*, at: datetime) -> Replayed:
    """Erase what the list says and enter what the database says. `at` is timezone-aware."""
    listed = ledger.entries()
    by_program: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for program_id, case_id in listed:
        by_program[program_id].append(case_id)
    erased = sum(_erase_again(program_id, cases, at) for program_id, cases in by_program.items())
    with engine_scope():
        gone = CaseKey.objects.filter(destroyed_at__isnull=False)
        rows = list(gone.order_by("destroyed_at").values_list("program_id", "pk", "destroyed_at"))
    known = {case_id for _program, case_id in listed}
    missing = [(program, case, when.date()) for program, case, when in rows if case not in known]
    if missing:
        ledger.enter(missing)
    return Replayed(erased, len(missing))


def linked(case_id: UUID) -> list[UUID]:
    """Cases of the same person that belong to one and are not erased, as rooms know them. In the engine's scope of the program."""
    found: set[UUID] = set()
    react("case.linked", case_id=case_id, found=found)
    rows = CaseKey.objects.filter(pk__in=found - {case_id}, destroyed_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _erase_again(program_id: UUID, cases: list[UUID], at: datetime) -> int:
    reason = _("It was erased before. A backup that was restored had brought it back.")
    with engine_scope(program_id):
        back = CaseKey.objects.select_for_update().filter(pk__in=cases, destroyed_at=None)
        found = list(back.values_list("pk", flat=True))
        for case_id in found:
            erase_rows(case_id, at)
            record("vault.key_destroyed", ("vault.casekey", case_id), by=None, at=at, reason=reason)
    return len(found)
