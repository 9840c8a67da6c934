"""Everything a blueprint says as rules of a program: its settings, its bodies, and what its severities and rungs mean."""

from programs import ladder, meanings
from programs.blueprints.shapes import Blueprint, Leaf, Rule, Severity, Standing


def rules_of(found: Blueprint) -> list[Rule]:
    """The rules that a program gets when it starts from the blueprint, in the order of the pages."""
    rows = list(found.rules)
    rows += [Rule(f"bodies.{body.key}", "bodies", body.label, body.example) for body in found.bodies]
    for severity in found.severities:
        rows += _meanings(meanings.SEVERITY, severity, {"consequence": severity.consequence})
        for name, says, leaf in (
            ("may_be_cured", "may be put right", severity.may_be_cured),
            ("shortest_stop", "shortest stop of purchases", severity.shortest_purchase_stop),
        ):
            key = f"{meanings.SEVERITY}.{severity.key}.{name}"
            rows.append(Rule(key, meanings.SEVERITY, f"{severity.label}, {says}", leaf))
    for rung in found.standings:
        said = {"stops_purchases": rung.stops_purchases, "is_public": rung.is_public}
        rows += _meanings(ladder.SECTION, rung, said)
        for name, leaf in rung.ladder.items():
            label = ladder.label_of(rung.label, name)
            rows.append(Rule(ladder.key_of(rung.key, name), ladder.SECTION, label, leaf))
    return rows


def _meanings(section: str, step: Standing | Severity, said: dict[str, Leaf]) -> list[Rule]:
    """What a rung or severity means; that it is there is what makes its name sure."""
    name = Leaf(step.label, "text", step.exists.certainty, step.exists.sources, step.exists.note)
    return [
        Rule(
            meanings.key_of(section, step.key, field),
            section,
            meanings.label_of(section, step.label, field),
            leaf,
        )
        for field, leaf in {"label": name, **said}.items()
    ]
