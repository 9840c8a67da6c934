"""Imports point down only, and Django's migrations are complete."""

import ast
import io
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("programs", "agreements", "audits", "complaints")
MAY_IMPORT = {
    "wsr": {"wsr"},
    "programs": {"wsr", "programs"},
    "agreements": {"wsr", "programs", "agreements"},
    "audits": {"wsr", "programs", "agreements", "audits"},
    "complaints": {"wsr", "programs", "agreements", "complaints"},
}
FILES = [path for top in MAY_IMPORT for path in sorted((ROOT / top).rglob("*.py"))]


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("top", MAY_IMPORT)
def test_imports_point_down(top):
    wrong = []
    for path in sorted((ROOT / top).rglob("*.py")):
        for name in _imported(path):
            first = name.split(".")[0]
            if first in MAY_IMPORT and first not in MAY_IMPORT[top]:
                meeting = {"audits": "complaints", "complaints": "audits"}.get(top)
                if first == meeting and name.split(".")[1:2] in (["operations"], ["queries"]):
                    continue
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_the_floor_plan_imports_downwards():
    """Inside an app: models know no operations, operations no views."""
    order = ["enums", "models", "queries", "operations", "forms", "documents", "views", "api"]
    wrong = []
    for path in FILES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        place = next((part for part in parts if part in order), None)
        if place is None or "migrations" in parts:
            continue
        app = ".".join(parts[: parts.index(place)])
        for name in _imported(path):
            other = name.removeprefix(f"{app}.").split(".")[0]
            if (
                name.startswith(f"{app}.")
                and other in order
                and place in ("enums", "models")
                and order.index(other) > order.index(place)
            ):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
            if (
                place in ("queries", "operations")
                and name.startswith(f"{app}.")
                and other in ("forms", "views", "api")
            ):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_a_room_of_the_floor_plan_is_one_file_or_one_package():
    """`inbox.py` or `inbox/`, never `inbox.py` beside `inbox_of_actions.py`: who looks for something finds all of it in one place."""
    rooms = (
        "enums", "models", "operations", "queries", "notices", "documents", "forms", "tables", "views", "api", "tasks",
        "demo", "inbox", "policies", "disclosure", "handover", "events", "fences",
    )  # fmt: skip
    apps = {path.parent for path in FILES if path.name == "models.py"}
    apps |= {path.parent.parent for path in FILES if path.parent.name == "models"}
    longer = tuple(f"{room}_" for room in rooms), tuple(f"_{room}" for room in rooms)
    wrong = [
        str(path.relative_to(ROOT))
        for path in FILES
        if path.parent in apps and (path.stem.startswith(longer[0]) or path.stem.endswith(longer[1]))
    ]
    assert wrong == []


def test_heavy_packages_are_imported_where_they_are_used():
    """Each costs every process a tenth of its start or more, and hardly any needs it."""
    heavy = ("openpyxl", "pyxform", "icalendar", "ftfy", "drf_spectacular", "wsr.imports.reading.workbooks", "wsr.api.schema")  # fmt: skip
    themselves = ("wsr/imports/reading/workbooks.py", "wsr/api/schema.py")
    wrong = []
    for path in FILES:
        name = str(path.relative_to(ROOT))
        if name in themselves or "/management/commands/" in name:
            continue
        for node in ast.parse(path.read_text()).body:
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                imported = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            wrong += [
                f"{name} imports {one}"
                for one in imported
                if f"{one}.".startswith(tuple(f"{h}." for h in heavy))
            ]
    assert wrong == []


def test_no_migration_is_missing(transactional_db):
    said = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said)
    assert said.getvalue().strip() == "No changes detected"


def test_top_level_is_as_ordered():
    allowed = {
        "manage.py", "wsr", "programs", "agreements", "complaints", "audits", "templates", "static", "tests",
        "pyproject.toml", "docker-compose.yml", "README.md", "LICENSE", "Makefile", "docs", "requirements", "var",
    }  # fmt: skip
    present = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__pycache__"))}
    assert present - allowed == set()
