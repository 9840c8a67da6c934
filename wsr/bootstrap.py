"""From a fresh clone to a running copy: `make run`, `make test` and the other recipes come here.

    python3 wsr/bootstrap.py run [--port 8123]     everything a running copy needs, then the copy itself
    python3 wsr/bootstrap.py test [pytest options] the same base, then lint and all tests
    python3 wsr/bootstrap.py manage check_install  a manage.py command with the settings of the running copy
    python3 wsr/bootstrap.py screenshots | bench | lock | fmt | messages | demo-reset | help

This file runs before the virtual environment exists, on whatever Python 3 the machine has: standard library only, and
nothing newer than Python 3.7 may be needed to read it. It finds Python 3.13, keeps `.venv` equal to
`requirements/dev.txt` (installed with hashes, only when that file changed) and hands over to `wsr.launch`.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Started as a script, Python puts wsr/ first on the path, where our module names would hide those of packages.
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "wsr")]

import contextlib  # noqa: E402 -- after the path is right
import fcntl  # noqa: E402
import glob  # noqa: E402
import hashlib  # noqa: E402
import os  # noqa: E402
import shutil  # noqa: E402
import subprocess  # noqa: E402

WANTED = (3, 13)
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"
INSTALLED = VENV / "installed.sha256"
VAR = ROOT / "var"
LOG = VAR / "log" / "install.log"
COMMANDS = ("run", "test", "screenshots", "bench", "lock", "fmt", "messages", "manage", "demo-reset", "help")


class SetupError(Exception):
    """The set-up cannot go on; the message is one sentence that says what to do."""


def main(arguments: list[str]) -> None:
    """Prepare the environment, then become `python -m wsr.launch` with the same arguments."""
    command = arguments[0] if arguments else "help"
    if command not in COMMANDS:
        raise SetupError(f"There is no command {command}; there are {', '.join(COMMANDS)}.")
    if command == "help":
        print(__doc__)
        return
    if sys.version_info[:2] != WANTED:
        become_wanted_python(arguments)
    check_folder()
    prepare_environment()
    os.chdir(ROOT)
    keep_compiled()
    os.execv(PYTHON, [str(PYTHON), "-m", "wsr.launch", *arguments])  # the same process goes on


# --- Python


def keep_compiled() -> None:
    """Let every process from here on keep what it compiles, as Python does unless told not to.

    A run starts dozens of processes; where none may keep it, each compiles all of Django again, which takes most of its start.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def become_wanted_python(arguments: list[str]) -> None:
    """Start again under Python 3.13 if the machine has one; else SetupError."""
    candidates = [os.environ.get("WSR_PYTHON"), str(PYTHON), shutil.which("python3.13")]
    candidates += sorted(
        glob.glob(os.path.expanduser("~/.pyenv/versions/3.13*/bin/python3.13")), reverse=True
    )
    candidates += sorted(
        glob.glob(os.path.expanduser("~/.local/share/uv/python/cpython-3.13*/bin/python3.13"))
    )
    for candidate in candidates:
        if candidate and is_wanted_python(candidate):
            sys.stdout.flush()
            os.execv(candidate, [candidate, str(Path(__file__).resolve()), *arguments])
    have = ".".join(str(part) for part in sys.version_info[:3])
    raise SetupError(
        f"Python 3.13 is needed, and this is Python {have}: install Python 3.13 so that python3.13 starts it, "
        "or name it in WSR_PYTHON, and run the same command again."
    )


def is_wanted_python(program: str) -> bool:
    """True if `program` runs and is Python 3.13."""
    probe = [program, "-c", "import sys; print(sys.version_info[:2] == (3, 13))"]
    try:
        answer = subprocess.run(
            probe, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == b"True"


# --- the folder and the virtual environment


def check_folder() -> None:
    """Refuse a checkout we cannot write to, in one sentence."""
    try:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        for folder in (ROOT, VAR):
            probe = folder / f".write-{os.getpid()}"
            probe.write_bytes(b"x")
            probe.unlink()
    except OSError as error:
        raise SetupError(
            f"Cannot write to {ROOT} ({error.strerror}): clone the repository into a folder that is yours "
            "and has free space, and run the same command there."
        ) from error


def prepare_environment() -> None:
    """Make `.venv` and install the locked requirements, unless both are as they should be."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    with (VAR / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(wanted):
            return
        say("Python environment")
        if not is_wanted_python(str(PYTHON)):
            make_environment()
        install()
        INSTALLED.write_text(wanted)


def is_current(wanted: str) -> bool:
    """True if the environment still has its Python and was installed from this lock."""
    with contextlib.suppress(OSError):
        return PYTHON.exists() and INSTALLED.read_text() == wanted
    return False


def make_environment() -> None:
    """A new `.venv`; whatever stood there does not start any more."""
    shutil.rmtree(VENV, ignore_errors=True)
    if run_logged([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(
            f"This Python cannot make a virtual environment ({last_line()}): on Debian and Ubuntu run "
            "apt-get install python3.13-venv, and run the same command again."
        )


def install() -> None:
    """Install the lock with hashes: by uv because it is quick, by pip where uv cannot be had."""
    locked = ["--require-hashes", "-r", str(LOCK)]
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        run_logged([str(PYTHON), "-m", "pip", "install", "--quiet", "uv"])
    if uv.exists() and run_logged([str(uv), "pip", "install", "--python", str(PYTHON), *locked]) == 0:
        return
    if run_logged([str(PYTHON), "-m", "pip", "install", "--no-deps", *locked]):
        raise SetupError(
            f"The Python packages could not be installed ({last_line()}): check the network and the free disk space, "
            f"and run the same command again. The whole log is {LOG}."
        )


def run_logged(command: list[str]) -> int:
    """Run with all output in the installation log; the exit code."""
    with LOG.open("ab") as log:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        ).returncode


def last_line() -> str:
    """What the installation log said last."""
    lines = [line.strip() for line in LOG.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def say(text: str) -> None:
    """One line of progress."""
    print(f"· {text}", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as problem:
        sys.exit(f"wsr: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
