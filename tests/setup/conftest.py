"""A folder for servers and running copies of these tests alone, inside the checkout and short-lived."""

import os
import shutil
import socket
import uuid
from pathlib import Path

import pytest

from wsr import services

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def place():
    """An empty folder that a system user can enter; whatever still runs in it is stopped at the end."""
    folder = ROOT / "var" / "test" / f"setup-{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True)
    yield folder
    services.stop_services(folder)
    shutil.rmtree(folder)


@pytest.fixture
def plain_environment():
    """The environment of a person's terminal: nothing of this test run's settings."""
    ours = ("WSR_", "DATABASE_URL", "REDIS_URL", "DJANGO_", "PYTEST_", "PORT", "CI")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture
def free_port():
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
