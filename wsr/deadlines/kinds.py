"""The kinds of clocks. A room declares its own in `deadlines.py`; the platform finds the list by name.

    KINDS = [
        ClockKind(
            key="agreements.dispute_decided",
            label=_("Petition, to the decision of the committee"),
            length_key="clocks.dispute_decided",
            actor=_("The committee"),
            permission=Permission.DISPUTE_DECIDE,
            ladder=(
                Rung("reminder", _("One week left"), after=-7),
                Rung("undecided", _("Not decided in time"), effect="agreements.operations.disputes.mark_undecided"),
                Rung("director", _("A week late"), after=7),
            ),
        ),
    ]

An effect is called as `effect(clock=…, rung=…, at=…)` inside the program's scope (audience staff, nobody signed in) and inside the
transaction that fires the rung: what it writes and that the rung fired are kept together or not at all. It runs once.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from wsr.deadlines.enums import CatchUp, Unit
from wsr.ui.navigation import discover

DUE = "due"
MISSED = "deadline_missed."  # and the key of a kind: what webhooks are told of it


@dataclass(frozen=True)
class Rung:
    """One step of a ladder. `after`: units from the moment the clock is due; negative is before it, 0 is that moment.

    `unit` is what `after` counts (days: the end of that day in the program's time zone). `length_key`: the program's own length
    for this step, in place of `after`; with `after=None` there is no such step until the program has set one.
    `effect`: a function, or its dotted path. `tells`: the people concerned get a notice.
    """

    key: str
    label: Any
    after: int | None = 0
    unit: Unit = Unit.DAYS
    effect: Callable[..., None] | str | None = None
    length_key: str = ""
    tells: bool = True

    def act(self, **said: Any) -> None:
        """Run the effect; nothing where there is none."""
        if self.effect is not None:
            function = import_string(self.effect) if isinstance(self.effect, str) else self.effect
            function(**said)


@dataclass(frozen=True)
class ClockKind:
    """What one kind of clock waits for. `length_key` names the program's length; empty where a clause always gives it.

    `actor`: who must act, in words. `permission`: which staff see it in their work and are told; directors where None.
    `pause_ceiling`: how many days it may be paused in total; None: never. `extension_ceiling`: how often it may be extended.
    A ladder without a step at the due moment gets one. `webhook`: endpoints can subscribe to its being missed; only for what those
    whom it concerns outside the program know of already.
    """

    key: str
    label: Any
    length_key: str = ""
    ladder: tuple[Rung, ...] = ()
    actor: Any = ""
    permission: Any = None
    pause_ceiling: int | None = None
    extension_ceiling: int | None = 0
    catch_up: CatchUp | str = CatchUp.EACH
    webhook: bool = False

    @functools.cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """The whole ladder, with its step at the due moment."""
        if any(rung.after == 0 and not rung.length_key for rung in self.ladder):
            return self.ladder
        return (*self.ladder, Rung(DUE, _("The limit has passed")))

    def rung(self, key: str) -> Rung | None:
        """The step with this key; None where the ladder has it no longer."""
        return next((rung for rung in self.rungs if rung.key == key), None)

    @property
    def acts(self) -> bool:
        """Whether any step does something beyond being recorded and told."""
        return any(rung.effect is not None for rung in self.rungs)


@functools.cache
def kinds() -> dict[str, ClockKind]:
    """{key: kind} of every app. Raises ValueError where two kinds or two steps of a kind have one key."""
    found: dict[str, ClockKind] = {}
    for kind in discover("deadlines", "KINDS"):
        keys = [rung.key for rung in kind.rungs]
        if kind.key in found or len(keys) != len(set(keys)):
            raise ValueError(f"The clock {kind.key} or one of its steps is declared twice")
        found[kind.key] = kind
    return found


def kind_of(key: str) -> ClockKind:
    """The kind with this key. Raises KeyError."""
    return kinds()[key]


def plain_steps() -> list[str]:
    """“kind:step” of every step that is only recorded and told, so that many can be fired by one statement.

    A kind that fires only its highest missed step is among them when none of its steps acts.
    """
    return [
        f"{kind.key}:{rung.key}"
        for kind in kinds().values()
        for rung in kind.rungs
        if rung.effect is None and (kind.catch_up == CatchUp.EACH or not kind.acts)
    ]
