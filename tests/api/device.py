"""The auditor's device of tests: a typed Python client, generated from the description, against a live server.

    def test_…(field_device, live_server):
        phone = field_device(ana)
        me = wsr_client.api.me.me_read.sync("garment", client=phone)

The client is generated once per description into var/clients; nothing of it is committed.
"""

import hashlib
import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.api.letting_in import let_in

ROOT = Path(__file__).resolve().parent.parent.parent
DESCRIPTION = ROOT / "docs" / "api" / "openapi.yaml"
CONFIG = "project_name_override: wsr_client\npackage_name_override: wsr_client\npost_hooks: []\n"


def generated() -> ModuleType:
    """The package `wsr_client`, made where it is not there yet."""
    mark = hashlib.sha256(DESCRIPTION.read_bytes()).hexdigest()[:16]
    folder = ROOT / "var" / "clients" / mark
    if not (folder / "wsr_client").is_dir():
        _generate(folder)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module("wsr_client")


def _generate(folder: Path) -> None:
    """Beside its place, then moved there: two test processes may do so at once."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"fresh-{os.getpid()}"
    config = folder / f"config-{os.getpid()}.yaml"
    config.write_text(CONFIG)
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += [
        "--path",
        str(DESCRIPTION),
        "--output-path",
        str(fresh),
        "--config",
        str(config),
        "--fail-on-warning",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.fail(f"No client can be generated: {answer.stdout}{answer.stderr}")
    try:
        fresh.rename(folder / "wsr_client")
    except OSError:  # another process was quicker
        if not (folder / "wsr_client").is_dir():
            raise


@pytest.fixture
def field_device(live_server):
    """`field_device(person)`: a signed-in client of a new device that she let in; `scopes` as in `let_in`."""
    client_class = generated().AuthenticatedClient

    def signed_in(person, **granted):
        return client_class(
            base_url=live_server.url, token=let_in(person, **granted), raise_on_unexpected_status=True
        )

    return signed_in
