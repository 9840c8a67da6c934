"""What of breaches and arbitration becomes public, by the program's rules alone."""

import datetime as dt
from decimal import Decimal

import pytest

from agreements.disclosure import disputes as disclosure
from agreements.models import Dispute
from agreements.operations import arbitration, breaches, disputes
from tests import factories
from tests.agreements.obliged import DISPUTES, bound
from wsr.tenancy import program_scope

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 2)


@pytest.fixture
def settled(program, director):
    """One breach that went to arbitration and was settled, one noticed, one suspected."""
    made = bound(program, DISPUTES)
    act = {"by": director, "at": AT}
    with program_scope(program.pk):
        for title in ("settled", "noticed", "suspected"):
            breach = breaches.open_breach(
                agreement_id=made.agreement.pk, participation_id=made.brand.pk, title=title, facts="…", at=AT
            )
            if title != "suspected":
                breaches.serve_notice(breach_id=breach.pk, letter=b"%PDF", **act)
            if title == "settled":
                petition = disputes.file_petition(breach_id=breach.pk, petition="…", **act)
                Dispute.objects.filter(pk=petition.pk).update(state="undecided")
                asked = arbitration.appeal(dispute_id=petition.pk, grounds="…", **act)
                arbitration.file_arbitration(
                    arbitration_id=asked.pk, rules="PCA", seat="The Hague", filed_on=DAY, **act
                )
                arbitration.settle(
                    arbitration_id=asked.pk,
                    award="secret words",
                    amount=Decimal("2300000"),
                    currency="USD",
                    ended_on=DAY,
                    **act,
                )
    return made


def _records(program, kind):
    with program_scope(program.pk):
        return list(disclosure.records(kind, DAY))


@pytest.mark.parametrize("value", [None, "withheld", "count"])
@pytest.mark.parametrize("kind", ["arbitration", "breach"])
def test_without_the_programs_word_nothing_is_public(program, settled, kind, value):
    factories.decide(program, "arbitration" if kind == "arbitration" else "breaches", value)
    assert _records(program, kind) == []


def test_outcome_only_shows_the_sum_and_withholds_the_party(program, settled):
    factories.decide(program, "arbitration", "outcome_only")
    [record] = _records(program, "arbitration")
    assert record.content == {
        "name": "B-1",
        "party": "",
        "state": "settled",
        "outcome": "",
        "amount": "2300000.00",
        "currency": "USD",
        "filed_on": "2026-03-02",
        "ended_on": "2026-03-02",
    }
    assert record.withheld == {"party": "not_public"}


def test_published_breaches_begin_with_the_notice(program, settled):
    factories.decide(program, "breaches", "published")
    found = [(one.content["name"], one.content["state"]) for one in _records(program, "breach")]
    assert found == [("B-1", "settled"), ("B-2", "noticed")]


def test_the_columns_are_those_of_the_kind(program, settled):
    factories.decide(program, "breaches", "published")
    factories.decide(program, "arbitration", "published")
    for kind in disclosure.KINDS:
        for record in _records(program, kind.key):
            assert list(record.content) == [column.name for column in kind.columns]
