"""The processes of a running copy: start them, watch them, stop them all. Standard library only."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from wsr.processes import command_line, is_alive

PATIENCE_SECONDS = 10
ALL_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Ctrl-C, SIGTERM, or the terminal was closed."""


class ChildEnded(Exception):
    """A process of ours ended by itself; the message names it and quotes its last lines."""


@dataclass
class Supervisor:
    """Children in sessions of their own, their process ids kept in a file so that a later start can clear up."""

    state_file: Path
    logs: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def clear_leftovers(self, marker: str) -> None:
        """End children of an earlier start that was killed; `marker` stands in the command line of ours."""
        for pid in read_state(self.state_file).get("children", {}).values():
            if marker in command_line(pid):
                kill_group(pid, signal.SIGTERM)
                await_end([pid])
                kill_group(pid, signal.SIGKILL)
        self.state_file.unlink(missing_ok=True)

    def start(self, name: str, command: list[str], environment: Mapping[str, str], cwd: Path) -> None:
        """Start a child; its output goes to `<name>.log`, the log of the start before is kept beside it."""
        log = self.log_of(name)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("wb") as output:
            self.children[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(environment),
                cwd=cwd,
                start_new_session=True,
            )
        self.remember(children={name: child.pid for name, child in self.children.items()})

    def remember(self, **facts: object) -> None:
        """Add facts about this start to the state file."""
        self.state_file.write_text(json.dumps({**read_state(self.state_file), **facts}))

    def check(self) -> None:
        """Raise ChildEnded if a child is gone."""
        for name, child in self.children.items():
            if child.poll() is not None:
                lines = "\n".join(f"    {line}" for line in last_lines(self.log_of(name)))
                raise ChildEnded(
                    f"The {name} process ended by itself with code {child.returncode}; everything is stopped. "
                    f"Its log is {self.log_of(name)} and ends with:\n{lines}"
                )

    def watch(self) -> None:
        """Return never: raises ChildEnded, or Stopped through the signal handler."""
        while True:
            self.check()
            time.sleep(0.3)

    def stop(self) -> None:
        """Ask all children to end, wait, then end the rest. A second Ctrl-C ends them at once."""
        on_signals(lambda _number, _frame: self._signal_all(signal.SIGKILL))
        self._signal_all(signal.SIGTERM)
        await_end([child.pid for child in self.children.values()])
        self._signal_all(signal.SIGKILL)
        for child in self.children.values():
            child.wait()
        self.state_file.unlink(missing_ok=True)

    def log_of(self, name: str) -> Path:
        """Where a child's output goes."""
        return self.logs / f"{name}.log"

    def _signal_all(self, number: signal.Signals) -> None:
        for child in self.children.values():
            kill_group(child.pid, number)


def raise_stopped(_number: int, _frame: FrameType | None) -> None:
    """Signal handler: leave whatever is being done, through every `finally`."""
    raise Stopped


def on_signals(handler: object) -> None:
    """Use `handler` for everything that asks us to stop."""
    for number in ALL_SIGNALS:
        signal.signal(number, handler)  # type: ignore[arg-type]


def kill_group(pid: int, number: signal.Signals) -> None:
    """Signal a child and all it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def await_end(pids: list[int]) -> None:
    """Wait until all have ended, at most PATIENCE_SECONDS."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and any(is_alive(pid) for pid in pids):
        time.sleep(0.05)


def read_state(file: Path) -> dict[str, dict[str, int]]:
    """Facts about the running copy; empty if the file is missing or was cut short."""
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}


def last_lines(log: Path, count: int = 5) -> list[str]:
    """The last lines of a log that say something."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return [line for line in text.splitlines() if line.strip()][-count:]
