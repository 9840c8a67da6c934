"""Questions to and about processes of this machine. Standard library only."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

STOP_SECONDS = 30


def stop_process(pid: int | None, gentle: signal.Signals, hard: signal.Signals) -> None:
    """Signal and wait until the process is gone; after STOP_SECONDS the hard way."""
    if pid is None:
        return
    for number in (gentle, hard):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if not is_alive(pid):
                return
            time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """True if the process runs; a dead one that nobody has collected yet does not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return True
    return state != "Z"


def command_line(pid: int) -> str:
    """Arguments of a running process, or nothing: tells a reused process id from the real one."""
    if not is_alive(pid):
        return ""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    listing = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return listing.stdout


def working_folder(pid: int) -> str:
    """Working folder of a process where the system tells it, else nothing."""
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""


def accepts(port: int) -> bool:
    """True if something on this machine answers on `port`."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False
