"""The web process as production starts it, on the database that is measured."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from django.conf import settings

from tests.database import ROOT
from wsr.processes import accepts

SECONDS = 60


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def served(*, behind_proxy: bool = False) -> Iterator[int]:
    """The port of a web process with compressed static files and four threads, until the end."""
    port = free_port()
    environment = _environment(port) | ({"WSR_BEHIND_PROXY": "1"} if behind_proxy else {})
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(collect, env=environment, cwd=ROOT, check=True)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", f"{port}", "--blocking-threads", "4", "--no-access-log", "wsr.wsgi:application"]
    with (settings.DATA_DIR / "web.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            until = time.monotonic() + SECONDS
            while not accepts(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"The web process did not start; see {settings.DATA_DIR / 'web.log'}.")
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait()


def _environment(port: int) -> dict[str, str]:
    """Settings of production with the database, folders and keys of this run."""
    address, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wsr.settings",
        "DATABASE_URL": f"{address}/{settings.DATABASES['default']['NAME']}",
        "WSR_BASE_URL": f"http://127.0.0.1:{port}",
        "WSR_ALLOWED_HOSTS": "127.0.0.1",
        "WSR_DATA_DIR": str(settings.DATA_DIR),
        "WSR_SIGNING_KEY": settings.SIGNING_KEY,
        "WSR_VAULT_KEY": settings.VAULT_KEY,
        "WSR_VAULT_PEPPER": settings.VAULT_PEPPER,
        "CELERY_SKIP_CHECKS": "1",
    }
