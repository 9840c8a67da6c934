"""Rows of a list of contractors as places on sites: tried in the dry run, done when the list is applied, by the operations of the site's page."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.models import F
from django.utils import timezone

from programs.enums import ContractorRole, Part, WorkplaceType
from programs.models import Engagement, Participation, Workplace
from programs.operations import sites
from programs.queries import today
from wsr.errors import DomainError
from wsr.imports.enums import Act, Status
from wsr.imports.models import Batch, Change, Row
from wsr.imports.names import name_key
from wsr.said import gettext as _
from wsr.tenancy import current_alias, current_program_id

PARTS = (Part.SUPPLIER, Part.BRAND)
TABLE = Engagement._meta.db_table
_OF_PEOPLE = Participation._meta.db_table
_WAITS = (Status.CREATE, Status.UPDATE, Status.UNCHANGED, Status.ERROR)


class CannotPlace(DomainError):
    """The row fits on no site as the program knows it."""


@dataclass
class Done:
    """What was written: ids of new participants and places, places that ended with their row as it was, and what became of each row."""

    people: list[UUID] = field(default_factory=list)
    places: list[UUID] = field(default_factory=list)
    ended: dict[UUID, Any] = field(default_factory=dict)
    rows: dict[UUID, tuple[str, str]] = field(default_factory=dict)  # (status, reason)


def mark(batch_id: UUID) -> None:
    """Set what each row would do, and why a row cannot: done for real and taken back."""
    alias = current_alias()
    before = transaction.savepoint_create(using=alias)
    try:
        done = _Run(batch_id, at=timezone.now()).run()
    finally:
        transaction.savepoint_rollback(before, using=alias)
    _say(done)


def write(batch_id: UUID, *, at: datetime, step: Callable[[], None]) -> dict[str, int]:
    """Do it, and note everything written for undo. Returns {suppliers, places, ended_places}."""
    done = _Run(batch_id, at=at).run()
    _say(done)
    step()
    notes = [(1, _OF_PEOPLE, pk, Act.INSERT, None) for pk in done.people]
    notes += [(2, TABLE, pk, Act.INSERT, None) for pk in done.places]
    notes += [(3, TABLE, pk, Act.UPDATE, was) for pk, was in done.ended.items()]
    Change.objects.bulk_create(
        Change(
            program_id=current_program_id(),
            batch_id=batch_id,
            step=number,
            table=table,
            object_id=pk,
            act=act,
            before=was,
        )
        for number, table, pk, act, was in notes
    )
    step()
    return {"suppliers": len(done.people), "places": len(done.places), "ended_places": len(done.ended)}


def held(batch_id: UUID) -> set[UUID]:
    """Places of a batch that stay when it is undone: those on which others were hired since, and those above what is kept."""
    made = Change.objects.filter(batch_id=batch_id, table=TABLE, act=Act.INSERT, undone_at=None)
    kept = set(made.exclude(kept="").values_list("object_id", flat=True))
    mine = list(Engagement.objects.filter(pk__in=made.values("object_id")))
    others = Engagement.objects.filter(site__in={row.site_id for row in mine})
    needing = [*others.exclude(pk__in={row.pk for row in mine}), *(row for row in mine if row.pk in kept)]
    found: set[UUID] = set()
    while needing:
        above = {(row.site_id, row.hired_by_id) for row in needing if row.hired_by_id}
        needing = [
            row
            for row in mine
            if (row.site_id, row.contractor_id) in above and row.pk not in found and row.pk not in kept
        ]
        found |= {row.pk for row in needing}
    return found


class _Run:
    """One walk through the rows of a batch, from the top of each tree down; each row is whole or not at all."""

    def __init__(self, batch_id: UUID, *, at: datetime) -> None:
        self.at, self.done = at, Done()
        self.by = Batch.objects.select_related("uploaded_by").get(pk=batch_id).uploaded_by
        rows = Row.objects.filter(batch=batch_id, status__in=_WAITS, errors={}, same_as=None)
        self.rows = list(rows.order_by("line"))
        open_sites = Workplace.objects.open().filter(type=WorkplaceType.SITE)
        self.sites: dict[str, list[Workplace]] = {}
        for site in open_sites.order_by("name", "pk"):
            self.sites.setdefault(site.name_key, []).append(site)
        self.placed: dict[UUID, tuple[Engagement, date | None]] = {}

    def run(self) -> Done:
        """Places first, those hired by somebody in a later row after it; then the ends, the earliest first."""
        waiting = self.rows
        while waiting:
            later = [row for row in waiting if not self._try(row, self._place)]
            if len(later) == len(waiting):
                break  # what is left stands under nobody: the reason is on record
            waiting = later
        ends = [(until, row) for row in self.rows if (until := self.placed.get(row.pk, (None, None))[1])]
        for _until, row in sorted(ends, key=lambda one: (one[0], -one[1].line)):
            self._try(row, self._end)
        return self.done

    def _try(self, row: Row, act: Callable[[Row], None]) -> bool:
        sid = transaction.savepoint_create(using=current_alias())
        people, places = len(self.done.people), len(self.done.places)
        try:
            act(row)
        except DomainError as error:
            transaction.savepoint_rollback(sid, using=current_alias())
            del self.done.people[people:], self.done.places[places:]
            self.done.rows[row.pk] = (Status.ERROR, error.args[0])
            return False
        transaction.savepoint_commit(sid, using=current_alias())
        return True

    def _place(self, row: Row) -> None:
        said = row.cleaned
        site = self._site(said["site"])
        started_on = date.fromisoformat(said["started_on"])
        ended_on = date.fromisoformat(said["ended_on"]) if said["ended_on"] else None
        if ended_on and ended_on < started_on:
            raise CannotPlace(_("It ends before it begins."))
        if ended_on and ended_on > today(self.at):
            raise CannotPlace(_("Its end is still ahead. Leave it empty, and record the end on its day."))
        hirer = self._hirer(site, said["hired_by"])
        contractor = self._contractor(row)
        there = Engagement.objects.filter(
            site=site, contractor=contractor, started_on=started_on, hired_by=hirer
        )
        found, status = there.filter(role=said["role"]).first(), Status.UNCHANGED
        if found is None:
            found = sites.engage(
                site_id=site.pk,
                contractor_id=contractor.pk,
                role=ContractorRole(said["role"]),
                hired_by_id=hirer.pk if hirer else None,
                started_on=started_on,
                by=self.by,
                at=self.at,
            )
            self.done.places.append(found.pk)
            status = Status.CREATE if contractor.pk in self.done.people else Status.UPDATE
        self.done.rows[row.pk] = (status, "")
        self.placed[row.pk] = (found, ended_on)

    def _end(self, row: Row) -> None:
        place, ended_on = self.placed[row.pk]
        place.refresh_from_db()
        if place.ended_on or ended_on is None:
            return  # with whoever hired it, or by hand
        open_ones = Engagement.objects.open().filter(site=place.site_id)
        before = {one.pk: _whole_row(one.pk) for one in open_ones.exclude(pk__in=self.done.places)}
        reason = _("So it stands in an imported list.")
        for one in sites.leave(
            engagement_id=place.pk, ended_on=ended_on, reason=reason, by=self.by, at=self.at
        ):
            if one.pk in before:
                self.done.ended.setdefault(one.pk, before[one.pk])
        if self.done.rows[row.pk][0] == Status.UNCHANGED:
            self.done.rows[row.pk] = (Status.UPDATE, "")

    def _site(self, name: str) -> Workplace:
        found = self.sites.get(name_key(name), [])
        if len(found) > 1:
            raise CannotPlace(_("Several running sites are called “%(name)s”. Give them names that differ.") % {"name": name})  # fmt: skip
        if not found:
            sentence = _("No running site is called “%(name)s”. Open it first, or correct the name.")
            _refuse(sentence, name, [rows[0].name for rows in self.sites.values()])
        return found[0]

    def _hirer(self, site: Workplace, name: str) -> Participation | None:
        if not name:
            return None
        there = {
            row.contractor.name_key: row.contractor
            for row in Engagement.objects.filter(site=site).select_related("contractor").order_by("pk")
        }
        if name_key(name) not in there:
            sentence = _("%(name)s is not on this site. Add a row for it, or correct the name.")
            _refuse(sentence, name, [one.name for one in there.values()])
        return there[name_key(name)]

    def _contractor(self, row: Row) -> Participation:
        """Who was matched; else who takes part under exactly this name; else a new employer, without a standing: silence is never read as good."""
        taking_part = Participation.objects.filter(part__in=PARTS).present()
        found = taking_part.filter(pk=row.object_id).first() if row.object_id else None
        if found is None:
            named = taking_part.filter(name_key=row.name_key, country=row.country)
            found = named.order_by(F("part").desc(), "pk").first()
        if found is None:
            found = Participation.objects.create(
                **({"pk": row.object_id} if row.object_id else {}),
                part=Part.SUPPLIER,
                name=row.cleaned["name"],
                name_key=row.name_key,
                country=row.country,
                created_at=self.at,
                updated_at=self.at,
            )
            self.done.people.append(found.pk)
        elif row.object_id != found.pk and row.object_id is not None:
            Row.objects.filter(pk=row.pk).update(object_id=found.pk)
        return found


def _refuse(sentence: Any, name: str, others: list[str]) -> None:
    near = get_close_matches(name_key(name), [name_key(one) for one in others], n=1, cutoff=0.75)
    meant = next((one for one in others if near and name_key(one) == near[0]), "")
    said = sentence % {"name": name}
    raise CannotPlace(_("%(why)s Is “%(meant)s” meant?") % {"why": said, "meant": meant} if meant else said)


def _whole_row(pk: UUID) -> Any:
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(e) FROM programs_engagement e WHERE e.program_id = %s AND e.id = %s",
            [current_program_id(), pk],
        )
        return json.loads(cursor.fetchone()[0])


def _say(done: Done) -> None:
    rows = list(Row.objects.filter(pk__in=done.rows))
    for row in rows:
        row.status, row.reason = done.rows[row.pk]
    Row.objects.bulk_update(rows, ["status", "reason"], batch_size=500)
