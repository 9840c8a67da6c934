"""Education: the schedule of real rows, sessions and their counts, who confirms, the supplier's answer, clocks and messages."""

import datetime as dt

import pytest
from django.db import DatabaseError

from programs.enums import Access, DueState, EducationKind, SessionState
from programs.models import EducationDue, EducationSession, Handout, Material, SessionNote
from programs.operations import workplaces
from programs.operations.education import materials, scheduling, sessions
from programs.operations.education.sessions import CannotPlan, NeedsAnother
from programs.queries import education as queries
from tests import factories
from tests.factories import AT
from tests.programs.teaching import SOURCE, school
from wsr.deadlines.models import Clock
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import atomic, program_scope

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def farm():
    return school()


def clock_of(kind, subject):
    return (
        Clock.objects.filter(kind=f"programs.education_{kind}", subject_id=subject.pk).order_by("-pk").first()
    )


def the_due(farm):
    with farm.scope():
        return EducationDue.objects.get(workplace=farm.workplace, kind=EducationKind.SESSION)


# ── The schedule ─────────────────────────────────────────────────────────────────────────────────


def test_the_schedule_names_its_rule_and_runs_a_clock_once(farm):
    assert (farm.draw_up(), farm.draw_up()) == (1, 0)

    with farm.scope():
        due = EducationDue.objects.get()
        assert (due.due_on, due.season_id, due.rule_key, due.rule_source) == (
            dt.date(2026, 4, 30),
            farm.season.pk,
            "education.session_every",
            SOURCE,
        )
        assert queries.why(due) == "The last day of the season “Winter”."
        clock = clock_of("due", due)
        assert clock.due_at.date() == dt.date(2026, 4, 30)
        assert clock.source == SOURCE
        assert Event.objects.filter(event="education.drawn_up").count() == 1


def test_a_rule_that_changes_moves_what_is_ahead_and_nothing_that_was_due(farm):
    farm.rule("education.committee_every", 1, "months")
    farm.draw_up(AT)
    with farm.scope():
        first = EducationDue.objects.get(kind=EducationKind.COMMITTEE)
        assert first.due_on == dt.date(
            2026, 2, 1
        )  # counted from the day on which the rule began, and overdue by now
        from programs.models import Rule

        Rule.objects.filter(key="education.committee_every").update(value=6)
        ahead = EducationDue.objects.get(kind=EducationKind.SESSION)
        Rule.objects.filter(key="education.session_every").update(value=None)
    assert farm.draw_up(AT) == 1
    with farm.scope():
        first.refresh_from_db()
        ahead.refresh_from_db()
        assert (first.due_on, first.state) == (dt.date(2026, 2, 1), DueState.OWED)
        assert (ahead.state, ahead.dropped_reason) == (DueState.DROPPED, "The rules no longer ask for it.")
        assert clock_of("due", ahead).state == "cancelled"


def test_who_closed_is_owed_nothing_more(farm):
    farm.draw_up()
    with farm.scope():
        workplaces.close(
            workplace_id=farm.workplace.pk, closed_on=AT.date(), reason="Sold.", by=farm.director, at=AT
        )
    farm.draw_up()
    assert the_due(farm).state == DueState.DROPPED


def test_what_is_not_owed_after_all_needs_a_reason_and_can_come_back(farm):
    farm.draw_up()
    due = the_due(farm)
    act = {"due_id": due.pk, "by": farm.educator, "at": AT}
    with farm.scope():
        with pytest.raises(scheduling.CannotSchedule, match="why"):
            scheduling.drop(reason=" ", **act)
        with pytest.raises(scheduling.CannotSchedule, match="not dropped"):
            scheduling.owe_again(**act)
        scheduling.drop(reason="No harvest this season.", **act)
        assert clock_of("due", due).state == "cancelled"
        with pytest.raises(scheduling.CannotSchedule, match="still owed"):
            scheduling.drop(reason="Again.", **act)
        assert farm.draw_up() == 0
        scheduling.owe_again(**act)
        assert clock_of("due", due).state == "running"


def test_a_program_of_many_workplaces_is_drawn_up_in_pieces(farm, monkeypatch):
    monkeypatch.setattr(scheduling, "AT_ONCE", 2)
    for _number in range(4):
        factories.workplace(farm.program, supplier=farm.supplier)

    assert scheduling.draw_up_program(farm.program.pk, at=AT) == 5
    assert scheduling.draw_up_program(farm.program.pk, at=AT) == 0


# ── From the plan to the confirmation ────────────────────────────────────────────────────────────


def test_a_session_meets_what_is_owed_and_stops_its_clock(farm):
    farm.draw_up()
    due = the_due(farm)
    session = farm.plan()
    assert (session.due_id, session.access, session.state) == (due.pk, Access.ASKED, SessionState.PLANNED)

    farm.report(session)

    with farm.scope():
        due.refresh_from_db()
        session.refresh_from_db()
        assert (due.state, due.met_on) == (DueState.MET, dt.date(2026, 3, 3))
        assert (session.state, session.counted_on, session.percent) == (SessionState.HELD, due.met_on, 75)
        assert clock_of("due", due).state == "met"
        sessions.confirm(session_id=session.pk, by=farm.educator, at=AT + 2 * DAY)
        events = Event.objects.filter(subject_id=session.pk).order_by("pk").values_list("event", flat=True)
        assert list(events) == ["session.planned", "session.reported", "session.confirmed"]


def test_somebody_else_confirms_where_the_program_says_so(farm):
    farm.rule("education.other_confirms", True, "yes_no")
    farm.rule("clocks.education_confirmed", 5, "days")
    farm.draw_up()
    session = farm.plan()
    farm.report(session)
    due = the_due(farm)
    with farm.scope():
        assert due.state == DueState.OWED
        assert EducationSession.objects.get().counted_on is None
        assert clock_of("confirmed", session).state == "running"
        assert Outbox.objects.filter(kind="education_to_confirm").count() == 1
        with pytest.raises(NeedsAnother):
            sessions.confirm(session_id=session.pk, by=farm.educator, at=AT + 2 * DAY)
        sessions.confirm(session_id=session.pk, by=farm.other, at=AT + 2 * DAY)
        due.refresh_from_db()
        assert due.state == DueState.MET

        with pytest.raises(CannotPlan, match="what is wrong"):
            sessions.reopen(session_id=session.pk, reason="", by=farm.other, at=AT + 3 * DAY)
        sessions.reopen(session_id=session.pk, reason="Counted twice.", by=farm.other, at=AT + 3 * DAY)
        due.refresh_from_db()
        assert (due.state, clock_of("due", due).state) == (DueState.OWED, "running")


def test_below_the_floor_it_stays_owed_until_another_shift_is_taught(farm):
    farm.rule("education.attendance_floor", "50", "percent")
    farm.draw_up()
    farm.report(farm.plan(), attended=19, workers_present=40)
    assert the_due(farm).state == DueState.OWED

    later = farm.plan(starts_at=AT + 2 * DAY)
    farm.report(later, attended=1, workers_present=38)

    assert the_due(farm).state == DueState.MET
    with farm.scope():
        assert queries.taught(the_due(farm)) == queries.Taught(2, 20, 40)


def test_a_cancelled_session_leaves_it_owed(farm):
    farm.draw_up()
    session = farm.plan()
    farm.report(session)
    with farm.scope():
        with pytest.raises(CannotPlan, match="Say why"):
            sessions.cancel(session_id=session.pk, reason="", by=farm.educator, at=AT + 2 * DAY)
        sessions.cancel(
            session_id=session.pk, reason="It was another farm.", by=farm.educator, at=AT + 2 * DAY
        )
        with pytest.raises(CannotPlan):
            sessions.cancel(session_id=session.pk, reason="Again.", by=farm.educator, at=AT + 2 * DAY)
    assert the_due(farm).state == DueState.OWED


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": EducationKind.MODULE}, "which one"),
        ({"minutes": 0}, "a minute"),
        ({"languages": []}, "language"),
    ],
)
def test_plans_that_make_no_sense(farm, said, sentence):
    with pytest.raises(CannotPlan, match=sentence):
        farm.plan(**said)
    with farm.scope():
        assert not EducationSession.objects.exists()


def test_only_educators_and_directors_lead(farm):
    with pytest.raises(CannotPlan, match="leads"):
        farm.plan(leader_id=farm.manager.pk)
    assert farm.plan(leader_id=farm.director.pk).leader_id == farm.director.pk


def test_reports_that_make_no_sense(farm):
    session = farm.plan()
    for said, sentence in (
        ({"at": AT}, "not begun"),
        ({"attended": 41}, "More workers"),
        ({"attended": 0, "workers_present": 0}, "no worker"),
    ):
        with pytest.raises(CannotPlan, match=sentence):
            farm.report(session, **said)
    with farm.scope(), pytest.raises(CannotPlan, match="reported"):
        sessions.confirm(session_id=session.pk, by=farm.other, at=AT + DAY)
    farm.report(session)
    with farm.scope():
        with pytest.raises(CannotPlan, match="planned session"):
            sessions.change(
                session_id=session.pk,
                plan=sessions.Plan(EducationKind.SESSION, AT, 30, farm.educator.pk, ["es"]),
                by=farm.educator,
                at=AT,
            )
        with pytest.raises(DatabaseError), atomic():
            EducationSession.objects.filter(pk=session.pk).update(attended=99)


def test_handouts_and_notes_are_replaced_when_a_report_is_corrected(farm):
    with farm.scope():
        booklet, video = (
            materials.add(title=title, kind=kind, language="es", version="2026", by=farm.educator, at=AT)
            for title, kind in (("Rights", "booklet"), ("Film", "video"))
        )
    session = farm.plan()
    farm.report(
        session, handouts={booklet.pk: 30, video.pk: 0}, note="Shade was far.", management_present=True
    )
    farm.report(session, handouts={video.pk: 28}, attended=28)

    with farm.scope():
        assert list(Handout.objects.values_list("material__title", "count")) == [("Film", 28)]
        note = SessionNote.objects.get()
        assert (note.management_present, note.text) == (False, "")
        with pytest.raises(Material.DoesNotExist):
            sessions.report(
                session_id=session.pk,
                report=sessions.Report(1, 2, True, False, handouts={session.pk: 1}),
                by=farm.educator,
                at=AT + 2 * DAY,
            )


def test_the_library_keeps_each_version_once(farm):
    said = {"title": "Rights", "kind": "booklet", "language": "es", "by": farm.educator, "at": AT}
    with farm.scope():
        kept = materials.add(version="1", link="https://example.org/a.pdf", **said)
        with pytest.raises(materials.CannotKeep, match="already"):
            materials.add(version="1", **said)
        with pytest.raises(materials.CannotKeep, match="not both"):
            materials.add(version="2", link="https://example.org", file_name="a.pdf", **said)
        materials.retire(material_id=kept.pk, by=farm.educator, at=AT)
        with pytest.raises(materials.CannotKeep, match="already"):
            materials.retire(material_id=kept.pk, by=farm.educator, at=AT)


# ── The supplier ─────────────────────────────────────────────────────────────────────────────────


def test_the_supplier_answers_on_time_and_place_and_writes_nothing_else(farm):
    farm.rule("clocks.education_answered", 3, "days")
    session = farm.plan()
    with farm.scope():
        assert Outbox.objects.filter(kind="education_planned").count() == 1
        clock = clock_of("answered", session)
        assert clock.responsible_participation_id == farm.supplier.pk
    with farm.portal():
        with pytest.raises(CannotPlan, match="which time"):
            sessions.answer(session_id=session.pk, agrees=False, note="", by=farm.manager, at=AT)
        sessions.answer(session_id=session.pk, agrees=False, note="Not at harvest.", by=farm.manager, at=AT)
        row = EducationSession.objects.get()
        assert (row.access, row.access_note) == (Access.OTHER_TIME, "Not at harvest.")
        for column, value in (("attended", 40), ("state", "held"), ("starts_at", AT), ("is_paid_time", True)):
            with pytest.raises(DatabaseError), atomic():
                EducationSession.objects.update(**{column: value})
        with pytest.raises(DatabaseError), atomic():
            EducationSession.objects.update(access=Access.ASKED)
        with pytest.raises(DatabaseError), atomic():
            list(SessionNote.objects.all())
    with farm.scope():
        assert Outbox.objects.filter(kind="education_answer").count() == 1
        moved = sessions.Plan(EducationKind.SESSION, AT + 3 * DAY, 60, farm.educator.pk, ["es"])
        sessions.change(session_id=session.pk, plan=moved, by=farm.educator, at=AT)
        row = EducationSession.objects.get()
        assert (row.access, row.access_note, row.answered_by) == (Access.ASKED, "", None)
        assert Outbox.objects.filter(kind="education_moved").count() == 1


def test_a_supplier_sees_its_own_workplaces_alone(farm):
    elsewhere = factories.workplace(farm.program)
    farm.draw_up()
    theirs = farm.plan(workplace=elsewhere)
    assert theirs.access == Access.NOT_ASKED
    ours = farm.plan()
    with farm.portal():
        assert list(EducationSession.objects.values_list("pk", flat=True)) == [ours.pk]
        assert set(EducationDue.objects.values_list("workplace_id", flat=True)) == {farm.workplace.pk}
        with pytest.raises(EducationSession.DoesNotExist):
            sessions.answer(session_id=theirs.pk, agrees=True, note="", by=farm.manager, at=AT)


def test_another_programs_rows_are_not_there(farm, other_program_of_its_own):
    farm.draw_up()
    session, due = farm.plan(), the_due(farm)
    with program_scope(other_program_of_its_own.pk):
        with pytest.raises(EducationSession.DoesNotExist):
            sessions.cancel(session_id=session.pk, reason="x", by=farm.educator, at=AT)
        with pytest.raises(EducationDue.DoesNotExist):
            scheduling.drop(due_id=due.pk, reason="x", by=farm.educator, at=AT)


@pytest.fixture
def other_program_of_its_own():
    return factories.program("elsewhere")


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────


def test_coverage_states_its_two_numbers(farm):
    second = factories.workplace(farm.program, supplier=farm.supplier)
    factories.workplace(farm.program, supplier=farm.supplier)
    farm.rule("education.attendance_floor", "50", "percent")
    farm.draw_up()
    farm.report(farm.plan(), attended=30, workers_present=40)
    farm.report(farm.plan(workplace=second), attended=5, workers_present=20, is_paid_time=False)
    after = dt.date(2026, 5, 2)

    with farm.scope():
        (season,) = queries.coverage_by_season(on=after)
        whole = queries.coverage_of_program(on=after)
        found = {row.name: (row.n_met, row.n_owed, row.n_overdue) for row in queries.workplaces(on=after)}
    assert (season.met, season.owed, season.overdue, season.percent_met) == (1, 3, 2, 33)
    assert (season.taught, season.workplaces, season.percent_taught) == (2, 3, 66)
    assert (season.attended, season.present, season.percent_attended) == (35, 60, 58)
    assert (season.sessions, season.below_floor, season.unpaid) == (2, 1, 1)
    assert (whole.met, whole.owed, whole.sessions) == (1, 3, 2)
    assert found[farm.workplace.name] == (1, 1, 0)
    assert found[second.name] == (0, 1, 1)
