"""Settings fail at the start, by name, and are safe by default."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "PATH": os.environ["PATH"],
    "WSR_SECRET_KEY": "".join(f"{number:x}" for number in range(70)),
    "WSR_BASE_URL": "https://wsr.example.org",
    "DATABASE_URL": "postgres://owner:secret@127.0.0.1:5/wsr",
    "WSR_MAIL_URL": "smtp://wsr:secret@mail.example.org:587",
    "WSR_SIGNING_KEY": "c2lnbmluZyBrZXkgdXNlZCBpbiB0ZXN0cyBvbmx5ISE=",
}


def _manage(environment, *args):
    return subprocess.run(
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_is_clean():
    answer = _manage(GOOD, "check", "--deploy", "--fail-level", "WARNING")
    assert (answer.returncode, answer.stdout.strip()) == (
        0,
        "System check identified no issues (0 silenced).",
    ), answer.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"WSR_SECRET_KEY": None}, "Set WSR_SECRET_KEY"),
        ({"WSR_SECRET_KEY": "short"}, "WSR_SECRET_KEY must be at least 50"),
        ({"WSR_BASE_URL": None}, "Set WSR_BASE_URL"),
        ({"WSR_BASE_URL": "example"}, "WSR_BASE_URL must look like"),
        ({"DATABASE_URL": None}, "Set APP_DATABASE_URL"),
        ({"DATABASE_URL": "mysql://x/y"}, "A database URL must look like"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL must look like"),
        ({"WSR_DEBUG": "maybe"}, "WSR_DEBUG must be 1 or 0"),
        ({"WSR_MAX_UPLOAD_BYTES": "many"}, "WSR_MAX_UPLOAD_BYTES must be a whole number"),
        ({"WSR_CLAMAV": "clamd"}, "WSR_CLAMAV must look like"),
    ],
)
def test_what_is_wrong_is_named(change, named):
    environment = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    answer = _manage(environment, "check")
    assert answer.returncode != 0
    assert named in answer.stderr


def test_safe_by_default():
    script = (
        "from django.conf import settings as s; print(s.DEBUG, s.DEMO, s.SECURE_HSTS_SECONDS > 0, s.SECURE_SSL_REDIRECT, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.ALLOWED_HOSTS, sorted(str(v) for v in s.SECURE_CSP['script-src']))"
    )
    answer = _manage(GOOD, "shell", "-v0", "-c", script)
    expected = "False False True True True True ['wsr.example.org'] "
    assert answer.stdout.strip() == expected + "[\"'self'\"]", answer.stderr
