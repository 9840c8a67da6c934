"""`make run` from start to end: one copy, stopped whole, found again after kill -9, honest about a dead child."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from wsr import processes

from .conftest import ROOT


class Copy:
    """A running copy in a folder of its own, as a person would start it."""

    def __init__(self, place, port, environment):
        self.place = place
        self.process = subprocess.Popen(
            [sys.executable, "wsr/bootstrap.py", "run", "--port", str(port)],
            cwd=ROOT,
            env={**environment, "WSR_DATA_DIR": str(place)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = self.read_until("Ctrl-C stops everything")

    def read_until(self, words):
        """What it prints up to `words`; kills it after five minutes."""
        timer = threading.Timer(300, self.process.kill)
        timer.start()
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if words in line:
                break
        timer.cancel()
        assert any(words in line for line in lines), "".join(lines)
        return "".join(lines)

    def end(self, number):
        """Send a signal; (exit code, what it said last)."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self):
        said, _ = self.process.communicate(timeout=90)
        return self.process.returncode, said

    def children(self):
        return json.loads((self.place / "run.json").read_text())["children"]


def left_over(place):
    """Command lines of processes that work on `place`, by their environment or arguments."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if (
            str(place).encode() in facts
            and int(folder.name) != os.getpid()
            and processes.is_alive(int(folder.name))
        ):
            found.append((folder / "cmdline").read_text())
    return found


def test_a_copy_runs_stops_survives_kill_9_and_reports_a_dead_child(place, free_port, plain_environment):
    first = Copy(place, free_port, plain_environment)
    page = urllib.request.urlopen(f"http://localhost:{free_port}/").status
    second = subprocess.run(
        [sys.executable, "-m", "wsr.launch", "run"],
        cwd=ROOT, env={**plain_environment, "WSR_DATA_DIR": str(place)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    stopped = first.end(signal.SIGINT)
    nothing = left_over(place)

    killed = Copy(place, free_port, plain_environment)
    killed.end(signal.SIGKILL)
    orphans = len(left_over(place))
    third = Copy(place, free_port, plain_environment)
    os.killpg(third.children()["worker"], signal.SIGKILL)
    crashed = third.wait()

    assert f"http://localhost:{free_port}/" in first.said
    assert page == 200
    assert (second.returncode, len(second.stderr.splitlines())) == (1, 1)
    assert "A copy runs from this folder already" in second.stderr
    assert stopped[0] == 0
    assert nothing == []
    assert orphans > 3
    assert "Demo programs" not in killed.said
    assert crashed[0] == 1
    assert "The worker process ended by itself" in crashed[1]
    assert left_over(place) == []


def test_every_secret_of_a_copy_is_readable_by_its_owner_alone(place, plain_environment):
    script = "from wsr import launch; launch.kept_secret(launch.VAR / 'secret.key')"
    environment = {**plain_environment, "WSR_DATA_DIR": str(place)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)

    assert (place / "secret.key").stat().st_mode & 0o777 == 0o600
    assert len((place / "secret.key").read_text()) > 60
