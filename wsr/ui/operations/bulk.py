"""One act on several rows of a list: chosen, tried out, confirmed, taken back.

Each step is one transaction over all rows, in the request where they are few and in a job where they are many: what is killed has
changed nothing, and done again it finds where it stands. A row that its operation refuses is left out and says why.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.jobs import operations as jobs
from wsr.jobs.handlers import JobContext
from wsr.jobs.models import Job
from wsr.said import gettext
from wsr.tenancy import atomic, engine_scope
from wsr.ui.acts import Act
from wsr.ui.lists import standing_now, with_list
from wsr.ui.models import Batch, BatchRow, BatchState, RowState
from wsr.ui.tables import Table

KIND = "ui.bulk"
AT_ONCE = 100  # rows in a request; more go into a job
MOST = 1_000  # rows of one act
KEPT = timedelta(days=30)


class CannotAct(DomainError):
    """The act cannot go on like this."""


@atomic
def choose(
    *,
    path: str,
    query: str,
    act: str,
    chosen: Iterable[str] | None,
    by: Person,
    standing: Standing,
    at: datetime,
) -> Batch:
    """Keep which rows were chosen for an act; None: everything the filter finds. Raises NoSuchList and CannotAct."""

    def take(table: Table) -> Batch:
        _act_of(table, act)
        rows = _rows(table, None if chosen is None else list(chosen))
        batch = Batch.objects.create(person=by, table=table.name, path=path, query=query, act=act, made_at=at)
        BatchRow.objects.bulk_create(
            BatchRow(
                program_id=batch.program_id,
                batch=batch,
                person_id=by.pk,
                position=position,
                subject_id=row.pk,
                title=table.name_of(row)[:300],
            )
            for position, row in enumerate(rows)
        )
        return batch

    return with_list(path, query, person=by, standing=standing, use=take)


@atomic
def fill_in(
    *, batch_id: UUID, given: Mapping[str, list[str]], by: Person, at: datetime, standing: Standing
) -> Batch:
    """Keep what was filled in, as it was typed into the fields of a valid form, then try the act out on every row.

    Raises Batch.DoesNotExist and CannotAct.
    """
    batch = _locked(batch_id, by)
    if batch.state not in (BatchState.ASKED, BatchState.READY):
        raise CannotAct(_("This is done already."))
    _refuse_while_working(batch)
    batch.given, batch.state = dict(given), BatchState.ASKED  # what was looked at before holds no more
    batch.save(update_fields=["given", "state"])
    return _go(batch, "try", by=by, at=at, standing=standing)


@atomic
def confirm(*, batch_id: UUID, looked_at: str, by: Person, at: datetime, standing: Standing) -> Batch:
    """Do what was tried out; a second click finds it done. `looked_at`: `shown_of` the preview that she saw.

    Another one, made in another tab since, must be looked at first. Raises Batch.DoesNotExist and CannotAct.
    """
    batch = _locked(batch_id, by)
    if batch.state in (BatchState.DONE, BatchState.UNDONE):
        return batch
    if batch.state != BatchState.READY:
        raise CannotAct(_("Fill in first what is asked, and look at what would happen."))
    _refuse_while_working(batch)
    if looked_at != shown_of(batch):
        raise CannotAct(
            _("Something else was filled in since you looked. Look at what would happen and do it then.")
        )
    return _go(batch, "do", by=by, at=at, standing=standing)


@atomic
def take_back(*, batch_id: UUID, by: Person, at: datetime, standing: Standing) -> Batch:
    """Undo the act on the rows to which nothing has happened since. Raises Batch.DoesNotExist and CannotAct."""
    batch = _locked(batch_id, by)
    if batch.state == BatchState.UNDONE:
        return batch
    if batch.state != BatchState.DONE or batch.undo_until is None or batch.undo_until < at:
        raise CannotAct(_("This can be taken back no more."))
    _refuse_while_working(batch)
    return _go(batch, "undo", by=by, at=at, standing=standing)


def shown_of(batch: Batch) -> str:
    """A mark of what the preview shows: what was filled in, and what would become of each row."""
    rows = batch.rows.order_by("position", "pk").values_list("position", "state", "says")
    return sha256(json.dumps([batch.given, *map(list, rows)], sort_keys=True).encode()).hexdigest()


def work(job: JobContext) -> str:
    """The handler of the job: one step on all rows. Raises what the step raises, and JobCancelled."""
    batch = _locked(UUID(job.params["batch"]), job.asker)
    standing = standing_now(job.asker)
    with translation.override(job.asker.language or standing.program.language):
        _step(
            batch,
            job.params["step"],
            by=job.asker,
            at=timezone.now(),
            standing=standing,
            progress=lambda done, total: job.progress(done * 100 // (total or 1), 100),
        )
    return gettext("It is done. What became of each row is on the page of whoever asked for it.")


def form_of(batch: Batch, act: Act) -> forms.Form | None:
    """The form of an act with what was typed; None where nothing is asked."""
    if act.form is None:
        return None
    return act.form(MultiValueDict(batch.given) if batch.given else None)


def sweep(*, at: datetime) -> int:
    """Forget acts that are some weeks old, in all programs; returns how many. What they did is in history. Outside any scope."""
    with engine_scope():
        old = Batch.objects.filter(made_at__lt=at - KEPT)
        BatchRow.objects.filter(batch__in=old.values("pk")).delete()
        gone, _by_model = old.delete()
    return gone


# ── Steps ────────────────────────────────────────────────────────────────────────────────────────


def _go(batch: Batch, step: str, *, by: Person, at: datetime, standing: Standing) -> Batch:
    """The step now, or by a job where there are many rows."""
    if batch.rows.count() <= AT_ONCE:
        _step(batch, step, by=by, at=at, standing=standing)
        return batch
    title = gettext("An act on several rows of a list")
    params = {"batch": str(batch.pk), "step": step}
    batch.job_id = jobs.start(kind=KIND, title=title, by=by, at=at, params=params).pk
    batch.save(update_fields=["job_id"])
    return batch


def _step(
    batch: Batch,
    step: str,
    *,
    by: Person,
    at: datetime,
    standing: Standing,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """One step on all rows, in the order of their ids so that two such steps never wait for each other."""
    wanted, doing = _STEPS[step]
    if batch.state not in wanted:
        return

    def use(table: Table) -> None:
        act = _act_of(table, batch.act)
        lines = list(batch.rows.order_by("subject_id"))
        seen = table.everything.filter(pk__in=[line.subject_id for line in lines])
        work = _Work(
            act, _given(batch, act), table.everything.model, set(seen.values_list("pk", flat=True)), by, at
        )
        for number, line in enumerate(lines):
            progress(number, len(lines))
            doing(line, work)
        BatchRow.objects.bulk_update(lines, ["state", "says", "was", "became"], batch_size=500)
        _finish(batch, act, step, by=by, at=at)

    with_list(batch.path, batch.query, person=by, standing=standing, use=use)


def _finish(batch: Batch, act: Act, step: str, *, by: Person, at: datetime) -> None:
    after = {"list": batch.table, "act": batch.act}
    if step == "try":
        batch.state = BatchState.READY
    elif step == "do":
        batch.state, batch.done_at = BatchState.DONE, at
        batch.undo_until = at + act.undo_for if act.undo else None
        record("rows.changed_together", batch, by=by, at=at, after=after)
    else:
        batch.state, batch.undone_at = BatchState.UNDONE, at
        record("rows.taken_back", batch, by=by, at=at, after=after)
    batch.save(update_fields=["state", "done_at", "undo_until", "undone_at"])


class _TakenBack(Exception):
    """Rolls a trial back."""


@dataclass(frozen=True)
class _Work:
    """What a step needs beside the row. `here`: ids of the rows that are still on the list."""

    act: Act
    given: dict[str, Any]
    model: type[models.Model]
    here: set[UUID]
    by: Person
    at: datetime

    def locked(self, line: BatchRow) -> models.Model:
        """The row, locked. Raises CannotAct where it is on the list no more."""
        if line.subject_id not in self.here:
            raise CannotAct(_("It is not on this list any more."))
        return self.model._default_manager.select_for_update(of=("self",)).get(pk=line.subject_id)

    def do(self, line: BatchRow) -> None:
        """The act on one row, and what it changed, in words and as columns. Raises DomainError."""
        act, row = self.act, self.locked(line)
        before, line.was = act.words(row), act.seen(row)
        act.do(row, by=self.by, at=self.at, **self.given)
        row = self.model._default_manager.get(pk=line.subject_id)
        after, line.became = act.words(row), act.seen(row)
        if act.restores and line.became == line.was:
            raise CannotAct(_("It is so already."))
        line.says = _change(before, after) if act.now else str(act.says(row)) if act.says else ""


def _try(line: BatchRow, work: _Work) -> None:
    """What would happen to one row: the act itself, done and rolled back."""
    line.state = RowState.LEFT_OUT
    try:
        with atomic():
            work.do(line)
            raise _TakenBack
    except _TakenBack:
        line.state = RowState.WILL
    except DomainError as error:
        line.says = str(error)


def _carry_out(line: BatchRow, work: _Work) -> None:
    """The act on one row, unless the preview left it out."""
    if line.state != RowState.WILL:
        return
    try:
        with atomic():
            if work.act.seen(work.locked(line)) != line.was:
                raise CannotAct(_("Something has happened to it since you looked, so it stays as it is."))
            work.do(line)
    except DomainError as error:
        line.state, line.says = RowState.REFUSED, str(error)
    else:
        line.state = RowState.DONE


def _undo(line: BatchRow, work: _Work) -> None:
    """Put one row back, unless something has happened to it since."""
    if line.state != RowState.DONE:
        return
    try:
        with atomic():
            row = work.locked(line)
            if work.act.seen(row) != line.became:
                raise CannotAct(_("Something has happened to it since, so it stays as it is."))
            before = work.act.words(row)
            work.act.put_back(row, line.was or {}, by=work.by, at=work.at)
            after = work.act.words(work.model._default_manager.get(pk=line.subject_id))
    except DomainError as error:
        line.state, line.says = RowState.KEPT, str(error)
    else:
        line.state, line.says = RowState.UNDONE, _change(before, after)


def _change(before: str, after: str) -> str:
    """How a row stood and stands."""
    nothing = _("(nothing)")
    return f"{before or nothing} → {after or nothing}"


_STEPS = {
    "try": ((BatchState.ASKED, BatchState.READY), _try),
    "do": ((BatchState.READY,), _carry_out),
    "undo": ((BatchState.DONE,), _undo),
}

# ── What these share ─────────────────────────────────────────────────────────────────────────────


def _rows(table: Table, chosen: list[str] | None) -> list[models.Model]:
    """The chosen rows in the order of the list. Raises CannotAct where there are none, or too many."""
    rows = table.queryset
    if chosen is not None:
        rows = table.everything.filter(pk__in=[found for found in map(_uuid, chosen[: MOST + 1]) if found])
    found = list(table.keyset.ordered(rows)[: MOST + 1])
    if not found:
        raise CannotAct(_("Choose at least one row."))
    if len(found) > MOST:
        raise CannotAct(
            _("More than %(most)s rows at once are too many to look through. Narrow the list with a filter.")
            % {"most": MOST}
        )
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _act_of(table: Table, name: str) -> Act:
    found = next((act for act in table.open_acts if act.name == name), None)
    if found is None:
        raise CannotAct(_("You cannot do this with several rows of this list."))
    return found


def _given(batch: Batch, act: Act) -> dict:
    """What was filled in, cleaned. Raises CannotAct."""
    form = form_of(batch, act)
    if form is None:
        return {}
    if not form.is_valid():
        raise CannotAct(_("Some of what was filled in does not hold any more. Look at it again."))
    return form.cleaned_data


def _locked(batch_id: UUID, by: Person) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).get(pk=batch_id, person=by)


def _refuse_while_working(batch: Batch) -> None:
    if batch.job_id and Job.objects.open().filter(pk=batch.job_id).exists():
        raise CannotAct(_("This is being worked on. Wait until it is over."))
