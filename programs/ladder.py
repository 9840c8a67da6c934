"""What a program says about each rung of its ladder: one rule per rung and question, `ladder.<rung>.<name>`.

They are rules like all others: dated, with their provenance, and empty until somebody decides. A rung that nobody has decided
about sends no letter, asks for no meeting, has no limit and moves nothing by itself.
"""

from typing import Any

SECTION = "ladder"

# {name: (unit, what it asks, in words that follow the name of the rung)}
QUESTIONS: dict[str, tuple[str, str]] = {
    "limit": ("months", "time until it is reviewed"),
    "automatic": ("yes_no", "the next rung follows by itself when that time is over"),
    "at_once": ("yes_no", "may be reached without the rungs before it"),
    "meeting": ("yes_no", "a meeting is mandatory"),
    "letter_supplier": ("yes_no", "letter to the supplier"),
    "letter_brands": ("yes_no", "letter to the brands that source from it"),
    "letter_unions": ("yes_no", "letter to the worker organizations"),
    "letter_workers": ("yes_no", "letter to the workers, to be put up at the workplace"),
    "every_brand": ("yes_no", "every brand gets the duty to stop, also one that does not buy from it"),
    "group": ("yes_no", "holds for all suppliers of the same group"),
    "step_down": ("yes_no", "a supplier can return from it"),
    "return_condition": ("text", "what must be proven before it returns"),
}


def key_of(rung_key: str, name: str) -> str:
    """The key of the rule. Raises KeyError for a question that nobody asks."""
    QUESTIONS[name]
    return f"{SECTION}.{rung_key}.{name}"


def label_of(rung_label: str, name: str) -> str:
    """The rule in words."""
    return f"{rung_label}, {QUESTIONS[name][1]}"


def decided(rules: dict[str, Any], rung_key: str) -> dict[str, Any]:
    """{question: answer} of one rung out of {rule key: value}; None where nobody decided."""
    return {name: rules.get(key_of(rung_key, name)) for name in QUESTIONS}
