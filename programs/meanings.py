"""What each rung and each severity means, as rules: `ladder.<rung>.<field>` and `severity.<severity>.<field>`.

They are rules like all others: dated, with their provenance, changed from a day on and never before. The columns of `Rung` and `Severity`
say what these rules say today (`operations.meanings.take_effect`); what they said on another day is read by `queries.meanings`.
"""

from programs import ladder

SEVERITY = "severity"

# {section: {column: (unit, what it asks, in words that follow the name)}}
FIELDS: dict[str, dict[str, tuple[str, str]]] = {
    ladder.SECTION: {
        "label": ("text", "its name"),
        "stops_purchases": ("yes_no", "brands must stop buying"),
        "is_public": ("yes_no", "shown in public"),
    },
    SEVERITY: {
        "label": ("text", "its name"),
        "consequence": ("text", "what follows from it"),
    },
}
LONGEST = {"label": 100, "consequence": 2000}  # characters


def key_of(section: str, step_key: str, field: str) -> str:
    """The key of the rule. Raises KeyError for a field that is none."""
    FIELDS[section][field]
    return f"{section}.{step_key}.{field}"


def label_of(section: str, step_label: str, field: str) -> str:
    """The rule in words."""
    return f"{step_label}, {FIELDS[section][field][1]}"


def parts(key: str) -> tuple[str, str, str] | None:
    """(section, key of the rung or severity, column) of a rule that is such a field; None for any other rule."""
    section, _dot, rest = key.partition(".")
    step_key, _dot, field = rest.rpartition(".")
    return (section, step_key, field) if step_key and field in FIELDS.get(section, ()) else None
