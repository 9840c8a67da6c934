"""Records of a visit: sent once or ten times, from one device or two, they stand once."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from audits.enums import Answer
from audits.models import Finding, Inspection, Interview, Question, Response
from audits.operations import records, visits
from audits.operations.states import CannotMove, Stale
from audits.queries.findings import earlier_findings
from programs.models import CodeVersion, Provision, Severity
from tests import factories
from tests.audits import making
from wsr.accounts.grants import Role
from wsr.errors import DomainError
from wsr.history.models import Event, Payload

pytestmark = pytest.mark.django_db(databases=["default", "engine"])
AT = making.AT
NOTES = {
    "finding": (making.finding, {"title": "Blocked exit"}, {"title": "Locked exit"}),
    "response": (making.response, {"answer": Answer.MET}, {"answer": Answer.NOT_MET}),
    "interview": (making.interview, {"workers": 4}, {"workers": 5}),
}


@pytest.fixture
def visit(program):
    """A secret visit under way."""
    return making.under_way(program)


@pytest.mark.parametrize("name", NOTES)
def test_the_same_record_again_is_a_duplicate_and_other_content_wants_a_version(program, visit, name):
    note, first, second = NOTES[name]
    key = uuid4()
    put = note(program, visit, record_id=key, **first)
    assert (put.outcome, put.row.pk, put.row.version, put.row.secret_of) == ("applied", key, 1, visit.pk)
    assert note(program, visit, record_id=key, **first).outcome == "duplicate"
    with pytest.raises(Stale) as refused:
        note(program, visit, record_id=key, **second)
    assert refused.value.current.version == 1
    changed = note(program, visit, record_id=key, if_version=1, **second)
    assert (changed.outcome, changed.row.version) == ("applied", 2)
    # The answer to the change was lost, and the device sends it again.
    assert note(program, visit, record_id=key, if_version=1, **second).outcome == "duplicate"
    with pytest.raises(Stale):
        note(program, visit, record_id=key, if_version=1, **first)


@pytest.mark.parametrize("name", NOTES)
def test_nothing_is_noted_before_arrival_or_after_submission(program, name):
    note, first, _second = NOTES[name]
    planned = making.accepted(program)
    with pytest.raises(CannotMove):
        note(program, planned, **first)
    over = making.submitted(program)
    with pytest.raises(CannotMove):
        note(program, over, **first)


def test_another_programs_visit_does_not_exist(other_program, visit):
    with making.as_auditor(other_program, visit.lead), pytest.raises(Inspection.DoesNotExist):
        records.put_interview(
            inspection_id=visit.pk, record_id=None, noted_at=AT, by=visit.lead, at=AT, workers=1
        )


def test_a_device_with_a_wrong_clock_is_believed_beside_the_server(program, visit):
    yesterday = AT - dt.timedelta(days=1)
    row = making.finding(program, visit, noted_at=yesterday).row
    with making.as_auditor(program, visit.lead):
        kept = Finding.objects.get(pk=row.pk)
    assert (kept.noted_at, kept.received_at, kept.updated_at) == (yesterday, AT, AT)


def test_an_id_of_another_visit_is_refused(program, visit):
    put = making.finding(program, visit)
    other = making.under_way(program, planner=visit.planner)
    with pytest.raises(records.Invalid, match="another record"):
        making.finding(program, other, record_id=put.row.pk)
    with making.as_staff(program, visit.planner):
        assert Finding.objects.get().inspection_id == visit.pk


def test_two_devices_answer_the_same_question(program, visit):
    first = making.response(program, visit, answer="met")
    assert making.response(program, visit, answer="met").outcome == "duplicate"
    with pytest.raises(Stale) as refused:
        making.response(program, visit, answer="not_met")
    assert refused.value.current == first.row
    changed = making.response(program, visit, answer="not_met", if_version=1)
    assert (changed.row.pk, changed.row.answer) == (first.row.pk, "not_met")


def test_an_answer_does_not_take_the_place_of_another(program, visit):
    with making.as_staff(program, visit.planner):
        one, two, _three = Provision.objects.order_by("position")
    making.response(program, visit, provision_id=one.pk)
    second = making.response(program, visit, provision_id=two.pk).row
    with pytest.raises(records.Invalid, match="answered already"):
        making.response(program, visit, record_id=second.pk, provision_id=one.pk, if_version=1)
    assert making.response(
        program, visit, record_id=second.pk, provision_id=two.pk, answer="not_met", if_version=1
    )


def test_a_question_belongs_to_its_provision(program, visit):
    with making.as_staff(program, visit.planner):
        one, two, _three = Provision.objects.order_by("position")
        question = Question.objects.create(code_id=visit.code_id, provision=one, text="Are exits open?")
    said = {"question_id": question.pk, "answer": "met"}
    assert making.response(program, visit, provision_id=one.pk, **said).outcome == "applied"
    with pytest.raises(records.Invalid) as refused:
        making.response(program, visit, provision_id=two.pk, **said)
    assert refused.value.field == "question"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"workers_affected": -1}, "workers_affected"),
        ({"workers_affected": 2**40}, "workers_affected"),
        ({"provision_id": uuid4()}, "provision"),
        ({"severity_id": uuid4()}, "severity"),
        ({"repeat_of_id": uuid4()}, "repeat_of"),
    ],
)
def test_a_finding_that_cannot_stand_is_refused_at_its_field(program, visit, fields, field):
    with pytest.raises(records.Invalid) as refused:
        making.finding(program, visit, **fields)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"workers": 0}, "workers"), ({"place": "moon"}, "place"), ({"workers": 2**40}, "workers")],
)
def test_an_interview_that_cannot_stand_is_refused_at_its_field(program, visit, fields, field):
    with pytest.raises(records.Invalid) as refused:
        making.interview(program, visit, **fields)
    assert refused.value.field == field


def test_a_provision_of_another_version_is_refused(program, visit):
    with making.as_staff(program, visit.planner):
        draft = CodeVersion.objects.create(number=2, title="Next", created_at=AT)
        other = Provision.objects.create(code=draft, reference="9", title="New")
    with pytest.raises(records.Invalid):
        making.finding(program, visit, provision_id=other.pk)


def test_severity_is_the_provisions_unless_said(program, visit):
    with making.as_staff(program, visit.planner):
        grave, light = Severity.objects.order_by("position")
    assert making.finding(program, visit).row.severity_id == grave.pk
    assert making.finding(program, visit, severity_id=light.pk).row.severity_id == light.pk


def test_many_findings_at_once_keep_the_good_ones(program, visit):
    with making.as_auditor(program, visit.lead):
        provision = Provision.objects.first().pk
        items = [
            {"record_id": uuid4(), "noted_at": AT, "provision_id": provision, "title": f"Finding {number}"}
            for number in range(5)
        ]
        said = {"inspection_id": visit.pk, "by": visit.lead, "at": AT}
        bad = {**items[0], "record_id": uuid4(), "title": ""}
        results = records.put_findings(items=[*items[:3], bad, items[0]], **said)
        assert [put.outcome for put in results] == ["applied"] * 3 + ["refused", "duplicate"]
        assert isinstance(results[3].error, records.Invalid)
        other = {**items[1], "title": "Changed"}
        again = records.put_findings(items=[*items, other, {**other, "if_version": 1}], **said)
        assert [put.outcome for put in again] == ["duplicate"] * 3 + ["applied"] * 2 + ["stale", "applied"]
        assert again[-2].row.pk == items[1]["record_id"]
        assert Finding.objects.count() == 5


def test_many_answers_and_interviews_at_once(program, visit):
    with making.as_auditor(program, visit.lead):
        provision = Provision.objects.first().pk
        said = {"inspection_id": visit.pk, "by": visit.lead, "at": AT}
        met = {"record_id": uuid4(), "noted_at": AT, "provision_id": provision, "answer": Answer.MET}
        twice = {**met, "record_id": uuid4(), "answer": Answer.NOT_MET}
        nobody = {"record_id": None, "noted_at": AT, "workers": 0, "held_on": AT.date(), "place": "housing"}
        results = records.put_responses(items=[met, twice, met], **said)
        assert [put.outcome for put in results] == ["applied", "stale", "duplicate"]
        assert results[1].row.pk == met["record_id"]
        results = records.put_interviews(items=[{**nobody, "workers": 4}, nobody], **said)
        assert [put.outcome for put in results] == ["applied", "refused"]


def test_what_was_refused_is_neither_written_nor_compared_with(program, visit):
    with making.as_auditor(program, visit.lead):
        provision, wrong = Provision.objects.first().pk, uuid4()
        item = {"record_id": uuid4(), "noted_at": AT, "provision_id": provision, "title": "Blocked exit"}
        elsewhere = {**item, "provision_id": wrong, "if_version": 1}
        said = {"inspection_id": visit.pk, "by": visit.lead, "at": AT}

        first = records.put_findings(items=[item, elsewhere], **said)
        then = records.put_findings(
            items=[elsewhere, {**item, "title": "Locked exit", "if_version": 1}], **said
        )

        assert [put.outcome for put in (*first, *then)] == ["applied", "refused", "refused", "applied"]
        finding = Finding.objects.get()
        assert (finding.provision_id, finding.title) == (provision, "Locked exit")


@pytest.mark.parametrize("year", [1999, 9999])
def test_a_clock_that_is_far_off_is_refused(program, visit, year):
    with pytest.raises(records.Invalid) as refused:
        making.finding(program, visit, noted_at=AT.replace(year=year))
    assert refused.value.field == "noted_at"


def test_bulk_costs_the_same_number_of_queries_for_one_and_fifty(program, visit):
    with making.as_auditor(program, visit.lead):
        provision = Provision.objects.first().pk

        def put(count: int) -> int:
            items = [
                {"record_id": uuid4(), "noted_at": AT, "provision_id": provision, "title": "Same"}
                for _ in range(count)
            ]
            with CaptureQueriesContext(connections["default"]) as seen:
                records.put_findings(inspection_id=visit.pk, items=items, by=visit.lead, at=AT)
            return len(seen)

        assert put(1) == put(50)


def test_history_names_findings_and_never_repeats_their_words(program, visit):
    key = uuid4()
    making.finding(program, visit, record_id=key, title="Supervisor Smith shouted", workers_affected=1)
    making.finding(program, visit, record_id=key, title="Smith shouted", workers_affected=2, if_version=1)
    with making.as_auditor(program, visit.lead):
        visits.leave(inspection_id=visit.pk, by=visit.lead, at=AT)
    with making.as_staff(program, visit.planner):
        noted, changed = Event.objects.filter(event__startswith="finding").order_by("event").reverse()
        bodies = list(Payload.objects.filter(pk__in=[noted.pk, changed.pk]).values_list("body", flat=True))
    assert str(key) in bodies[0] + bodies[1]
    assert '"workers_affected":2' in bodies[0] + bodies[1]
    assert not any("Smith" in body for body in bodies)


def test_a_finding_is_withdrawn_with_its_reason_and_stays(program, visit):
    row = making.finding(program, visit).row
    said = {"finding_id": row.pk, "by": visit.lead, "at": AT}
    with making.as_auditor(program, visit.lead):
        with pytest.raises(DomainError):
            records.withdraw_finding(**said, reason="")
        with pytest.raises(Stale):
            records.withdraw_finding(**said, reason="Wrong farm", if_version=7)
        gone = records.withdraw_finding(**said, reason="Wrong farm", if_version=1)
        assert (gone.withdrawn_at, gone.version) == (AT, 2)
        assert records.withdraw_finding(**said, reason="Wrong farm").version == 2
    with pytest.raises(CannotMove):
        making.finding(program, visit, record_id=row.pk, title="Back", if_version=2)


# ── The same breach again ────────────────────────────────────────────────────────────────────────


def test_a_repeat_names_an_earlier_finding_at_the_same_workplace(program):
    first = making.submitted(program)
    with making.as_staff(program, first.planner):
        before = Finding.objects.get()
    making.report(program, first)
    second = making.under_way(program, planner=first.planner, workplace=first.place)
    with making.as_auditor(
        program, second.lead
    ):  # she was not at the first visit: she knows it from its report
        assert not Finding.objects.exists()
        assert [found.id for found in earlier_findings(second)] == [before.pk]
    assert making.finding(program, second, repeat_of_id=before.pk).row.repeat_of_id == before.pk


def test_a_finding_elsewhere_or_of_this_visit_is_no_repeat(program):
    elsewhere = making.submitted(program, team=None)
    making.report(program, elsewhere)
    with making.as_staff(program, elsewhere.planner):
        other = Finding.objects.get().pk
    visit = making.under_way(program, planner=elsewhere.planner, team=[(elsewhere.lead, "lead")])
    own = making.finding(program, visit).row.pk
    for wrong in (other, own):
        with pytest.raises(records.Invalid):
            making.finding(program, visit, repeat_of_id=wrong)


def test_staff_who_inspect_write_as_auditors_do(program):
    inspector = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    lead = factories.member(program, Role.AUDITOR)
    visit = making.under_way(program, team=[(lead, "lead"), (inspector, "in_charge")])
    with making.as_staff(program, inspector):
        put = records.put_interview(
            inspection_id=visit.pk,
            record_id=None,
            noted_at=AT,
            by=inspector,
            at=AT,
            workers=3,
            place="housing",
            held_on=making.DAY,
        )
        assert Interview.objects.get().pk == put.row.pk
        assert not Response.objects.exists()
