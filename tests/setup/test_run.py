"""`make run` from start to end: one copy with its demo, found again after kill -9, stopped whole, honest about a dead child."""

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.urls import reverse

from tests.celery_worker import wait_for
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
        """What it prints up to `words`; kills it after ten minutes."""
        timer = threading.Timer(600, self.process.kill)
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
        said, _ = self.process.communicate(timeout=300)
        return self.process.returncode, said


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


class Visitor:
    """Somebody with a browser that keeps cookies, at a running copy."""

    def __init__(self, port):
        self.address = f"http://localhost:{port}"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path):
        """The page after all redirects."""
        return self._ask(self.address + path)

    def post(self, path, **fields):
        """Send a form of a page that was looked at before; the page after all redirects."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        return self._ask(self.address + path, urlencode({"csrfmiddlewaretoken": token, **fields}).encode())

    def _ask(self, address, sent=None):
        with self.opener.open(address, sent) as answer:
            self.path = urlsplit(answer.url).path
            return answer.read().decode()


def signs_in(visitor, email, said):
    """Through the sign-in pages, with the password that was printed and the demo's page for the second factor."""
    password = re.search(r"^\s+(demo-\S+)$", said, re.MULTILINE)[1]
    visitor.get(reverse("programs:demo_code"))
    asked = visitor.post(reverse("account_login"), login=email, password=password)
    assert 'name="code"' in asked
    path = visitor.path
    code = re.search(r'class="code"[^>]*>(\d{6})<', visitor.post(reverse("programs:demo_code"), asked=email))[
        1
    ]
    visitor.post(path, code=code)
    assert visitor.path == "/inbox/"


def manage(place, environment, *arguments):
    """`make manage`, beside the copy that works on `place`, if one does."""
    return subprocess.run(
        [sys.executable, "-m", "wsr.launch", "manage", *arguments],
        cwd=ROOT, env={**environment, "WSR_DATA_DIR": str(place)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_newcomer_runs_a_copy_and_signs_in_and_it_survives_kill_9_and_stops(
    place, free_port, plain_environment
):
    first = Copy(place, free_port, plain_environment)
    second = subprocess.run(
        [sys.executable, "-m", "wsr.launch", "run"],
        cwd=ROOT, env={**plain_environment, "WSR_DATA_DIR": str(place)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    newcomer = Visitor(free_port)
    signs_in(newcomer, "farms.director@demo.example", first.said)
    path = reverse("programs:suppliers", args=["farms-demo"])
    suppliers = newcomer.get(path)
    wait_for(
        lambda: "Demo Farm Alder" in newcomer.get(reverse("registry:search")),
        what="the farms to be published",
    )
    code = manage(place, plain_environment, "demo_code", "dairy.director@demo.example")
    first.end(signal.SIGKILL)
    nobody = manage(place, plain_environment, "check_install")
    orphans = len(left_over(place))

    again = Copy(place, free_port, plain_environment)
    page = newcomer.get(path)
    stopped = again.end(signal.SIGINT)

    assert f"http://localhost:{free_port}/" in first.said
    assert "Demo programs" in first.said
    assert (second.returncode, len(second.stderr.splitlines())) == (1, 1)
    assert "A copy runs from this folder already" in second.stderr
    assert re.fullmatch(r"\d{6}", code.stdout.strip())
    assert (nobody.returncode, "No copy runs from this folder" in nobody.stderr) == (1, True)
    assert "Demo Growers One" in suppliers
    assert orphans > 3
    assert "Demo programs" not in again.said
    assert "Demo Growers One" in page
    assert stopped[0] == 0
    assert left_over(place) == []


SUPERVISED = """
import os, sys
from wsr import launch, supervisor

def run(_arguments):
    children = supervisor.Supervisor(launch.STATE, launch.LOGS)
    try:
        children.start("web", [sys.executable, "-c", "import signal; signal.pause()"], os.environ, launch.ROOT)
        children.start("worker", [sys.executable, "-c", "import sys; sys.exit('No such queue.')"], os.environ, launch.ROOT)
        children.watch()
    finally:
        children.stop()

launch.COMMANDS["run"] = run
sys.exit(launch.main(["run"]))
"""


def test_a_process_that_ends_by_itself_is_named_and_ends_the_others(place, plain_environment):
    done = subprocess.run(
        [sys.executable, "-c", SUPERVISED],
        cwd=ROOT, env={**plain_environment, "WSR_DATA_DIR": str(place)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "The worker process ended by itself with code 1; everything is stopped." in done.stderr
    assert "No such queue." in done.stderr
    assert left_over(place) == []


def test_every_secret_of_a_copy_is_readable_by_its_owner_alone(place, plain_environment):
    script = "from wsr import launch; launch.kept_secret(launch.VAR / 'secret.key')"
    environment = {**plain_environment, "WSR_DATA_DIR": str(place)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)

    assert (place / "secret.key").stat().st_mode & 0o777 == 0o600
    assert len((place / "secret.key").read_text()) > 60
