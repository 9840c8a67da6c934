"""Duties to stop purchases: one per brand and suspension, with the clause's dates, answered by the brand, ended by the standing."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from agreements.models import StopDuty
from agreements.operations import duties
from agreements.operations.duties import CannotAnswer
from programs.models import StandingEvent
from programs.operations import participations, sourcing
from tests import factories
from tests.agreements import climbing
from tests.agreements.climbing import TODAY
from tests.factories import AT
from wsr.deadlines.models import Clock
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def supplier(program):
    return factories.supplier(program, name="Acme", rung="good_standing")


def stand(program, supplier, rung, *, by, on=TODAY, at=AT):
    with program_scope(program.pk, person_id=by.pk):
        return participations.change_standing(
            participation_id=supplier.pk, rung_key=rung, effective_on=on, reason="Found.", by=by, at=at
        )


def only_duty(program):
    with program_scope(program.pk):
        return StopDuty.objects.get()


def test_a_suspension_opens_one_duty_per_brand_with_the_days_of_its_clause(program, supplier, director):
    bound = climbing.brand(program, within=10, acknowledge=2, prove=5, supplier=supplier)
    loose = climbing.brand(program, within=None, supplier=supplier)
    factories.sourcing(
        program, brand=bound, supplier=supplier, workplace=factories.workplace(program, supplier=supplier)
    )
    former = climbing.brand(program)
    factories.sourcing(program, brand=former, supplier=supplier, ended_on=TODAY - DAY)

    event = stand(program, supplier, "suspended", by=director)

    with program_scope(program.pk):
        found = {duty.brand_id: duty for duty in StopDuty.objects.all()}
        assert set(found) == {bound.pk, loose.pk}
        dated = found[bound.pk]
        assert (dated.acknowledge_by, dated.stop_by, dated.prove_by) == (
            dt.date(2026, 3, 4),
            dt.date(2026, 3, 12),
            dt.date(2026, 3, 17),
        )
        assert dated.standing_event_id == event.pk
        assert found[loose.pk].lacks_clause
        assert (found[loose.pk].stop_by, found[loose.pk].is_active) == (None, True)
        clocks = Clock.objects.filter(subject_id=dated.pk)
        assert {clock.kind: clock.responsible_participation_id for clock in clocks} == dict.fromkeys(
            duties.CLOCKS, bound.pk
        )
        assert Outbox.objects.filter(kind="stop_purchase").count() == 2


def test_the_shortest_clause_binds(program, supplier, director):
    brand = climbing.brand(program, within=30, supplier=supplier)
    climbing.bind(program, brand, {"stop_within": {"value": 1, "unit": "weeks"}})

    stand(program, supplier, "suspended", by=director)

    assert only_duty(program).stop_by == TODAY + 7 * DAY


def test_the_same_event_never_gives_two(program, supplier, director):
    brand = climbing.brand(program, supplier=supplier)
    event = stand(program, supplier, "suspended", by=director)

    with program_scope(program.pk):
        assert duties.open_for(supplier=supplier, event=event, by=director, at=AT) == []
        with pytest.raises(IntegrityError), transaction.atomic():
            StopDuty.objects.create(brand=brand, supplier=supplier, standing_event=event, opened_at=AT)


def test_whoever_begins_to_buy_from_a_suspended_supplier_has_the_duty_too(program, supplier, director):
    stand(program, supplier, "suspended", by=director)
    late = climbing.brand(program, within=5)

    with program_scope(program.pk, person_id=director.pk):
        sourcing.start(brand_id=late.pk, supplier_ids=[supplier.pk], started_on=TODAY, by=director, at=AT)

    assert (only_duty(program).brand_id, only_duty(program).stop_by) == (late.pk, TODAY + 5 * DAY)


def test_a_return_lifts_and_a_correction_withdraws(program, supplier, director):
    brand = climbing.brand(program, supplier=supplier)
    stand(program, supplier, "suspended", by=director, on=TODAY - 3 * DAY)

    stand(program, supplier, "good_standing", by=director)

    duty = only_duty(program)
    assert (duty.state, duty.lifted_on, duty.is_active) == ("lifted", TODAY, False)
    with program_scope(program.pk):
        assert set(Clock.objects.values_list("state", flat=True)) == {"cancelled"}
    later = AT + 2 * DAY
    stand(program, supplier, "suspended", by=director, on=later.date(), at=later)
    stand(program, supplier, "good_standing", by=director, on=later.date(), at=later + dt.timedelta(hours=1))
    with program_scope(program.pk):
        states = list(StopDuty.objects.order_by("opened_at").values_list("brand_id", "state", "lifted_on"))
        assert states == [(brand.pk, "lifted", TODAY), (brand.pk, "withdrawn", None)]
        assert StandingEvent.objects.filter(participation=supplier).count() == 4


def test_the_brand_acknowledges_stops_and_proves(program, supplier, director):
    brand = climbing.brand(program, within=10, acknowledge=2, prove=5, supplier=supplier)
    officer = factories.member(program, "brand_officer", organization=brand.organization)
    stand(program, supplier, "suspended", by=director)
    pk = only_duty(program).pk
    scope = {"person_id": officer.pk, "organization_id": brand.organization_id}

    with program_scope(program.pk, Audience.BRAND, **scope):
        with pytest.raises(CannotAnswer, match="Acknowledge"):
            duties.submit_proof(duty_id=pk, stopped_on=TODAY, note="Canceled", file=None, by=officer, at=AT)
        with pytest.raises(CannotAnswer, match="name"):
            duties.acknowledge(duty_id=pk, name=" ", by=officer, at=AT)
        duties.acknowledge(duty_id=pk, name="Ana Officer", by=officer, at=AT)
        with pytest.raises(CannotAnswer, match="today or earlier"):
            duties.confirm_stop(duty_id=pk, stopped_on=TODAY + DAY, by=officer, at=AT)
        duties.confirm_stop(duty_id=pk, stopped_on=TODAY, by=officer, at=AT)
        duties.submit_proof(duty_id=pk, stopped_on=TODAY, note="Canceled", file=None, by=officer, at=AT)
    with program_scope(program.pk, person_id=director.pk):
        with pytest.raises(CannotAnswer, match="does not show"):
            duties.return_proof(duty_id=pk, reason="", by=director, at=AT)
        duties.return_proof(duty_id=pk, reason="No dates", by=director, at=AT)
    with program_scope(program.pk, Audience.BRAND, **scope):
        duties.submit_proof(
            duty_id=pk, stopped_on=TODAY, note="With dates", file=None, by=officer, at=AT + DAY
        )
    with program_scope(program.pk, person_id=director.pk):
        duty = duties.accept_proof(duty_id=pk, by=director, at=AT + DAY)
        assert duty.is_active
        with pytest.raises(CannotAnswer, match="Proof accepted"):
            duties.accept_proof(duty_id=pk, by=director, at=AT + DAY)
    duty = only_duty(program)
    assert (duty.state, duty.acknowledged_name, duty.acknowledged_at) == ("accepted", "Ana Officer", AT)
