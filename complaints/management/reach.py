"""Which texts the code of workers' pages can say, found by reading it: what a page calls, and what that calls, as far as workers are concerned."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils import translation

ROOT: Path = settings.BASE_DIR
# What a page for workers shows comes from here; what lies elsewhere speaks to staff.
_REACHES = (
    "complaints.forms",
    "complaints.operations",
    "complaints.queries",
    "complaints.wording",
    "complaints.short_texts",
    "wsr.vault",
    "wsr.files",
)
# Refusals of the state machine itself. An act of a worker refuses before, in words of its own.
_NEVER = frozenset({"complaints.operations.states"})
_MARKS = frozenset(
    {"gettext", "gettext_noop", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
)
_SAYS_TWO = frozenset({"ngettext", "ngettext_lazy"})
_BEGINS_WITH_CONTEXT = frozenset({"pgettext", "pgettext_lazy"})


@dataclass
class Module:
    """One file: what it defines, what it imports, under which names it marks texts."""

    defined: dict[str, list[ast.AST]] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # name here -> (module, name there or "")
    marks: dict[str, str] = field(default_factory=dict)


def pages() -> list[Path]:
    """The modules of views that have a page for workers."""
    found = (ROOT / "complaints" / "views").glob("*.py")
    return [path for path in sorted(found) if "worker_page" in path.read_text()]


def texts() -> set[str]:
    """Every text that the pages for workers can say from Python, and what their templates ask of choices."""
    said = {text for where in reached() for node in _nodes(*where) for text in _said(node, _read(where[0]))}
    return said | set(_displayed())


@cache
def reached() -> frozenset[tuple[str, str]]:
    """Modules and the names in them that the pages for workers lead to; an empty name stands for the whole module."""
    seen: set[tuple[str, str]] = set()
    todo = [(f"complaints.views.{path.stem}", "") for path in pages()] + [("complaints.wording", "")]
    todo.append(("complaints.short_texts", "TEXTS"))  # what is sent to a phone
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += [there for node in _nodes(*here) for there in _used(node, here[0], _read(here[0]))]
    return frozenset(seen)


def _nodes(module: str, name: str) -> list[ast.AST]:
    defined = _read(module).defined
    return defined.get(name, []) if name else [node for some in defined.values() for node in some]


def _displayed() -> Iterator[str]:
    """The words of choices that a template shows: `get_kind_display`."""
    pages = (ROOT / "templates" / "complaints" / "worker").glob("*.html")
    names = {name for page in pages for name in re.findall(r"get_(\w+)_display", page.read_text())}
    with translation.override("en"):
        for model in apps.get_app_config("complaints").get_models():
            for column in model._meta.get_fields():
                if column.name in names and getattr(column, "choices", None):
                    yield from (str(label) for _value, label in column.choices)


@cache
def _read(name: str) -> Module:
    module = Module()
    path = _path(name)
    for node in ast.parse(path.read_text()).body if path else []:
        if isinstance(node, ast.ImportFrom) and node.module:
            _note_import(module, node)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            module.defined.setdefault(node.name, []).append(node)
        else:
            names = [
                one.id
                for one in ast.walk(node)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            ]
            for name_here in names or [""]:
                module.defined.setdefault(name_here, []).append(node)
    return module


def _note_import(module: Module, node: ast.ImportFrom) -> None:
    for alias in node.names:
        name = alias.asname or alias.name
        if node.module == "django.utils.translation":
            if alias.name in _MARKS:
                module.marks[name] = alias.name
        elif _path(whole := f"{node.module}.{alias.name}"):
            module.imported[name] = (whole, "")
        else:
            module.imported[name] = (str(node.module), alias.name)


def _path(name: str) -> Path | None:
    if not f"{name}.".startswith(
        (*(f"{one}." for one in _REACHES), "complaints.views.", "complaints.enums.")
    ):
        return None
    path = ROOT / f"{name.replace('.', '/')}.py"
    return path if path.is_file() else None


def _said(node: ast.AST, module: Module) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in module.marks:
            kind = module.marks[call.func.id]
            first = 1 if kind in _BEGINS_WITH_CONTEXT else 0
            for said in call.args[first : first + (2 if kind in _SAYS_TWO else 1)]:
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield said.value


def _used(node: ast.AST, here: str, module: Module) -> Iterator[tuple[str, str]]:
    """What a definition leads to: others of its module, and those of modules that it names."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and one.id in module.defined and _leads(here, one.id):
            yield here, one.id
        if isinstance(one, ast.Name) and one.id in module.imported:
            there, name = module.imported[one.id]
            if name and _leads(there, name):
                yield there, name
        if (
            isinstance(one, ast.Attribute)
            and isinstance(one.value, ast.Name)
            and one.value.id in module.imported
        ):
            there, name = module.imported[one.value.id]
            if not name and _leads(there, one.attr):
                yield there, one.attr
            if there == "complaints.enums" and one.attr in ("choices", "labels"):
                yield there, name


def _leads(module: str, name: str) -> bool:
    """Tables of `complaints.enums` are words for workers where her pages name them; its classes are the words of staff."""
    if module in _NEVER or not _path(module):
        return False
    if module == "complaints.enums":
        return not any(isinstance(node, ast.ClassDef) for node in _read(module).defined.get(name, []))
    return True
