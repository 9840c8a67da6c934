"""Public functions of operations, queries, tasks and models carry types and a docstring."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("operations", "queries", "tasks", "models")


def _rooms():
    for top in ("wsr", "programs", "agreements", "audits", "complaints"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts and any(part in ROOMS for part in parts):
                yield path


def _public(tree: ast.Module):
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
                    yield item


def test_public_signatures_are_typed_and_explained():
    wrong = []
    for path in _rooms():
        for function in _public(ast.parse(path.read_text())):
            arguments = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
            untyped = [a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}]
            if untyped or function.returns is None or not ast.get_docstring(function):
                wrong.append(f"{path.relative_to(ROOT)}:{function.lineno} {function.name} {untyped}")
    assert wrong == []
