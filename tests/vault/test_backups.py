"""A backup in two files: without the keys it opens nothing, and with newer keys it never brings back what was erased."""

import pytest
from django.conf import settings

from tests import database, factories, nursery
from tests.vault.test_erasing import AT, new_case, read
from wsr.tenancy import engine_scope
from wsr.vault import ledger
from wsr.vault import operations as vault


@pytest.fixture
def elsewhere(transactional_db):
    """The name of a database that is not there yet; the test's connections may be pointed to it."""
    own = settings.DATABASES["default"]["NAME"]
    yield f"{own}_restored"
    database.close()
    database.point_to(f"{own}_restored")
    database.drop()
    database.point_to(own)


def manage_in(name, *arguments):
    """`manage.py` on another database of the same server."""
    environment = database.environment()
    environment["DATABASE_URL"] = f"{environment['DATABASE_URL'].rpartition('/')[0]}/{name}"
    return nursery.run(["manage.py", *arguments], env=environment)


def test_a_backup_comes_back_without_what_was_erased(elsewhere, manage, tmp_path):
    program = factories.program("garment")
    erased, kept = new_case(program), new_case(program)
    refused = manage("backup", str(tmp_path / "a"), "--keys", str(tmp_path / "a"), check=False)
    assert (refused.returncode, "one folder" in refused.stderr) == (1, True)
    manage("backup", str(tmp_path / "a"), "--keys", str(tmp_path / "old"))
    (dump,) = (tmp_path / "a").iterdir()
    assert dump.stat().st_mode & 0o777 == 0o600
    rows = database._client("pg_restore", "--data-only", "--table=vault_casekey", "--file=-", str(dump))
    assert str(kept).encode() not in rows

    with engine_scope(program.pk):
        vault.destroy(erased, by=None, at=AT, reason="She asked for it.")
    new_case(factories.program("later"))  # its keys have nothing to open in the older file
    manage("backup", str(tmp_path / "b"), "--keys", str(tmp_path / "new"))
    ledger.path().unlink()  # the keys alone hold: the list is a lock of its own
    (keys,) = (tmp_path / "new").iterdir()
    done = manage_in(elsewhere, "restore", str(dump), "--keys", str(keys))
    assert (done.returncode, "Restored. 0 cases were erased again." in done.stdout) == (0, True), done.stderr
    again = manage_in(elsewhere, "restore", str(dump), "--keys", str(keys))
    assert (again.returncode, "is not empty" in again.stderr) == (1, True)

    database.close()
    database.point_to(elsewhere)
    assert (read(program, erased), read(program, kept)) == (None, "canary Zb7 they threatened Amina")
    assert ledger.holds(erased)
