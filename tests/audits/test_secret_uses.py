"""What a secret visit uses is in use like anything else: the answer to who would delete it is the same to the letter."""

import datetime as dt

import pytest

from programs.models import Season, Severity, Workplace
from programs.operations import scales, seasons
from tests import factories
from tests.audits import making
from tests.factories import AT
from tests.imports.conftest import Office
from wsr.errors import DomainError
from wsr.imports import queries, undoing
from wsr.imports.models import Change
from wsr.said import read

pytestmark = pytest.mark.django_db(databases=["default", "engine"])
YEAR = dt.timedelta(days=365)


def used(program, workplace, severity, *, is_announced, at):
    """A visit under way at a workplace, with a finding of a severity."""
    visit = making.under_way(program, workplace=workplace, is_announced=is_announced, at=at)
    making.finding(program, visit, severity_id=severity.pk)
    return visit


def answer(act, **words) -> str:
    """What somebody is told who tries it."""
    with pytest.raises(DomainError) as told:
        act(at=AT, **words)
    return str(told.value)


def imported(program, director, folder) -> Office:
    """Two workplaces from a list that was applied."""
    office = Office(program, director)
    (folder / "list.csv").write_text(
        "Factory,Address,City,Country,Workers,Postal Code\nSecret,1 A Street,Dhaka,BD,10,\n"
        "Known,2 B Street,Dhaka,BD,20,\nFree,3 C Street,Dhaka,BD,30,\n"
    )
    with office.scope():
        office.batch = office.check(office.upload(folder / "list.csv"))
        office.apply(office.batch)
    return office


def test_an_open_and_a_secret_use_get_the_same_answer(program, director, tmp_path):
    office = imported(program, director, tmp_path)
    making.code(program)
    years = [
        making.season(program, name="Year", starts_on=day, ends_on=day + YEAR - dt.timedelta(days=1))
        for day in (AT.date(), AT.date() + YEAR)
    ]
    with office.scope():
        places = [Workplace.objects.get(name=name) for name in ("Secret", "Known")]
        severities = [
            Severity.objects.create(key=key, label="Used", position=place, certainty="set_by_program")
            for place, key in enumerate(("secret", "known"), start=5)
        ]
    visits = [
        used(program, place, severity, is_announced=announced, at=AT + announced * YEAR)
        for place, severity, announced in zip(places, severities, (False, True), strict=True)
    ]

    with office.scope():
        assert [visit.season_id for visit in visits] == [season.pk for season in years]
        secret, known = (answer(seasons.remove_season, season_id=one.pk, by=director) for one in years)
        assert secret == known == "Something belongs to this season, so it stays. Change its days instead."
        secret, known = (
            answer(scales.remove, scale=Severity, key=one.key, by=director) for one in severities
        )
        assert secret == known == "Used is in use and stays: what was decided with it must remain readable."

        shown = undoing.preview(office.batch, AT)
        done = office.undo(office.batch)
        kept = dict(Change.objects.filter(batch=office.batch).values_list("object_id", "kept"))
        assert [kept[place.pk] for place in places] == [kept[places[0].pk]] * 2
        assert (
            {read(said) for said, _rows in shown.kept}
            == {said for said, _rows in queries.kept_reasons(office.batch)}
            == {"Something in the program depends on it."}
        )
        assert done == shown.done == {"removed": 2, "restored": 0, "kept": 4}  # with the suppliers
        assert sorted(Workplace.objects.values_list("name", flat=True)) == ["Known", "Secret"]


def test_what_nothing_uses_goes(program, director):
    season, other = making.season(program), factories.program()
    making.season(other)
    with Office(program, director).scope():
        seasons.remove_season(season_id=season.pk, by=director, at=AT)
        assert not Season.objects.exists()
