"""The invented committee of the demo: seated, with published minutes and a meeting that comes."""

import datetime as dt

from agreements import disclosure
from agreements.demo import committee
from agreements.disclosure.minutes import MINUTES
from agreements.models import Minutes, Resolution, Seat, Sitting
from programs.models import Rule
from programs.queries import today
from tests import factories
from tests.agreements.obliged import bound
from wsr.tenancy import program_scope


def test_two_brands_with_accounts_sit_on_it_and_its_minutes_are_public(program, director, at):
    bound(program, name="Brand South")
    bound(program, name="Brand North")
    factories.member(program, "committee_member")
    factories.decide(program, "minutes", "published")
    limit = {"key": committee.LIMIT, "section": "clocks", "label": "Limit", "unit": "days"}
    with program_scope(program.pk):
        Rule.objects.create(certainty="unknown", valid_from=dt.date(2026, 1, 1), set_at=at, **limit)
    committee.build(program=program, director=director, at=at)
    with program_scope(program.pk):
        states = list(Sitting.objects.order_by("starts_at").values_list("state", flat=True))
        assert states == ["held", "held", "called"]
        assert set(Minutes.objects.values_list("state", flat=True)) == {"approved"}
        assert Seat.objects.exclude(person=None).count() == 3
        assert [one.is_open for one in Resolution.objects.order_by("serial")].count(True) == 1
        found = list(disclosure.records(MINUTES, today(at)))
        assert [record.content["name"] for record in found] == ["C-1", "C-2"]
        assert all(record.content["items"] and record.content["decisions"] for record in found)
