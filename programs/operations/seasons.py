"""The seasons of a program."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from programs.models import Season
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.tenancy.references import in_use


class CannotSet(DomainError):
    """The season cannot be so."""


@atomic
def set_season(
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    by: Person,
    at: datetime,
    season_id: UUID | None = None,
) -> Season:
    """Enter a season, or change one; both days are included, and seasons do not overlap.

    Clocks that run already stay where they are until they are counted anew. Raises Season.DoesNotExist and CannotSet.
    """
    others = list(Season.objects.select_for_update(of=("self",)))
    season = next((row for row in others if row.pk == season_id), None)
    if season_id is not None and season is None:
        raise Season.DoesNotExist
    if ends_on < starts_on:
        raise CannotSet(_("The last day is not before the first."))
    for other in others:
        if other is not season and other.starts_on <= ends_on and starts_on <= other.ends_on:
            raise CannotSet(
                _("These days overlap with the season “%(name)s”. Change one of them.") % {"name": other.name}
            )
    before = _said(season) if season else {}
    season = season or Season()
    season.name, season.starts_on, season.ends_on = name, starts_on, ends_on
    season.save()
    record("season.set", season, by=by, at=at, before=before, after=_said(season))
    return season


@atomic
def remove_season(*, season_id: UUID, by: Person, at: datetime) -> None:
    """Take a season away that nothing belongs to. Raises Season.DoesNotExist and CannotSet."""
    season = Season.objects.select_for_update(of=("self",)).get(pk=season_id)
    if in_use(season):
        raise CannotSet(_("Something belongs to this season, so it stays. Change its days instead."))
    record("season.removed", season, by=by, at=at, before=_said(season))
    season.delete()


def _said(season: Season) -> dict[str, object]:
    return {"name": season.name, "starts_on": season.starts_on, "ends_on": season.ends_on}
