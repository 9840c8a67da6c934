"""The climb along the ladder: what may follow, what must be proven before a return, who comes along."""

import datetime as dt

import pytest

from agreements.models import Escalation, EscalationStep, Letter, StopDuty
from agreements.operations import escalation, meetings
from agreements.operations.escalation import CannotStep
from agreements.queries import escalation as queries
from agreements.queries.ladder import ladder
from programs.models import Participation, StandingEvent
from programs.operations import participations
from tests import factories
from tests.agreements import climbing
from tests.agreements.climbing import TODAY, say
from tests.factories import AT
from wsr.deadlines.models import Clock
from wsr.history.models import Event
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def supplier(program):
    return factories.supplier(program, name="Acme", rung="good_standing")


def standing(program, supplier):
    with program_scope(program.pk):
        return Participation.objects.get(pk=supplier.pk).rung


def test_the_first_step_sets_the_standing_and_leaves_a_trace(program, supplier, director):
    say(program, "probation", "limit", 3)

    case = climbing.start(program, supplier, "probation", by=director, provision_reference="2")

    assert standing(program, supplier) == "probation"
    with program_scope(program.pk):
        event = StandingEvent.objects.get(participation=supplier)
        assert (event.rung.key, event.effective_on, event.provision_reference) == ("probation", TODAY, "2")
        step = EscalationStep.objects.get()
        assert (step.kind, step.standing_event_id, step.by_name) == ("opened", event.pk, str(director))
        assert set(Event.objects.values_list("event", flat=True)) >= {"standing.changed", "escalation.opened"}
        clock = Clock.objects.get(kind="agreements.escalation_review")
        assert (clock.subject_id, clock.due_at.date()) == (case.pk, dt.date(2026, 6, 2))


def test_a_rung_without_a_length_runs_no_clock(program, supplier, director):
    climbing.start(program, supplier, "probation", by=director)

    with program_scope(program.pk):
        assert not Clock.objects.exists()


def test_rungs_are_not_skipped_unless_the_program_says_so(program, supplier, director):
    with pytest.raises(CannotStep, match="The next rung is “Probation”"):
        climbing.start(program, supplier, "suspended", by=director)
    say(program, "suspended", "at_once", True)

    climbing.start(program, supplier, "suspended", by=director)

    assert standing(program, supplier) == "suspended"


def test_what_withdrawn_means_is_never_a_rung_to_climb(program, supplier, director):
    climbing.stages(program)
    with pytest.raises(CannotStep):
        climbing.start(program, supplier, "suspended", by=director)


def test_a_mandatory_meeting_comes_before_the_next_rung(program, supplier, director):
    say(program, "probation", "meeting", True)
    case = climbing.start(program, supplier, "probation", by=director)
    with pytest.raises(CannotStep, match="a meeting is mandatory"):
        climbing.climb(program, case, "suspended", by=director)

    with program_scope(program.pk, person_id=director.pk):
        meeting = meetings.plan(escalation_id=case.pk, planned_for=TODAY, by=director, at=AT)
        with pytest.raises(meetings.CannotMeet, match="on its day"):
            meetings.hold(
                meeting_id=meeting.pk, held_on=TODAY + DAY, participants="x", outcome="y", by=director, at=AT
            )
        meetings.hold(
            meeting_id=meeting.pk,
            held_on=TODAY,
            participants="Nobody of the supplier came.",
            outcome="None",
            by=director,
            at=AT,
        )
    climbing.climb(program, case, "suspended", by=director)

    assert standing(program, supplier) == "suspended"


def test_a_return_needs_the_rule_and_the_proof(program, supplier, director):
    say(program, "suspended", "at_once", True)
    say(program, "suspended", "return_condition", "A re-entry audit has confirmed the corrective action")
    case = climbing.start(program, supplier, "suspended", by=director)
    back = {"escalation_id": case.pk, "effective_on": TODAY, "by": director, "at": AT}

    as_director = {"person_id": director.pk}
    with program_scope(program.pk, **as_director), pytest.raises(CannotStep, match="no rule that lets"):
        escalation.close(outcome="Done", **back)
    say(program, "suspended", "step_down", True)
    with program_scope(program.pk, person_id=director.pk):
        with pytest.raises(CannotStep, match="re-entry audit has confirmed"):
            escalation.close(outcome="Done", **back)
        escalation.prove_condition(
            escalation_id=case.pk, note="Audited on site.", met_on=TODAY, file=None, by=director, at=AT
        )
        escalation.step_down(rung_key="probation", reason="Audited", **back)
        closed = escalation.close(outcome="Kept for a season", overrides=True, **back)

    assert not closed.is_open
    assert standing(program, supplier) == "good_standing"
    with program_scope(program.pk):
        kinds = list(EscalationStep.objects.order_by("pk").values_list("kind", "is_override"))
    assert kinds == [("opened", False), ("condition", False), ("stepped_down", False), ("closed", True)]


def test_the_plain_page_corrects_but_does_not_return(program, supplier, director):
    case = climbing.start(program, supplier, "probation", by=director, effective_on=TODAY - 5 * DAY)
    change = {
        "participation_id": supplier.pk,
        "rung_key": "good_standing",
        "reason": "…",
        "by": director,
        "at": AT,
    }

    with program_scope(program.pk), pytest.raises(CannotStep, match="Step it down there"):
        participations.change_standing(effective_on=TODAY, **change)
    with program_scope(program.pk, person_id=director.pk):
        participations.change_standing(effective_on=TODAY - 5 * DAY, **change)
        case = Escalation.objects.get(pk=case.pk)
        assert (case.state, case.steps.latest("at", "pk").kind) == ("closed", "corrected")
    assert standing(program, supplier) == "good_standing"


def test_two_cases_and_the_worse_one_decides(program, supplier, director):
    say(program, "suspended", "at_once", True)
    say(program, "suspended", "step_down", True)
    say(program, "probation", "step_down", True)
    place = factories.workplace(program, supplier=supplier)
    worse = climbing.start(program, supplier, "suspended", by=director, workplace_id=place.pk)
    with pytest.raises(CannotStep, match="on the ladder already"):
        climbing.start(program, supplier, "suspended", by=director, workplace_id=place.pk)

    lesser = climbing.start(program, supplier, "suspended", by=director)
    with program_scope(program.pk, person_id=director.pk):
        said = {"effective_on": TODAY, "by": director, "at": AT}
        escalation.step_down(escalation_id=lesser.pk, rung_key="probation", reason="Better", **said)
        assert Participation.objects.get(pk=supplier.pk).rung == "suspended"
        escalation.close(escalation_id=worse.pk, outcome="Repaired", **said)
    assert standing(program, supplier) == "probation"


@pytest.mark.parametrize(
    ("day", "fate"), [(dt.date(2019, 5, 7), "stage_3"), (dt.date(2019, 5, 8), "good_standing")]
)
def test_the_group_comes_along_as_the_rule_of_the_day_says(program, director, day, fate):
    """Until 8 May 2019 ineligibility held for all factories of the same owner (domain.md 2.4)."""
    climbing.stages(program)
    say(program, "stage_3", "at_once", True)
    say(program, "stage_3", "step_down", True)
    say(program, "stage_3", "group", True, until=dt.date(2019, 5, 8))
    say(program, "stage_3", "group", False, since=dt.date(2019, 5, 8))
    first, second = (
        factories.supplier(program, parent_name=name, rung="good_standing")
        for name in ("Delta Group", "delta group")
    )
    stranger = factories.supplier(program, parent_name="Other", rung="good_standing")
    buyer = climbing.brand(program, supplier=second)
    at = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)

    case = climbing.start(program, first, "stage_3", by=director, at=at)

    assert (standing(program, second), standing(program, stranger)) == (fate, "good_standing")
    with program_scope(program.pk):
        told = list(StopDuty.objects.values_list("brand_id", "supplier_id"))
    assert told == ([(buyer.pk, second.pk)] if fate == "stage_3" else [])
    with program_scope(program.pk, person_id=director.pk):
        escalation.close(escalation_id=case.pk, outcome="Repaired", effective_on=day, by=director, at=at)
    assert (standing(program, first), standing(program, second)) == ("good_standing", "good_standing")


def test_a_look_at_what_follows_writes_nothing_and_tells_the_truth(program, supplier, director):
    say(program, "suspended", "at_once", True)
    say(program, "suspended", "limit", 2)
    say(program, "suspended", "letter_supplier", True)
    say(program, "suspended", "letter_brands", True)
    bound = climbing.brand(program, within=10, supplier=supplier, name="Bound")
    loose = climbing.brand(program, within=None, supplier=supplier, name="Loose")

    with program_scope(program.pk):
        steps = ladder(on=TODAY)
        said = queries.consequences(
            supplier=supplier,
            workplace=None,
            steps=steps,
            rung=steps.rung("suspended"),
            effective_on=TODAY,
            at=AT,
        )
        assert [(duty.brand, duty.stop_by) for duty in said.duties] == [
            (bound, dt.date(2026, 3, 12)),
            (loose, None),
        ]
        assert [(letter.to, letter.name) for letter in said.letters] == [
            ("supplier", "Acme"),
            ("brands", "Bound"),
            ("brands", "Loose"),
        ]
        assert said.review_on == dt.date(2026, 5, 2)
        assert not StopDuty.objects.exists()
        assert not Letter.objects.exists()
    case = climbing.start(program, supplier, "suspended", by=director)
    with program_scope(program.pk):
        written = {(duty.brand_id, duty.stop_by) for duty in StopDuty.objects.all()}
        assert written == {(duty.brand.pk, duty.stop_by) for duty in said.duties}
        assert Letter.objects.filter(escalation=case).count() == 3
        assert Escalation.objects.get(pk=case.pk).brands_told == 2


def test_another_programs_case_is_not_there(program, other_program, supplier, director):
    case = climbing.start(program, supplier, "probation", by=director)

    with program_scope(other_program.pk), pytest.raises(Escalation.DoesNotExist):
        escalation.climb(
            escalation_id=case.pk, rung_key="suspended", reason="…", effective_on=TODAY, by=director, at=AT
        )
