"""Limits that pass by themselves, and two people at once; with real transactions."""

import datetime as dt
import threading
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import connections

from agreements.models import Breach, Escalation, EscalationStep, FlaggedPurchase, StopDuty
from agreements.operations import duties, duty_breaches, escalation
from programs.models import Participation, StandingEvent
from tests import factories
from tests.agreements import climbing
from tests.agreements.climbing import TODAY, say
from tests.factories import AT
from wsr.deadlines.operations import sweep
from wsr.errors import DomainError
from wsr.tenancy import Audience, program_scope

DAY = dt.timedelta(days=1)


@pytest.fixture
def program(transactional_db):
    return factories.program("garment")


@pytest.fixture
def director(program):
    return factories.member(program, "director")


def case_of(program):
    with program_scope(program.pk):
        return Escalation.objects.select_related("rung", "proposed_rung").get()


def moment(year, month, day):
    return dt.datetime(year, month, day, 12, tzinfo=dt.UTC)


def test_six_months_in_stage_1_and_one_month_in_stage_2(program, director):
    """The exceptional plan of November 2018 (domain.md 2.4, 5.6), as lengths of this program; stage 3 has its three consequences."""
    climbing.stages(program)
    say(program, "stage_1", "limit", 6)
    say(program, "stage_2", "limit", 1)
    say(program, "stage_3", "letter_workers", True)
    supplier = factories.supplier(program, name="Acme", rung="good_standing")
    factories.workplace(program, supplier=supplier)
    brands = [climbing.brand(program, supplier=supplier) for _ in range(3)]
    now = moment(2018, 11, 20)
    begun = dt.date(2018, 4, 20)  # seven months ago
    case = climbing.start(program, supplier, "stage_1", by=director, at=now, effective_on=begun)

    sweep(at=now)
    found = case_of(program)
    assert (found.rung.key, found.proposed_rung.key) == ("stage_1", "stage_2")  # proposed, never by itself
    climbing.climb(program, case, "stage_2", by=director, at=now)
    sweep(at=moment(2018, 12, 20))
    assert case_of(program).proposed_rung is None  # the last day is not over
    later = moment(2018, 12, 21)
    sweep(at=later)
    assert case_of(program).proposed_rung.key == "stage_3"

    climbing.climb(program, case, "stage_3", by=director, at=later)

    with program_scope(program.pk):
        assert set(StopDuty.objects.values_list("brand_id", flat=True)) == {brand.pk for brand in brands}
        event = StandingEvent.objects.select_related("rung").order_by("-pk").first()
        assert (event.rung.key, event.rung.is_public) == ("stage_3", True)
        assert Escalation.objects.get().letters.filter(to="workers").count() == 1


def test_it_moves_by_itself_only_where_the_rule_says_so(program, director):
    say(program, "probation", "limit", 1)
    say(program, "probation", "automatic", True)
    supplier = factories.supplier(program, rung="good_standing")
    climbing.start(program, supplier, "probation", by=director)

    sweep(at=AT + 40 * DAY)
    sweep(at=AT + 41 * DAY)

    with program_scope(program.pk):
        assert Participation.objects.get(pk=supplier.pk).rung == "suspended"
        steps = EscalationStep.objects.order_by("pk").values_list("kind", "by_name")
        assert list(steps) == [("opened", str(director)), ("climbed", "")]


def test_a_missed_duty_becomes_one_suspected_breach_per_limit(program, director):
    say(program, "suspended", "at_once", True)
    supplier = factories.supplier(program, name="Acme", rung="good_standing")
    climbing.brand(program, within=10, acknowledge=2, prove=5, supplier=supplier)
    climbing.start(program, supplier, "suspended", by=director)

    sweep(at=AT + 4 * DAY)
    with program_scope(program.pk):
        assert [breach.title for breach in Breach.objects.all()] == [
            "Duty to stop buying from Acme not acknowledged"
        ]
    sweep(at=AT + 30 * DAY)
    sweep(at=AT + 31 * DAY)

    with program_scope(program.pk):
        assert Breach.objects.count() == 3
        assert set(Breach.objects.values_list("subject_type", flat=True)) == {"deadlines.clock"}


@dataclass(frozen=True)
class Bought:
    """A reported purchase, as the room of money has it."""

    brand_id: UUID
    supplier_id: UUID
    starts_on: dt.date
    ends_on: dt.date
    pk: UUID


def test_a_purchase_after_the_stop_is_flagged_once(program, director):
    say(program, "suspended", "at_once", True)
    say(program, "suspended", "step_down", True)
    supplier = factories.supplier(program, name="Acme", rung="good_standing")
    brand = climbing.brand(program, within=10, supplier=supplier)
    case = climbing.start(program, supplier, "suspended", by=director)
    stop = TODAY + 10 * DAY

    def bought(start, end=None):
        return Bought(brand.pk, supplier.pk, start, end or start, uuid4())

    after = bought(stop + DAY)
    across = bought(stop - DAY, stop + DAY)
    with program_scope(program.pk):
        for _again in range(2):
            duty_breaches.check_purchases(purchases=[bought(stop), after, across], at=AT)
        flags = FlaggedPurchase.objects.order_by("from_on").values_list("purchase_id", "is_partial")
        assert list(flags) == [(across.pk, True), (after.pk, False)]
        breach = Breach.objects.get()
        assert (breach.participation_id, breach.subject_type) == (brand.pk, "agreements.flaggedpurchase")
    lifted = AT + 20 * DAY
    with program_scope(program.pk, person_id=director.pk):
        escalation.close(
            escalation_id=case.pk, outcome="Repaired", effective_on=lifted.date(), by=director, at=lifted
        )
        late = bought(lifted.date() - DAY)
        found = duty_breaches.check_purchases(purchases=[late, bought(lifted.date())], at=lifted)
        assert [flag.purchase_id for flag in found] == [late.pk]


def at_once(*acts):
    """Run functions in threads of their own that start together; returns what each returned or raised as DomainError."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            found[place] = act()
        except DomainError as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_two_people_suspend_at_once(program, director):
    say(program, "suspended", "at_once", True)
    supplier = factories.supplier(program, rung="good_standing")
    climbing.brand(program, supplier=supplier)
    case = climbing.start(program, supplier, "probation", by=director)
    second = factories.member(program, "inspector_in_charge")

    found = at_once(
        *(lambda who=who: climbing.climb(program, case, "suspended", by=who) for who in (director, second))
    )

    assert sorted(isinstance(one, DomainError) for one in found) == [False, True]
    with program_scope(program.pk):
        assert StandingEvent.objects.filter(rung__key="suspended").count() == 1
        assert StopDuty.objects.count() == 1


def test_a_brand_acknowledges_while_staff_lift(program, director):
    say(program, "suspended", "at_once", True)
    say(program, "suspended", "step_down", True)
    supplier = factories.supplier(program, rung="good_standing")
    brand = climbing.brand(program, supplier=supplier)
    officer = factories.member(program, "brand_officer", organization=brand.organization)
    case = climbing.start(program, supplier, "suspended", by=director)
    with program_scope(program.pk):
        duty = StopDuty.objects.get()

    def acknowledge():
        scope = {"person_id": officer.pk, "organization_id": brand.organization_id}
        with program_scope(program.pk, Audience.BRAND, **scope):
            return duties.acknowledge(duty_id=duty.pk, name="Ana", by=officer, at=AT)

    def lift():
        with program_scope(program.pk, person_id=director.pk):
            return escalation.close(
                escalation_id=case.pk, outcome="Repaired", effective_on=TODAY, by=director, at=AT
            )

    first, second = at_once(acknowledge, lift)

    assert not isinstance(second, DomainError)
    with program_scope(program.pk):
        duty = StopDuty.objects.get()
        assert duty.state == "withdrawn"
        assert bool(duty.acknowledged_at) != isinstance(first, DomainError)
