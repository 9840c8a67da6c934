"""Keys are exchanged while people work, also when the exchange is killed in the middle."""

import signal
import subprocess
import sys
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections

from tests import database, factories
from tests.conftest import ROOT
from wsr.history.models import Event
from wsr.tenancy import engine_scope, program_scope, worker_scope
from wsr.vault import keys
from wsr.vault import operations as vault
from wsr.vault.models import CaseKey, ProgramKey

CASES = 120


@pytest.fixture
def program(transactional_db):
    """A program with cases, each with a text."""
    made = factories.program("garment")
    made.cases = [uuid4() for _ in range(CASES)]
    for case in made.cases:
        with worker_scope(made.pk, case):
            vault.open_case(case)
            vault.seal(case, "complaints_complaint", "narrative", case, f"text of {case}")
    return made


def all_readable(program):
    for case in program.cases:
        with worker_scope(program.pk, case):
            assert vault.unseal(case, "complaints_complaint", "narrative", case) == f"text of {case}"


def test_a_killed_rotation_is_finished_and_the_old_key_is_gone(program, manage):
    command = [sys.executable, "manage.py", "rotate_keys", "--program", "garment", "--batch", "1"]
    with subprocess.Popen(
        command, cwd=ROOT, env=database.environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert f"of {CASES} case keys are under the new key." in first
    with engine_scope(program.pk):
        assert list(ProgramKey.objects.order_by("number").values_list("number", "retired_at")) == [
            (1, None),
            (2, None),
        ]
        new = CaseKey.objects.filter(program_key__number=2).count()
    assert 0 < new < CASES
    all_readable(program)
    program.cases.append(uuid4())
    with worker_scope(program.pk, program.cases[-1]):
        vault.open_case(program.cases[-1])
        vault.seal(
            program.cases[-1],
            "complaints_complaint",
            "narrative",
            program.cases[-1],
            f"text of {program.cases[-1]}",
        )

    said = manage("rotate_keys", "--program", "garment").stdout

    assert f"{CASES - new} case keys wrapped anew" in said
    with engine_scope(program.pk):
        assert [(key.number, key.wrapped is None) for key in ProgramKey.objects.order_by("number")] == [
            (1, True),
            (2, False),
        ]
        assert not CaseKey.objects.exclude(program_key__number=2).exists()
    all_readable(program)
    with program_scope(program.pk):
        assert Event.objects.filter(event="vault.program_key_replaced").count() == 1
    with pytest.raises(IntegrityError, match="stays so"), connections["admin"].cursor() as cursor:
        cursor.execute("UPDATE vault_programkey SET wrapped = '\\x01', retired_at = NULL WHERE number = 1")


def test_a_new_root_key_takes_over_and_the_old_one_opens_nothing(program, settings, manage):
    old, new = settings.VAULT_KEY, keys.new_key()
    settings.VAULT_KEY = new
    refused = manage("rotate_keys", "--root", check=False)
    assert (refused.returncode, "WSR_VAULT_KEY_FALLBACKS" in refused.stderr) == (1, True)
    settings.VAULT_KEY_FALLBACKS = [old]
    all_readable(program)
    assert "run manage.py rotate_keys --root" in manage("check_install", check=False).stdout
    assert "1 program keys wrapped anew" in manage("rotate_keys", "--root").stdout
    assert "0 program keys wrapped anew" in manage("rotate_keys", "--root").stdout
    settings.VAULT_KEY_FALLBACKS = []
    all_readable(program)
    settings.VAULT_KEY = old
    with (
        pytest.raises(vault.RootKeyMissing),
        worker_scope(program.pk, program.cases[0]),
    ):
        vault.unseal(program.cases[0], "complaints_complaint", "narrative", program.cases[0])
    said = manage("check_install", check=False).stdout
    assert "1 root keys that programs need are not here" in said
    assert old not in said


def test_the_command_asks_for_what_is_missing(transactional_db, manage):
    factories.program("empty")
    for arguments, code, words in (
        ([], 2, "--root --program"),
        (["--program", "none"], 1, "There is no program none."),
        (["--program", "empty"], 0, "0 case keys"),
    ):
        done = manage("rotate_keys", *arguments, check=False)
        assert (done.returncode, words in done.stdout + done.stderr) == (code, True), done


def test_key_files_are_made_once_and_for_their_owner_alone(settings):
    settings.VAULT_KEY = settings.VAULT_PEPPER = ""
    keys.create_keys()
    made = [settings.KEYS_DIR / name for name in (keys.KEY_FILE, keys.PEPPER_FILE)]
    before = [path.read_text() for path in made]
    keys.create_keys()
    assert [path.read_text() for path in made] == before
    assert [path.stat().st_mode & 0o777 for path in made] == [0o600, 0o600]
    made[0].write_text(keys.new_key() + "\n" + before[0])  # the new one first, the old one still opens
    assert list(keys.root_keys()) != list(reversed(keys.root_keys()))
    assert len(keys.root_keys()) == 2
    assert before[0].strip() not in repr(keys.root_keys())
