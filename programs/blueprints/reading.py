"""Reads a blueprint file and refuses it, with one sentence that names the place, when it does not hold together."""

import re
from pathlib import Path
from typing import Any

import yaml

from programs import ladder
from programs.blueprints import units
from programs.blueprints.shapes import (
    Blueprint,
    Body,
    Certainty,
    Leaf,
    Provision,
    Rule,
    Severity,
    Source,
    Standing,
)

try:  # seven times as quick, where the package was built with it
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

FOLDER = Path(__file__).parent
FORMAT = 1
STANDING_KINDS = ("in_good_standing", "on_notice", "probation", "suspended", "terminated", "withdrawn")
OFF_THE_LADDER = ("in_good_standing", "withdrawn")
LEAF_KEYS = {"value", "unit", "certainty", "source", "note", "label"}
SOURCE_ID = re.compile(r"\b[A-Z]\d{1,2}\b")
NEEDS_SOURCE = (Certainty.DOCUMENTED, Certainty.PARTIAL)


class BlueprintProblem(ValueError):
    """A blueprint file does not hold together; the message names the file and the place."""


def read(path: Path, *, questions: Blueprint | None = None) -> Blueprint:
    """The blueprint in the file at `path`. Raises BlueprintProblem.

    `questions` is the empty blueprint: labels are taken from it, and what the file does not answer is unknown.
    """
    return _Reader(path, questions).blueprint()


class _Reader:
    """One file being read; `self.where` is the place a problem is reported at."""

    def __init__(self, path: Path, questions: Blueprint | None) -> None:
        self.path = path
        self.where = ""
        self.questions = {rule.key: rule for rule in questions.rules} if questions else {}
        self.titles = questions.sections if questions else {}
        self.sources: dict[str, Source] = {}
        self.used: set[str] = set()

    def blueprint(self) -> Blueprint:
        """The whole file, section by section."""
        data = self._load()
        self.sources = {
            key: self._source(key, entry) for key, entry in self._get(data, "sources", dict).items()
        }
        standings = tuple(self._standing(entry) for entry in self._get(data, "standings", list))
        severities = tuple(self._severity(entry) for entry in self._get(data, "severities", list))
        code = self._get(data, "code", dict)
        provisions = tuple(self._provision(entry) for entry in self._get(code, "provisions", list))
        bodies = tuple(self._body(entry) for entry in self._get(data, "bodies", list))
        sections = self._get(data, "rules", dict)
        blueprint = Blueprint(
            key=self._get(data, "key", str),
            name=self._get(data, "name", str),
            summary=self._get(data, "summary", str),
            bodies=bodies,
            sources=self.sources,
            standings=standings,
            severities=severities,
            code_title=self._get(code, "title", str),
            code_version=code.get("version"),
            provisions=provisions,
            sections=self.titles | {key: self._section_title(key, rules) for key, rules in sections.items()},
            rules=self._with_questions(
                [rule for key, rules in sections.items() for rule in self._rules(key, rules)]
            ),
        )
        self._check_whole(blueprint)
        return blueprint

    def _load(self) -> dict[str, Any]:
        try:
            data = yaml.load(self.path.read_text(encoding="utf-8"), Loader=_OnceLoader)  # noqa: S506 -- a SafeLoader
        except (OSError, yaml.YAMLError) as error:
            raise self._problem(f"it cannot be read: {error}") from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise self._problem(f"“format” must be {FORMAT}")
        return data

    def _source(self, key: str, entry: Any) -> Source:
        self.where = f"sources.{key}"
        title, address = self._get(entry, "title", str), self._get(entry, "address", str)
        if not title or not address:
            raise self._problem("a source needs a title and an address")
        return Source(key, title, address, tuple(entry.get("also", ())))

    def _leaf(self, entry: Any, where: str) -> Leaf:
        self.where = where
        missing = {"value", "unit", "certainty", "source"} - set(entry if isinstance(entry, dict) else ())
        if missing:
            raise self._problem(f"it has no {', '.join(sorted(missing))}")
        if strange := set(entry) - LEAF_KEYS:
            raise self._problem(f"{', '.join(sorted(strange))} is not known here")
        try:
            certainty = Certainty(entry["certainty"])
        except ValueError as error:
            raise self._problem(f"“{entry['certainty']}” is not a certainty") from error
        if sentence := units.problem(entry["unit"], entry["value"]):
            raise self._problem(f"its value does not fit. {sentence}")
        note = entry.get("note", "")
        self._cited(SOURCE_ID.findall(note))
        leaf = Leaf(entry["value"], entry["unit"], certainty, self._cited(entry["source"]), note)
        self._check_certainty(leaf)
        return leaf

    def _cited(self, ids: Any) -> tuple[Source, ...]:
        if not isinstance(ids, list):
            raise self._problem("“source” must be a list of source ids")
        if unlisted := [key for key in ids if key not in self.sources]:
            raise self._problem(f"source {unlisted[0]} is not in the table of sources")
        self.used.update(ids)
        return tuple(self.sources[key] for key in ids)

    def _check_certainty(self, leaf: Leaf) -> None:
        if (leaf.value is None) != (leaf.certainty is Certainty.UNKNOWN):
            raise self._problem("a value is empty exactly when its certainty is unknown")
        if leaf.certainty in NEEDS_SOURCE and not leaf.sources:
            raise self._problem(f"a {leaf.certainty} value needs a source")

    def _body(self, entry: Any) -> Body:
        key = self._get(entry, "key", str)
        return Body(
            key, self._get(entry, "label", str), self._leaf(entry.get("example"), f"bodies.{key}.example")
        )

    def _standing(self, entry: Any) -> Standing:
        key = self._get(entry, "key", str)
        kind = self._get(entry, "kind", str)
        if kind not in STANDING_KINDS:
            raise self._problem(f"standing {key}: “{kind}” is not one of {', '.join(STANDING_KINDS)}")
        leaves = {
            name: self._leaf(entry.get(name), f"standings.{key}.{name}")
            for name in ("exists", "stops_purchases", "is_public")
        }
        return Standing(
            key=key,
            label=self._get(entry, "label", str),
            kind=kind,
            ladder=self._ladder(key, kind, entry.get("ladder", {})),
            **leaves,
        )

    def _ladder(self, key: str, kind: str, entries: dict[str, Any]) -> dict[str, Leaf]:
        """What the blueprint says about a rung; the questions it does not name are unknown."""
        self.where = f"standings.{key}.ladder"
        if strange := set(entries) - set(ladder.QUESTIONS):
            raise self._problem(f"{min(strange)} is not a question of the ladder")
        if kind in OFF_THE_LADDER:
            return {}
        found = {}
        for name, (unit, _words) in ladder.QUESTIONS.items():
            found[name] = Leaf(None, unit, Certainty.UNKNOWN)
            if name in entries:
                found[name] = self._leaf({"unit": unit, **entries[name]}, f"standings.{key}.ladder.{name}")
        return found

    def _severity(self, entry: Any) -> Severity:
        key = self._get(entry, "key", str)
        names = ("exists", "consequence", "may_be_cured", "shortest_purchase_stop")
        leaves = {name: self._leaf(entry.get(name), f"severities.{key}.{name}") for name in names}
        return Severity(key=key, label=self._get(entry, "label", str), **leaves)

    def _provision(self, entry: Any) -> Provision:
        number = self._get(entry, "number", str)
        return Provision(
            number=number,
            part=self._get(entry, "part", str),
            text=self._leaf(entry.get("text"), f"code.{number}.text"),
            severity=self._leaf(entry.get("severity"), f"code.{number}.severity"),
        )

    def _section_title(self, key: str, rules: Any) -> str:
        self.where = f"rules.{key}"
        title = rules.get("title") or self.titles.get(key) if isinstance(rules, dict) else None
        if not title:
            raise self._problem("the section has no title")
        return title

    def _rules(self, section: str, entries: dict[str, Any]) -> list[Rule]:
        rules = []
        for name, entry in entries.items():
            if name == "title":
                continue
            key = f"{section}.{name}"
            leaf = self._leaf(entry, f"rules.{key}")
            asked = self.questions.get(key)
            label = entry.get("label") or (asked.label if asked else "")
            if not label:
                raise self._problem("it has no label, and the empty blueprint does not ask for it")
            rules.append(Rule(key, section, label, leaf))
        return rules

    def _with_questions(self, rules: list[Rule]) -> tuple[Rule, ...]:
        """The rules and, unknown, the questions that the file does not answer; section by section as the empty one has them."""
        answered = {rule.key for rule in rules}
        rules = rules + [asked for key, asked in self.questions.items() if key not in answered]
        order = list(dict.fromkeys([*self.titles, *(rule.section for rule in rules)]))
        return tuple(sorted(rules, key=lambda rule: order.index(rule.section)))

    def _check_whole(self, blueprint: Blueprint) -> None:
        self.where = ""
        for kind, keys in (
            ("standing", [rung.key for rung in blueprint.standings]),
            ("severity", [severity.key for severity in blueprint.severities]),
            ("provision", [provision.number for provision in blueprint.provisions]),
        ):
            if twice := {key for key in keys if keys.count(key) > 1}:
                raise self._problem(f"{kind} {min(twice)} is there twice")
        severities = {None} | {severity.key for severity in blueprint.severities}
        for provision in blueprint.provisions:
            if provision.severity.value not in severities:
                raise self._problem(f"provision {provision.number} has a severity that is not in the list")
        if idle := set(self.sources) - self.used:
            raise self._problem(f"source {min(idle)} is not used by any value")

    def _get(self, entry: Any, name: str, kind: type) -> Any:
        value = entry.get(name) if isinstance(entry, dict) else None
        if not isinstance(value, kind):
            raise self._problem(f"“{name}” is missing or not a {kind.__name__}")
        return value

    def _problem(self, sentence: str) -> BlueprintProblem:
        place = f"{self.path.name}, {self.where}" if self.where else self.path.name
        return BlueprintProblem(f"{place}: {sentence}.")


class _OnceLoader(SafeLoader):
    """SafeLoader that refuses a key written twice in one mapping, which YAML would silently drop."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _value in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"{key} is written twice")
        return super().construct_mapping(node, deep=deep)
