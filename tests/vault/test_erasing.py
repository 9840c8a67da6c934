"""An erased case is gone: from the database, from every backup that is restored, and nobody gets a key again."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connections
from psycopg import errors

from tests import database, factories
from wsr.accounts.grants import Role
from wsr.history.models import Event
from wsr.tenancy import circles, engine_scope, program_scope, worker_scope
from wsr.vault import erasing, index, ledger
from wsr.vault import operations as vault
from wsr.vault.models import BlindIndex, CaseKey, Sealed

AT = factories.AT
CANARY = "canary Zb7 they threatened Amina"


@pytest.fixture
def program(transactional_db):
    return factories.program("garment")


def new_case(program):
    case = uuid4()
    with worker_scope(program.pk, case):
        vault.open_case(case)
        vault.seal(case, "complaints_complaint", "narrative", case, CANARY)
        index.put(case, "phone", ["+8801711234567"])
        index.put(case, "name", ["Zb7 Amina"])
    return case


def read(program, case):
    with worker_scope(program.pk, case):
        return vault.unseal(case, "complaints_complaint", "narrative", case)


def left(case):
    """(whether the key is there, sealed rows, digests), as the database's administrator sees them."""
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "SELECT wrapped IS NOT NULL, (SELECT count(*) FROM vault_sealed WHERE case_id = k.id),"
            " (SELECT count(*) FROM vault_blindindex WHERE case_id = k.id) FROM vault_casekey k WHERE id = %s",
            [case],
        )
        return cursor.fetchone()


def test_a_dump_holds_nothing_in_clear(program):
    new_case(program)
    dump = database._client("pg_dump", "--format=plain", connections["admin"].settings_dict["NAME"])
    for word in (CANARY, CANARY.encode().hex(), "1711234567", "Zb7", b"Zb7".hex()):
        assert word.encode() not in dump
    assert b"vault_sealed" in dump


def test_a_restored_backup_does_not_bring_an_erased_case_back(program, manage):
    erased, kept = new_case(program), new_case(program)
    handler = factories.member(program, Role.DIRECTOR)
    name = connections["admin"].settings_dict["NAME"]
    backup = database._client("pg_dump", "--format=custom", name)
    with program_scope(program.pk, person_id=handler.pk):
        circles.admit(erased, handler.pk)
        assert vault.destroy(erased, by=handler, at=AT, reason="She asked for it.") is True
        assert vault.destroy(erased, by=handler, at=AT, reason="She asked for it.") is False
        with pytest.raises(vault.CaseErased):
            vault.seal(erased, "complaints_complaint", "narrative", erased, "again")
        with pytest.raises(vault.CaseErased):
            index.put(erased, "phone", ["+8801711234567"])
    assert (left(erased), left(kept)) == ((False, 0, 0), (True, 1, 2))
    assert (read(program, erased), read(program, kept)) == (None, CANARY)
    assert ledger.path().read_text() == f"{program.pk} {erased} {AT.date()}\n"
    assert ledger.path().stat().st_mode & 0o777 == 0o600

    database.restore(backup)

    assert left(erased) == (True, 1, 2)
    assert (read(program, erased), read(program, kept)) == (None, CANARY)  # before anything else was done
    assert "1 cases erased again, 0 entered" in manage("erase_case", "--replay").stdout
    assert left(erased) == (False, 0, 0)
    ledger.path().unlink()
    assert "0 cases erased again, 1 entered" in manage("erase_case", "--replay").stdout
    assert erasing.replay(at=AT) == erasing.Replayed(0, 0)
    assert ledger.holds(erased)
    assert not ledger.holds(kept)
    with program_scope(program.pk):
        assert Event.objects.filter(event="vault.key_destroyed", subject_id=erased).count() == 1


def test_an_operator_erases_and_a_destroyed_key_stays_so(program, manage):
    case = new_case(program)
    for arguments, words in (
        ((), "Name the program"),
        (("garment", str(case)), "--reason"),
        (("none", str(case), "--reason", "x"), "There is no program none."),
        (("garment", str(uuid4()), "--reason", "x"), "no such case"),
    ):
        refused = manage("erase_case", *arguments, check=False)
        assert (refused.returncode, words in refused.stderr) == (1, True)
    assert "is erased" in manage("erase_case", "garment", str(case), "--reason", "By order.").stdout
    assert "was erased before" in manage("erase_case", "garment", str(case), "--reason", "By order.").stdout
    assert left(case) == (False, 0, 0)
    assert ledger.holds(case)
    with pytest.raises(IntegrityError) as refusal, connections["admin"].cursor() as cursor:
        cursor.execute(
            "UPDATE vault_casekey SET wrapped = '\\x01', destroyed_at = NULL WHERE id = %s", [case]
        )
    assert isinstance(refusal.value.__cause__, errors.CheckViolation)


def test_the_engine_reads_no_text(program):
    new_case(program)
    with pytest.raises(ProgrammingError, match="permission denied"), engine_scope(program.pk):
        connections["engine"].cursor().execute("SELECT ciphertext FROM vault_sealed")
    with engine_scope(program.pk):
        assert CaseKey.objects.count() == Sealed.objects.values("case_id").count() == 1
        assert BlindIndex.objects.values("case_id").count() == 2


def test_a_line_that_a_crash_cut_off_spoils_nothing(settings):
    first, second = (uuid4(), uuid4(), AT.date()), (uuid4(), uuid4(), AT.date())
    ledger.enter([first])
    with ledger.path().open("a") as file:
        file.write(f"{second[0]} {str(second[1])[:9]}")
    assert ledger.entries() == [first[:2]]
    ledger.enter([first, second])
    assert ledger.entries() == [first[:2], second[:2]]
    assert ledger.holds(second[1])
    assert not ledger.holds(uuid4())
