"""The form of what is published: everything besides the records that decides how their files are written.

A publication writes the files of changed records and links the others, which is only right while both are written alike. So the
form is kept beside a publication as one hash, and the first publication under another form writes every file anew.
"""

import inspect
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.template.base import FilterExpression, Node
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode

from wsr.registry import disclosure, linked, pages, verify
from wsr.registry.enums import Act
from wsr.tenancy.models import Program

_TEMPLATES = ("record", "program", "verify_program", "publication", "dictionary")


def fingerprint(program: Program) -> str:
    """SHA-256 (hex) over the templates, the words of the columns, the code that writes, and one page per kind, in the active language.

    The pages bring in what no source says: names of style sheets, the program's name, addresses.
    """
    sources: dict[str, str] = {}
    for name in _TEMPLATES:
        _collect(f"registry/{name}.html", sources)
    samples = [pages.record_page(_sample(kind), program).decode() for kind in disclosure.kinds()]
    said = [
        disclosure.schema(),
        sources,
        samples,
        inspect.getsource(pages),
        inspect.getsource(linked),
        settings.DATA_LICENSE,
        inspect.getsource(verify),
    ]
    return sha256(verify.canonical(said)).hexdigest()


def _collect(name: str, sources: dict[str, str]) -> None:
    """The source of a template and of all that it extends and includes."""
    if name in sources:
        return
    template = get_template(name).template
    sources[name] = template.source
    for node in template.nodelist.get_nodes_by_type((ExtendsNode, IncludeNode)):
        if (other := _named(node)) is not None:
            _collect(other, sources)


def _named(node: Node) -> str | None:
    """The template that a node names in so many words; one that only the page knows is none of ours."""
    named: FilterExpression = node.parent_name if isinstance(node, ExtendsNode) else node.template
    return named.var.partition("#")[0] if isinstance(named.var, str) else None


def _sample(kind: str) -> dict[str, Any]:
    disclosed = {
        "content": {"name": "Name"},
        "withheld": {},
        "effective_on": None,
        "published_at": "2026-01-01T00:00:00Z",
    }
    version = {
        "version": 1,
        "publication": 1,
        "act": Act.FIRST,
        "leaf_index": 0,
        "commitment": "",
        "disclosed": disclosed,
    }
    return {"public_id": "1" * 10, "kind": kind, "versions": [version]}
