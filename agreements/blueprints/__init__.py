"""Templates of agreements: reviewed data files, each value with its certainty and source.

They are paraphrases in plain legal English, nobody's own words, and no legal advice: a lawyer of the program reads what is made of one.
A value nobody has published is empty, and the draft says so; the program fills it in.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from agreements.clauses import TYPES, checked
from agreements.enums import ClauseKind
from programs.enums import Certainty

FOLDER = Path(__file__).parent
ORDER = ("own", "fair_food_buyer", "accord_brand", "accord_country_annex", "milk_with_dignity_buyer")


class TemplateProblem(ValueError):
    """A template file does not hold together; the message names the file and the place."""


@dataclass(frozen=True)
class TemplateClause:
    """One clause of a template. `provenance`: {parameter: {certainty, source, note}}, also of those that are empty."""

    kind: ClauseKind
    title: str
    text: str
    certainty: str
    source: str
    values: dict[str, Any]
    provenance: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Template:
    """One template. `is_annex`: what is made of it belongs to another agreement."""

    key: str
    name: str
    summary: str
    is_annex: bool
    preamble: str
    governing_law: str
    clauses: tuple[TemplateClause, ...] = field(default=())


@cache
def templates() -> dict[str, Template]:
    """Every template by its key, the program's own first. Raises TemplateProblem."""
    return {key: read(FOLDER / f"{key}.yaml") for key in ORDER}


def read(path: Path) -> Template:
    """The template in a file. Raises TemplateProblem."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        sources = data.get("sources", {})
        return Template(
            key=data["key"],
            name=data["name"],
            summary=data["summary"],
            is_annex=data.get("annex", False),
            preamble=_unwrapped(data.get("preamble", "")),
            governing_law=data.get("governing_law", ""),
            clauses=tuple(_clause(entry, sources) for entry in data["clauses"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise TemplateProblem(f"{path.name}: {error}") from error


def _clause(entry: dict[str, Any], sources: dict[str, str]) -> TemplateClause:
    kind = ClauseKind(entry["kind"])
    declared = {parameter.name for parameter in TYPES[kind].parameters}
    values, provenance = {}, {}
    for name, said in entry.get("parameters", {}).items():
        if name not in declared:
            raise ValueError(f"{entry['title']}: a clause of this kind has no {name}")
        provenance[name] = _mark(said, sources, f"{entry['title']}, {name}")
        if said.get("value") is not None:
            values[name] = said["value"]
    mark = _mark(entry, sources, entry["title"])
    return TemplateClause(
        kind=kind,
        title=entry["title"],
        text=entry["text"].strip() if kind == ClauseKind.DEFINITIONS else _unwrapped(entry["text"]),
        certainty=mark["certainty"],
        source=mark["source"],
        values=checked(kind, values, complete=False),
        provenance=provenance,
    )


def _unwrapped(text: str) -> str:
    """Paragraphs without the line ends of the file."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _mark(said: dict[str, Any], sources: dict[str, str], where: str) -> dict[str, str]:
    """Certainty, source and note of a clause or value. What is documented names its source; what is unknown is empty."""
    certainty = Certainty(said["certainty"])
    named = said.get("source", [])
    if certainty in (Certainty.DOCUMENTED, Certainty.PARTIAL) and not named:
        raise ValueError(f"{where}: a documented value names its source")
    if certainty == Certainty.UNKNOWN and said.get("value") is not None:
        raise ValueError(f"{where}: an unknown value is empty")
    return {
        "certainty": certainty.value,
        "source": "; ".join(sources[key] for key in named),
        "note": said.get("note", ""),
    }
