"""What a program computes from inspections and corrective actions. Pure functions: rows in, figures out, no query.

Which of the three a program uses is its rule `correction.scoring`; without it nothing is scored.

- `remediation`: statuses, progress and designations of the Accord family. Source: `domain.md` 2.3, A18 and A19.
- `grades`: each provision per supplier and as an average of the program. Source: 1.6, F20; the scale was not published, so the program sets
  it (rule `correction.grades`), and without it there are no grades.
- `milestones`: a compliance plan, actions with milestones and dates. Source: 3, M1 and M6.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.enums import ActionState, Answer


class Scoring(models.TextChoices):
    """How a program scores."""

    REMEDIATION = "remediation", _("Progress of remediation")
    GRADES = "grades", _("Grades of provisions")
    MILESTONES = "milestones", _("Compliance plan")


class Status(models.TextChoices):
    """Status of a finding. Source: A19."""

    IN_PROGRESS = "in_progress", _("In progress")
    PENDING = "pending", _("Pending verification")
    CORRECTED = "corrected", _("Corrected")


class Designation(models.TextChoices):
    """Status of a workplace. Source: A18."""

    COMPLETED = "completed", _("Initial CAP completed")
    ON_TRACK = "on_track", _("On track")
    BEHIND = "behind", _("Behind schedule")
    PENDING = "pending", _("CAP pending or N/A")
    INELIGIBLE = "ineligible", _("Ineligible")


@dataclass(frozen=True)
class Item:
    """A corrective action as far as it counts. `is_signed`: nothing of its finance plan waits for a signature.

    `step_dates`: the dates of its milestones that were not reached.
    """

    state: str
    is_original: bool = True
    due_on: date | None = None
    reported_on: date | None = None
    is_signed: bool = True
    step_dates: tuple[date, ...] = ()

    @property
    def status(self) -> Status | None:
        """In the words of A19; None for what was withdrawn. Everything begins as in progress."""
        return _STATUSES.get(ActionState(self.state), Status.IN_PROGRESS)

    @property
    def is_planned(self) -> bool:
        """It has its place in an agreed plan: a date, and a finance plan that is signed where it must be."""
        return self.state != ActionState.PROPOSED and self.due_on is not None and self.is_signed

    def missed(self, *, on: date) -> bool:
        """It is not corrected, and a date of it passed before it was reported as fixed. What was reported in time waits for the verifier."""
        if self.status in (None, Status.CORRECTED):
            return False
        reported = self.reported_on if self.status == Status.PENDING else None
        until = reported or on
        dates = [self.due_on] if reported else [self.due_on, *self.step_dates]
        return any(day is not None and day < until for day in dates)


_STATUSES: Mapping[ActionState, Status | None] = {
    ActionState.REPORTED: Status.PENDING,
    ActionState.VERIFIED: Status.CORRECTED,
    ActionState.WITHDRAWN: None,
}


@dataclass(frozen=True)
class Progress:
    """Original findings verified as fixed, of all original findings. Only what was verified counts. Source: A18."""

    corrected: int
    total: int

    @property
    def share(self) -> Fraction | None:
        """From 0 to 1; None where there is nothing to correct."""
        return Fraction(self.corrected, self.total) if self.total else None

    @property
    def percent(self) -> Decimal | None:
        """With two decimals, cut off: 100 is reached with the last one and never by rounding."""
        if self.share is None:
            return None
        exact = Decimal(self.corrected * 100) / Decimal(self.total)
        return exact.quantize(Decimal("0.01"), ROUND_DOWN)


def progress(items: Iterable[Item]) -> Progress:
    """How far remediation has come. What was withdrawn and what later visits found is not counted."""
    counted = [item for item in items if item.is_original and item.status is not None]
    return Progress(sum(item.status == Status.CORRECTED for item in counted), len(counted))


def statuses(items: Iterable[Item]) -> dict[Status, int]:
    """{status: how many}, every status there."""
    found = [item.status for item in items]
    return {status: found.count(status) for status in Status}


def designation(items: Iterable[Item], *, on: date, is_ineligible: bool = False) -> Designation:
    """What a workplace is called on a day. Source: A18.

    Ineligible before all else; completed when every original finding is verified as fixed; pending while the plan is absent or not
    agreed as a whole; then behind schedule with one missed date, on track with none.
    """
    if is_ineligible:
        return Designation.INELIGIBLE
    counted = [item for item in items if item.status is not None]
    done = progress(counted)
    if done.total and done.corrected == done.total:
        return Designation.COMPLETED
    open_ones = [item for item in counted if item.status != Status.CORRECTED]
    if not counted or not all(item.is_planned for item in open_ones):
        return Designation.PENDING
    return Designation.BEHIND if any(item.missed(on=on) for item in open_ones) else Designation.ON_TRACK


# ── Grades ───────────────────────────────────────────────────────────────────────────────────────


def breaches(answers: Mapping[UUID | str, Answer | str]) -> list[UUID | str]:
    """The provisions of the code that were not met, or only in part, in the order given."""
    return [key for key, answer in answers.items() if answer in (Answer.NOT_MET, Answer.PARTLY_MET)]


def grade(answers: Iterable[str], worth: Mapping[str, Decimal]) -> Decimal | None:
    """The grade of one provision at one supplier: the mean of what its answers are worth, to two decimals.

    Answers that say it does not apply or could not be verified do not count. None without a scale, or without an answer that counts.
    """
    points = [worth[answer] for answer in answers if answer in worth]
    return mean(points)


def mean(values: Iterable[Decimal | None]) -> Decimal | None:
    """The average of what is there, to two decimals, halves up; None where nothing is. A program's average of a provision is that of its grades."""
    found = [value for value in values if value is not None]
    return (sum(found, Decimal()) / len(found)).quantize(Decimal("0.01"), ROUND_HALF_UP) if found else None


# ── Compliance plans ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Step:
    """A milestone. `reached`: said by the supplier; `verified`: seen by the program."""

    due_on: date
    reached: bool = False
    verified: bool = False

    def missed(self, *, on: date) -> bool:
        """Its day has passed and nobody says that it was reached."""
        return not self.reached and not self.verified and self.due_on < on


@dataclass(frozen=True)
class Compliance:
    """A compliance plan in figures: steps are the milestones of its actions; an action without any is one step by itself."""

    verified: int
    reached: int
    missed: int
    total: int
    next_due: date | None

    @property
    def is_full(self) -> bool:
        """Every step was verified."""
        return bool(self.total) and self.verified == self.total


def compliance(actions: Iterable[tuple[Item, tuple[Step, ...]]], *, on: date) -> Compliance:
    """How far a supplier has come on the way that was agreed. What was withdrawn does not count; a verified action is done with all its steps."""
    steps: list[Step] = []
    for item, milestones in actions:
        if item.status is None:
            continue
        is_done = item.status == Status.CORRECTED
        own = milestones or ((Step(item.due_on or date.max, item.status == Status.PENDING),))
        steps += [Step(step.due_on, step.reached or is_done, step.verified or is_done) for step in own]
    ahead = [step.due_on for step in steps if not step.reached and not step.verified and step.due_on >= on]
    return Compliance(
        verified=sum(step.verified for step in steps),
        reached=sum(step.reached and not step.verified for step in steps),
        missed=sum(step.missed(on=on) for step in steps),
        total=len(steps),
        next_due=min((day for day in ahead if day != date.max), default=None),
    )
