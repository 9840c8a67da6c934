"""Before anything runs: what can be wrong with a machine is one sentence and a failing exit code."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from wsr import bootstrap, launch

from .conftest import ROOT

MODULES = "__future__, contextlib, fcntl, glob, hashlib, os, pathlib, pkgutil, runpy, shutil, subprocess, sys"


@pytest.fixture
def clone():
    """A folder that anybody may enter, with the bootstrap and the lock in it and no environment."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    for name in ("wsr", "requirements"):
        (folder / name).mkdir()
    shutil.copy(ROOT / "wsr/bootstrap.py", folder / "wsr")
    shutil.copy(ROOT / "requirements/dev.txt", folder / "requirements")
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def run_after(preparation: str, clone: Path) -> subprocess.CompletedProcess[str]:
    """Run the clone's bootstrap in a Python in which `preparation` came first."""
    script = f"import {MODULES}; {preparation}; sys.argv = ['bootstrap.py', 'run']; runpy.run_path({str(clone / 'wsr/bootstrap.py')!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={"PATH": "/nowhere", "HOME": "/nowhere"},
        timeout=180,
        check=False,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("wsr: ")
    assert all(word in lines[0] for word in words), lines[0]
    assert done.returncode != 0


def test_wrong_python_says_which_is_needed(clone):
    done = run_after("sys.version_info = (3, 9, 18)", clone)

    assert_one_sentence(done, "Python 3.13 is needed", "3.9.18", "WSR_PYTHON")


def test_read_only_folder_says_to_clone_elsewhere(clone):
    clone.chmod(0o555)

    done = run_after("os.geteuid() == 0 and os.setuid(65534)", clone)

    assert_one_sentence(
        done, str(clone), "Permission denied", "clone the repository into a folder that is yours"
    )


def test_modules_of_ours_do_not_hide_those_of_packages():
    script = "import runpy, sys; sys.path.insert(0, 'wsr'); runpy.run_path('wsr/bootstrap.py'); import celery; print(celery.__version__)"

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout[0].isdigit()


def test_bootstrap_can_be_read_by_old_python():
    source = (ROOT / "wsr/bootstrap.py").read_text()

    compile(source, "bootstrap.py", "exec", dont_inherit=True)
    assert "match " not in source
    assert "from __future__ import annotations" in source


def test_what_is_started_keeps_what_it_compiles(clone):
    script = (
        "from wsr import bootstrap; bootstrap.keep_compiled(); "
        "import os, subprocess, sys; subprocess.run([sys.executable, '-c', 'import wsr.bootstrap'], check=True)"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}

    subprocess.run([sys.executable, "-c", script], cwd=clone, env=environment, check=True)

    assert list(clone.rglob("bootstrap.cpython-*.pyc"))


def test_every_recipe_is_one_call_of_the_bootstrap():
    lines = [line for line in (ROOT / "Makefile").read_text().splitlines() if ": ; @" in line]
    recipes = dict(line.split(": ; @", 1) for line in lines)

    assert set(recipes) == set(bootstrap.COMMANDS)
    assert all(call.startswith(f"python3 wsr/bootstrap.py {name}") for name, call in recipes.items())
    assert set(launch.COMMANDS) == set(bootstrap.COMMANDS) - {"help"}


def test_ci_runs_the_command_of_the_readme():
    script = ROOT / ".ci/run"

    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


def launch_run(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wsr.launch", "run", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def test_port_in_use_says_so_and_names_another(place, plain_environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = launch_run("--port", str(port), environment={**plain_environment, "WSR_DATA_DIR": str(place)})

    assert_one_sentence(done, f"Port {port} is used by another program", f"PORT={port + 1}")


def test_nonsense_port_says_what_a_port_is(place, plain_environment):
    done = launch_run("--port", "http", environment={**plain_environment, "WSR_DATA_DIR": str(place)})

    assert_one_sentence(done, "PORT must be a number from 1 to 65535")


def test_unusable_data_folder_is_one_sentence(place, plain_environment):
    (place / "file").touch()

    done = launch_run(environment={**plain_environment, "WSR_DATA_DIR": str(place / "file")})

    assert_one_sentence(done, "Cannot write to", "make the folder writable")
