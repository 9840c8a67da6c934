"""Inside the virtual environment: what `make run`, `make test` and the other recipes do.

`wsr/bootstrap.py` makes the environment and hands over to `python -m wsr.launch`. Django runs only in the processes
started from here, never in this one, so a broken setting is reported as one sentence and not as our own traceback.
"""

import fcntl
import hashlib
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from wsr import machine, services, supervisor
from wsr.supervisor import Stopped

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("WSR_DATA_DIR") or ROOT / "var").resolve()
LOGS = VAR / "log"
STATE = VAR / "run.json"
DEFAULT_PORT = 8000
READY_SECONDS = 90


class LaunchError(Exception):
    """The copy cannot run; the message is one sentence that says what to do."""


# --- run


def run(arguments: list[str]) -> int:
    """Bring up everything, print one address and the demo sign-ins, stay until told to stop. Exit code."""
    port = chosen_port(arguments)
    children = supervisor.Supervisor(STATE, LOGS)
    with only_one_running(), stopping_services():
        children.clear_leftovers(str(ROOT))
        refuse_taken_port(port)
        warn(machine.provide(machine.FOR_RUN))
        if not uses_real_servers():
            say("PostgreSQL and Valkey")
        environment = start_servers(port)
        prepare(environment)
        try:
            start_processes(children, environment, port)
            await_ready(children, port)
            print_welcome(environment)
            children.watch()
        finally:
            print("\n· Stopping", flush=True)
            children.stop()
    return 0


def start_servers(port: int) -> dict[str, str]:
    """Environment of all processes; starts the embedded servers unless real ones are given."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "wsr.settings"}
    if not uses_real_servers():
        started = services.start_services(VAR, logs=LOGS)
        if not started.data.is_relative_to(VAR):
            warn(
                [
                    f"PostgreSQL does not run as root and its user cannot enter {ROOT}: its data are in {started.data}."
                ]
            )
        environment |= started.environment() | given_servers()
    environment.setdefault("WSR_SECRET_KEY", kept_secret(VAR / "secret.key"))
    environment["WSR_DATA_DIR"] = str(VAR)
    environment.setdefault("WSR_BASE_URL", f"http://localhost:{port}")  # passkeys need a name, not a number
    environment.setdefault("WSR_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    environment.setdefault("WSR_DEMO", "1")
    environment.setdefault("CELERY_SKIP_CHECKS", "1")  # `migrate` has just checked
    return environment


def prepare(environment: dict[str, str]) -> None:
    """Database, translations, static files and demo data, each only as far as it is due."""
    say("Database")
    manage(environment, "prepare_database")
    manage(environment, "migrate", "--no-input")
    compile_messages()
    if changed("static", static_fingerprint()):
        say("Static files")
        manage(environment, "collectstatic", "--no-input")
        mark("static", static_fingerprint())
    demo = demo_file(environment)
    if not demo.exists():
        say("Demo programs")
        services.write_secret(demo, manage(environment, "demo"))


def manage_copy(arguments: list[str]) -> int:
    """A manage.py command with the settings of the copy that runs from this folder. Exit code of the command."""
    copy = supervisor.read_state(STATE)
    if "launcher" not in copy or "wsr.launch" not in supervisor.command_line(copy["launcher"]):
        raise LaunchError(
            "No copy runs from this folder. Start one with `make run`, then ask in another terminal."
        )
    return call(
        [sys.executable, "manage.py", *arguments],
        start_servers(urlsplit(copy["address"]).port or DEFAULT_PORT),
    )


def start_processes(children: supervisor.Supervisor, environment: dict[str, str], port: int) -> None:
    """Web, worker and beat: the same commands as in docker-compose.yml."""
    celery = [sys.executable, "-m", "celery", "-A", "wsr.celery"]
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    commands = {
        "web": [*web, "--blocking-threads", "4", "wsr.wsgi:application"],
        "worker": [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-mingle"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", str(VAR / "celerybeat-schedule")],
    }
    children.remember(address=environment["WSR_BASE_URL"], launcher=os.getpid())
    for name, command in commands.items():
        children.start(name, command, environment, ROOT)


def await_ready(children: supervisor.Supervisor, port: int) -> None:
    """Wait for the first answer of the web process and the worker's; LaunchError if slow or an error page."""
    deadline = time.monotonic() + READY_SECONDS
    while not (web_answers(children, port) and b" ready." in children.log_of("worker").read_bytes()):
        children.check()
        if time.monotonic() > deadline:
            raise LaunchError(
                f"The copy was not ready within {READY_SECONDS} seconds; the reason may stand in {LOGS}."
            )
        time.sleep(0.1)


def web_answers(children: supervisor.Supervisor, port: int) -> bool:
    """True if the first page comes; LaunchError if it is an error page."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30):
            return True
    except urllib.error.HTTPError as error:
        if error.code < 500:
            return True
        raise LaunchError(
            f"The first page is an error; the reason stands in {children.log_of('web')}."
        ) from error
    except OSError:
        return False


def print_welcome(environment: dict[str, str]) -> None:
    """The one address and the demo sign-ins."""
    print(f"\nwsr is running at {environment['WSR_BASE_URL']}/\n")
    print(demo_file(environment).read_text().strip())
    print(f"\nCtrl-C stops everything. Logs are in {LOGS}.", flush=True)


# --- test and the small recipes


def test(arguments: list[str]) -> int:
    """Lint, then all tests in parallel, in a real browser too. Exit code of the first that failed."""
    warn(missing := machine.provide(machine.FOR_TEST))
    chromium = machine.provide_chromium()
    environment = {**os.environ, "PATH": machine.full_path(), "WSR_CHROMIUM": chromium}
    selection = [] if chromium else ["-m", "not browser"]
    if not chromium:
        missing = [
            *missing,
            "THE BROWSER TESTS DO NOT RUN: there is no Chromium here and none could be obtained.",
        ]
        warn([missing[-1], f"Install one {machine.how_to_install(['chromium'])} or name it in CHROMIUM."])
    if missing and os.environ.get("CI") == "true":
        raise LaunchError("Under CI every test must run, and something named above is missing.")
    compile_messages()
    lint = [
        call([sys.executable, "-m", "ruff", *part.split()], environment)
        for part in ("check", "format --check")
    ]
    # One worker more than cores: tests of processes wait for much of their time. Whoever is idle takes over from others.
    workers = ["-n", str(min((os.cpu_count() or 1) + 1, 4)), "--dist", "worksteal"]
    try:
        code = call([sys.executable, "-m", "pytest", *workers, *selection, *arguments], environment)
    finally:
        services.stop_test_services(if_idle=True)
    if any(lint):
        print("wsr: ruff found something, see above the tests.")
    return code or max(lint)


def screenshots(arguments: list[str]) -> int:
    """Make the pictures of the handbook anew, from the demo; `tests/pictures.py` lists them. Exit code."""
    chromium = machine.provide_chromium()
    if not chromium:
        raise LaunchError(f"There is no Chromium here. Install one {machine.how_to_install(['chromium'])}.")
    warn(machine.provide(machine.FOR_TEST))
    environment = {**os.environ, "PATH": machine.full_path(), "WSR_CHROMIUM": chromium}
    compile_messages()
    try:
        return call([sys.executable, "-m", "pytest", "tests/pictures.py", *arguments], environment)
    finally:
        services.stop_test_services(if_idle=True)


def bench(arguments: list[str]) -> int:
    """The figures of the design, measured on the test servers."""
    environment = {**os.environ, **services.start_test_services(), "PATH": machine.full_path()}
    return call([sys.executable, "-m", "tests.bench", *arguments], environment)


def lock(arguments: list[str]) -> int:
    """Write requirements/*.txt anew from requirements/*.in; with `--upgrade` to the newest releases."""
    compile_lock = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.13"]
    compile_lock += ["--generate-hashes", "--quiet", "--custom-compile-command", "make lock", *arguments]
    names = ("base", "dev")
    return max(
        call([*compile_lock, f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]) for name in names
    )


def fmt(_arguments: list[str]) -> int:
    """Repair and format the code."""
    return max(call([sys.executable, "-m", "ruff", *part.split()]) for part in ("check --fix", "format"))


def messages(arguments: list[str]) -> int:
    """Collect all translatable strings into the .po files, then compile them: all into Spanish, those of workers' pages into their languages."""
    warn(machine.provide([machine.GETTEXT]))
    unused = {"WSR_DEBUG": "1", "DATABASE_URL": "postgresql://nobody@127.0.0.1/none"}
    collect = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--locale",
        "es",
        "--no-obsolete",
        "--add-location",
        "file",
        "--extension",
        "html,txt,py,svg",
    ]
    ignored = [option for folder in (".venv", "var", "tests") for option in ("--ignore", folder)]
    environment = {**os.environ, **unused, "PATH": machine.full_path()}
    code = call([*collect, *ignored, *arguments], environment)
    code = code or call([sys.executable, "manage.py", "worker_messages"], environment)
    compile_messages()
    return code


def demo_reset(_arguments: list[str]) -> int:
    """Throw the embedded database and all published and uploaded files away; the next run makes the demo anew."""
    if uses_real_servers() or given_servers():
        raise LaunchError(
            "make demo-reset only resets the embedded servers; unset DATABASE_URL and REDIS_URL first."
        )
    with only_one_running(), stopping_services():
        started = services.start_services(VAR, logs=LOGS)
        drop_database(started.database_url)
    for folder in ("files", "published", "keys", "mail", "valkey"):
        shutil.rmtree(VAR / folder, ignore_errors=True)
    for file in VAR.glob("demo-*.txt"):
        file.unlink()
    print("The demo is gone; make run makes it anew.")
    return 0


# --- steps


def chosen_port(arguments: list[str]) -> int:
    """From --port, else from PORT, else 8000. Raises LaunchError."""
    words = arguments[1:] if arguments[:1] == ["--port"] else [os.environ.get("PORT") or str(DEFAULT_PORT)]
    if len(words) != 1 or not words[0].isdigit() or not 1 <= int(words[0]) <= 65535:
        raise LaunchError("PORT must be a number from 1 to 65535: make run PORT=8123.")
    return int(words[0])


def refuse_taken_port(port: int) -> None:
    """LaunchError if the port is taken or not allowed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise LaunchError(
                f"Port {port} is reserved for root: choose one above 1023, make run PORT=8123."
            ) from error
        except OSError as error:
            raise LaunchError(
                f"Port {port} is used by another program: stop it, or choose another port, make run PORT={port + 1}."
            ) from error


@contextmanager
def only_one_running() -> Iterator[None]:
    """LaunchError if a copy runs from this folder. The lock goes away with this process, even after kill -9."""
    with (VAR / "run.lock").open("w") as lock_file:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            state = supervisor.read_state(STATE)
            address = state.get("address", "an address it is about to print")
            raise LaunchError(
                f"A copy runs from this folder already, at {address}: use that one, or stop it."
            ) from None
        yield


@contextmanager
def stopping_services() -> Iterator[None]:
    """Stop the embedded servers at the end, whoever started them: nobody else uses this folder's."""
    try:
        yield
    finally:
        services.stop_services(VAR)


def given_servers() -> dict[str, str]:
    """The real servers named in the environment."""
    return {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}


def uses_real_servers() -> bool:
    """True if nothing embedded is needed."""
    return len(given_servers()) == 2


def drop_database(url: str) -> None:
    """Drop the database of `url` on the embedded server, which prepare_database makes anew."""
    import psycopg  # noqa: PLC0415 -- only needed in one recipe

    parts = urlsplit(url)
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as connection:
        name = psycopg.sql.Identifier(parts.path.lstrip("/"))
        connection.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a manage.py command and return what it printed; LaunchError with its last line if it fails."""
    log = LOGS / "setup.log"
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    with log.open("a") as file:
        file.write(
            f"manage.py {shlex.join(arguments)}\n{'' if arguments == ('demo',) else done.stdout}{done.stderr}\n"
        )
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()] or ["no output"]
        raise LaunchError(f"manage.py {arguments[0]} failed: {said[-1].strip()} (the whole log is {log})")
    return done.stdout


def compile_messages() -> None:
    """Compile the translations that are newer than their compiled form."""
    from babel.messages import mofile, pofile  # noqa: PLC0415 -- needed in two recipes only

    for source in sorted(ROOT.glob("wsr/locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as text:
            catalog = pofile.read_po(text, locale=source.parent.parent.name)
        partial = compiled.with_suffix(f".{os.getpid()}")
        with partial.open("wb") as binary:
            mofile.write_mo(binary, catalog)
        partial.replace(compiled)


def static_fingerprint() -> str:
    """Changes when a static file of ours or an installed package changes."""
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    facts = [f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in files]
    facts.append((ROOT / "requirements" / "dev.txt").read_text())
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def changed(name: str, fingerprint: str) -> bool:
    """True if `mark` was not called with this fingerprint last."""
    file = VAR / f"{name}.sha256"
    return not file.exists() or file.read_text() != fingerprint


def mark(name: str, fingerprint: str) -> None:
    """Remember that the step is done."""
    (VAR / f"{name}.sha256").write_text(fingerprint)


def demo_file(environment: dict[str, str]) -> Path:
    """Where the demo sign-ins of this database are kept, readable by us alone."""
    given = given_servers().get("DATABASE_URL")
    name = hashlib.sha256(environment["DATABASE_URL"].encode()).hexdigest()[:12] if given else "embedded"
    return VAR / f"demo-{name}.txt"


def kept_secret(file: Path) -> str:
    """A secret made once and kept in a file that only its owner can read."""
    if not file.exists():
        services.write_secret(file, secrets.token_urlsafe(64))
    return file.read_text()


def call(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run in the terminal; the exit code."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        return process.wait()
    except Stopped:
        process.terminate()
        process.wait()
        raise


def say(text: str) -> None:
    """One line of progress."""
    print(f"· {text}", flush=True)


def warn(sentences: list[str]) -> None:
    """Sentences that do not stop us."""
    for sentence in sentences:
        print(f"! {sentence}", file=sys.stderr, flush=True)


COMMANDS = {
    "run": run, "test": test, "screenshots": screenshots, "bench": bench, "lock": lock, "fmt": fmt, "messages": messages, "manage": manage_copy, "demo-reset": demo_reset,
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Exit code of one recipe; every foreseen trouble is one sentence."""
    supervisor.on_signals(supervisor.raise_stopped)
    try:
        services.make_folder(LOGS)
        return COMMANDS[arguments[0]](arguments[1:])
    except (LaunchError, services.ServiceError, supervisor.ChildEnded) as problem:
        print(f"wsr: {problem}", file=sys.stderr)
    except OSError as problem:
        print(
            f"wsr: {problem.strerror or problem} ({problem.filename}): free disk space or repair the folder.",
            file=sys.stderr,
        )
    except Stopped:
        return 0 if arguments[0] == "run" else 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
