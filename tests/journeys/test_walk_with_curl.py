"""The walk of docs/auditor-api.md, block by block as it stands there, in one shell against a live server."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from audits.enums import ActionState
from audits.models import CorrectiveAction, Evidence, Finding, Inspection, Interview, Response
from tests import factories
from tests.audits import making
from tests.files.making import jpeg
from wsr.tenancy import program_scope

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "auditor-api.md"
END = "the-block-is-done"


def blocks() -> list[str]:
    """The commands of the walk, in their order."""
    walk = DOCUMENT.read_text().partition("## A walk with curl")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```", walk, re.M | re.S)


class Shell:
    """One bash that keeps its variables from block to block, as a reader's would."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "NO_PROXY": "*", "no_proxy": "*"}
        self.process = subprocess.Popen(
            ["bash"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env=environment,
        )

    def __call__(self, block: str) -> str:
        """What it prints. A refusal of the server, or a command that fails, is a mistake in the document."""
        self.process.stdin.write(f"{block}\necho {END} $?\n")
        self.process.stdin.flush()
        said = []
        for line in self.process.stdout:
            before, mark, status = line.rpartition(END)
            if mark:
                said.append(before)
                break
            said.append(line)
        text = "".join(said)
        assert (status.strip(), "/problems/" in text, "Traceback" in text) == ("0", False, False), text
        return text

    def end(self) -> None:
        """Leave it."""
        self.process.communicate("exit\n", timeout=30)


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "door.jpg").write_bytes(jpeg(salt="door", tail=b"\0" * 100_000))
    running = Shell(tmp_path)
    yield running
    running.end()


def allow(client, person, user_code: str) -> None:
    """What the auditor does on her computer."""
    factories.sign_in(client, person)
    page = client.post("/device/", {"code": user_code})
    scopes = [value for value, _words in page.context["form"].fields["scopes"].choices]
    answer = {"answer": "allow", "name": "Field phone", "programs": ["0"], "scopes": scopes, "days": "30"}
    assert b"Field phone" not in client.post("/device/", {"code": user_code, **answer}).content


def test_the_walk_works_as_it_is_written(transactional_db, live_server, client, shell, settings):
    program = factories.program("harvest")
    making.floor(program, "50")
    visit = making.inspection(program)
    fixed = making.action(program, workplace=visit.place, state=ActionState.REPORTED)
    setting_up, code, token, *rest = blocks()
    place = f"HOST={live_server.url}"
    assert setting_up.count("HOST=https://wsr.example.org\nPROGRAM=harvest ") == 1

    shell(setting_up.replace("HOST=https://wsr.example.org", place))
    allow(client, visit.lead, shell(code).split()[-1])
    shell(token)
    said = [shell(block) for block in rest]

    assert '"interviews_needed":60' in "".join(said).replace(" ", "")
    [sent] = [text for text in said if '"results"' in text]
    assert (sent.count("applied"), sent.count("duplicate")) == (3, 3)
    with program_scope(program.pk):
        assert Inspection.objects.get().state == "submitted"
        assert [model.objects.count() for model in (Finding, Interview, Response, Evidence)] == [1, 1, 1, 1]
        assert Evidence.objects.get().finding_id == Finding.objects.get().pk
        assert CorrectiveAction.objects.get(pk=fixed.pk).state == ActionState.VERIFIED
