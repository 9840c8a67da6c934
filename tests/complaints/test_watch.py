"""The watch: nobody who complained is forgotten, silence is never good news, and harm opens a complaint of its own at once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from complaints.enums import Act, Channel, CheckInAnswer, ComplaintState, FiledBy, Harm, Outcome, Part
from complaints.models import Assignment, CheckIn, Complainant, Complaint, Finding, Message, WorkerKey
from complaints.operations import access, check_ins, joining, parts, states, thread, watch
from complaints.operations.access import Entry
from complaints.operations.complainants import Who, enrol
from complaints.queries import watch as queries
from programs.models import CodeVersion, Provision, Rule, Severity
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from wsr.deadlines.models import Asked, Clock
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope
from wsr.vault import operations as vault
from wsr.vault.secrets import hash_secret

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SECRET = "482193047115"
HARM = {"harms": [Harm.HOURS, Harm.THREATENED], "words": "He said I talk too much.", "channel": Channel.WEB}


@pytest.fixture
def office():
    """A program with a director, two handlers, its severities, and a complaint that Ana handles."""
    office = type("Office", (), {})()
    office.program = program = factories.program()
    office.director = factories.member(program, "director")
    office.ana, office.ben = (factories.member(program, "case_handler") for _ in range(2))
    office.workplace = factories.workplace(program, name="Padma Mill")
    office.complaint = making.complaint(
        program, text="They lock the exit.", workplace=office.workplace, supplier=office.workplace.supplier
    )
    with worker_scope(program.pk, office.complaint.pk):
        office.who = Complainant.objects.get()
        office.key = WorkerKey.objects.create(
            complaint=office.complaint,
            complainant=office.who,
            hash=hash_secret(office.complaint.number, SECRET),
            made_at=AT,
        )
    with program_scope(program.pk, person_id=office.ana.pk):
        Severity.objects.create(key="low", label="Low", position=3, certainty="set_by_program")
        office.gravest = Severity.objects.create(
            key="zero", label="Zero tolerance", position=0, certainty="set_by_program"
        )
        parts.take(complaint_id=office.complaint.pk, by=office.ana, at=AT)
    return office


def as_staff(office, person=None):
    return program_scope(office.program.pk, person_id=(person or office.ana).pk)


def as_worker(office, case_id=None):
    return worker_scope(office.program.pk, case_id or office.complaint.pk)


def seen(office, act=Act.VISIT, *, at=AT):
    with as_staff(office):
        return watch.employer_can_see(office.complaint, act, at=at, by=office.ana)


def worse(office, *, at=AT, **said):
    with as_worker(office):
        return watch.tell_worse(key=office.key, at=at, **{**HARM, **said})


def answers(office):
    with as_staff(office):
        return dict(CheckIn.objects.filter(complaint=office.complaint).values_list("days", "answer"))


def told(office, kind):
    with as_staff(office):
        return list(Outbox.objects.filter(kind=kind).order_by("created_at", "pk"))


def test_three_questions_after_an_act_each_with_its_clock_and_none_twice(office):
    made = seen(office)
    assert [row.days for row in made] == [7, 30, 90]
    assert seen(office, Act.CONTACT) == []
    assert [row.days for row in seen(office, Act.CLOSED, at=AT + 2 * DAY)] == [7, 30, 90]

    with as_staff(office):
        clocks = Clock.objects.filter(kind="complaints.check_in")
        first = clocks.get(subject_id=made[0].pk)
        assert clocks.count() == 6
        assert first.due_at.date() == AT.date() + 7 * DAY
        assert (first.url, str(office.complaint.number) in first.title) == ("", False)
    with as_staff(office, office.ben), pytest.raises(states.NotInvolved):
        watch.employer_can_see(office.complaint, Act.VISIT, at=AT + DAY, by=office.ben)


@pytest.mark.parametrize(
    ("value", "days"),
    [
        (["14", " 180 ", "7"], [7, 14, 30, 90, 180]),
        (["0", "never", "99999"], [7, 30, 90]),
        (None, [7, 30, 90]),
    ],
)
def test_a_program_adds_days_and_takes_none_away(office, value, days):
    with as_staff(office):
        Rule.objects.create(
            section="complaints",
            key="complaints.check_in_days",
            label="x",
            value=value,
            unit="list",
            certainty="set_by_program",
            valid_from=dt.date(2026, 1, 1),
            set_at=AT,
        )
    assert [row.days for row in seen(office)] == days


def test_she_says_that_nothing_happened_and_only_what_was_due_is_answered(office):
    seen(office)
    with as_worker(office):
        assert watch.tell_fine(key=office.key, channel=Channel.WEB, at=AT + 6 * DAY) == 0
        assert watch.tell_fine(key=office.key, channel=Channel.WEB, at=AT + 7 * DAY) == 1
        assert watch.tell_fine(key=office.key, channel=Channel.WEB, at=AT + 7 * DAY) == 0
    assert answers(office) == {7: "fine", 30: "", 90: ""}
    with as_staff(office):
        assert Asked.objects.filter(kind="complaints.check_in", act="meet").count() == 1


def test_harm_opens_a_complaint_of_the_gravest_kind_in_the_same_hands(office):
    seen(office)
    linked_id = worse(office, at=AT + 8 * DAY)

    assert answers(office)[7] == "harm"
    with as_staff(office):
        linked = Complaint.objects.get(pk=linked_id)
        assert (linked.continues_id, linked.is_retaliation, linked.is_urgent) == (
            office.complaint.pk,
            True,
            True,
        )
        assert (linked.severity, linked.handler, linked.state) == (
            office.gravest,
            office.ana,
            ComplaintState.RECEIVED,
        )
        assert (linked.filed_by, linked.workplace_id) == (FiledBy.WORKER, office.workplace.pk)
        said = Message.objects.get(complaint=linked)
        text = vault.unseal(linked.pk, "complaints_message", "text", said.pk)
        assert text == "They cut my hours or my pay; They threatened me\n\nHe said I talk too much."
        assert [row.days for row in CheckIn.objects.filter(complaint=linked)] == [7, 30, 90]
        assert Asked.objects.filter(kind="complaints.acknowledged", subject_id=linked.pk).exists()
        assert Assignment.objects.get(complaint=linked).part == Part.HANDLER
    assert [row.to for row in told(office, "retaliation")] == [{"people": [str(office.ana.pk)]}]
    assert told(office, "retaliation_reported")[0].to["roles"] == ["director"]
    assert told(office, "retaliation_reported")[0].context == {}
    with as_staff(office, office.ben):
        assert Complaint.objects.filter(pk=linked_id).exists()
        assert not CheckIn.objects.exists()


def test_a_second_press_adds_to_the_same_complaint_and_a_later_one_opens_another(office):
    first = worse(office)
    assert worse(office, words="Now my brother too.") == first
    with as_staff(office):
        assert Complaint.objects.count() == 2
        assert Message.objects.filter(complaint_id=first).count() == 2
        row = Complaint.objects.get(pk=first)
        states.move(row, ComplaintState.ABUSE, by=office.ana, at=AT)
    assert worse(office, at=AT + DAY) != first


def test_without_a_handler_inside_it_waits_and_those_who_triage_are_told(office):
    with as_staff(office, office.ben):
        parts.wall_off(
            complaint_id=office.complaint.pk,
            person_id=office.ana.pk,
            reason="Her cousin works there.",
            by=office.ben,
            at=AT,
        )
    linked_id = worse(office)
    with as_staff(office, office.ben):
        assert Complaint.objects.get(pk=linked_id).handler is None
        assert not Assignment.objects.filter(complaint_id=linked_id).exists()
        parts.take(complaint_id=linked_id, by=office.ben, at=AT)
        assert Outbox.objects.get(kind="retaliation").to["permission"] == "complaint.triage"


def test_her_secret_leads_to_both_and_a_new_one_shuts_both_to_the_old(office):
    linked_id = worse(office)
    with as_worker(office):
        key = access.key_of(Entry(office.program.pk, office.complaint.pk, office.key.pk, office.who.pk))
        there = access.linked_entry(key, linked_id, at=AT)
        with pytest.raises(Complaint.DoesNotExist):
            access.linked_entry(key, office.program.pk, at=AT)
    with as_worker(office, linked_id):
        inside = access.key_of(there)
        assert access.linked_entry(inside, office.complaint.pk, at=AT).key_id == office.key.pk
        with pytest.raises(thread.SecretInText):
            thread.say(key=inside, text=f"My code is {SECRET}", at=AT)
        thread.say(key=inside, text="I am afraid.", at=AT)
    with as_worker(office):
        access.change_secret(
            entry=Entry(office.program.pk, office.complaint.pk, key.pk, office.who.pk), secret="9" * 12, at=AT
        )
    with as_worker(office, linked_id):
        assert access.key_of(there) is None
        assert WorkerKey.objects.filter(ended_at=None).count() == 1


def test_what_she_cannot_say(office):
    with pytest.raises(watch.CannotAnswer):
        worse(office, harms=[], words=" ")
    with pytest.raises(thread.SecretInText):
        worse(office, words=f"code {SECRET}")
    with as_staff(office):
        assert Complaint.objects.count() == 1


def test_the_handler_keys_in_what_was_said_on_the_telephone(office):
    seen(office)
    said = {
        "complaint_id": office.complaint.pk,
        "complainant_id": office.who.pk,
        "harms": [Harm.DISMISSED],
        "words": "",
        "channel": Channel.HOTLINE,
    }
    with as_staff(office):
        for answer in (CheckInAnswer.FINE, CheckInAnswer.NOT_REACHED):
            with pytest.raises(watch.CannotAnswer):
                watch.key_in(**said, answer=answer, by=office.ana, at=AT + DAY)
        watch.key_in(**said, answer=CheckInAnswer.NOT_REACHED, by=office.ana, at=AT + 7 * DAY)
        assert CheckIn.objects.get(days=7).asked_by == office.ana
        assert CheckIn.objects.get(days=7).answer == CheckInAnswer.OPEN
        watch.key_in(**said, answer=CheckInAnswer.FINE, by=office.ana, at=AT + 8 * DAY)
        linked_id = watch.key_in(**said, answer=CheckInAnswer.HARM, by=office.ana, at=AT + 9 * DAY)
        linked = Complaint.objects.get(pk=linked_id)
        assert (linked.filed_by, linked.entered_by, linked.handler) == (
            FiledBy.PROGRAM,
            office.ana,
            office.ana,
        )
        assert CheckIn.objects.get(act=Act.UNASKED).answer == CheckInAnswer.HARM
    with as_staff(office, office.ben), pytest.raises(states.NotInvolved):
        watch.key_in(**said, answer=CheckInAnswer.FINE, by=office.ben, at=AT + 9 * DAY)


def test_withdrawing_ends_nothing_and_who_joins_later_is_asked_with_the_others(office):
    seen(office)
    with as_worker(office):
        thread.withdraw(key=office.key, at=AT + DAY)
        assert watch.tell_fine(key=office.key, channel=Channel.TEXT, at=AT + 7 * DAY) == 1
    with as_staff(office):
        assert Clock.objects.open().filter(kind="complaints.check_in").count() == 3
    late = making.another(office.program, office.complaint)
    with as_staff(office):
        made = check_ins.joined(late, at=AT + 10 * DAY, by=office.ana)
        assert [(row.days, row.due_on - AT.date()) for row in made] == [(30, 30 * DAY), (90, 90 * DAY)]


def test_harm_is_never_without_its_complaint(office):
    [first, *_rest] = seen(office)
    with as_worker(office), pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.filter(pk=first.pk).update(answer=CheckInAnswer.HARM, answered_at=AT)


def test_what_is_counted(office):
    seen(office)
    linked_id = worse(office, at=AT + 8 * DAY)
    month = {"since": AT, "until": AT + 40 * DAY}
    with as_staff(office):
        assert [row.pk for row in queries.retaliation(**month)] == [linked_id]
        assert not queries.retaliation(since=AT - DAY, until=AT).exists()
        assert not queries.confirmed(**month).exists()
        days = {"since": AT.date(), "until": AT.date() + 35 * DAY}
        assert queries.answered(**days) == {"harm": 1, "": 2}
        assert queries.unasked(**days) == 0
        code = CodeVersion.objects.create(number=1, title="Code", created_at=AT)
        provision = Provision.objects.create(code=code, reference="1", title="Retaliation", position=1)
        Finding.objects.create(
            complaint_id=linked_id,
            provision=provision,
            outcome=Outcome.PARTLY,
            found_by=office.ana,
            found_at=AT,
        )
        assert [row.pk for row in queries.confirmed(**month)] == [linked_id]


def test_whoever_complains_in_a_merged_complaint_is_asked_too(office):
    other = making.complaint(office.program, workplace=office.workplace)
    with as_staff(office):
        parts.take(complaint_id=other.pk, by=office.ana, at=AT)
        joining.merge(complaint_id=other.pk, into_id=office.complaint.pk, by=office.ana, at=AT)
    seen(office)
    with as_staff(office):
        asked = CheckIn.objects.filter(complaint=other)
        assert [row.days for row in asked] == [7, 30, 90]
        waiting = Asked.objects.filter(kind="complaints.check_in", act="start")
        assert set(waiting.values_list("subject_id", flat=True)) == {row.pk for row in asked}


def test_the_second_of_two_reports_harm_to_herself_alone(office):
    with as_worker(office):
        [second] = enrol(office.complaint, [Who(name="Rina Begum")], by=office.ana, at=AT)
        key = WorkerKey.objects.create(complaint=office.complaint, complainant=second, hash="x", made_at=AT)
    seen(office)
    with worker_scope(office.program.pk, office.complaint.pk, second.pk):
        linked_id = watch.tell_worse(key=key, at=AT + 7 * DAY, **HARM)
        key = access.key_of(Entry(office.program.pk, office.complaint.pk, key.pk, second.pk))
        there = access.linked_entry(key, linked_id, at=AT)
    with as_worker(office):
        first = access.key_of(Entry(office.program.pk, office.complaint.pk, office.key.pk, office.who.pk))
        assert queries.linked(first) == []
        with pytest.raises(Complaint.DoesNotExist):
            access.linked_entry(first, linked_id, at=AT)
    with there.scope:
        back = access.linked_entry(access.key_of(there), office.complaint.pk, at=AT)
        assert (back.key_id, back.complainant_id) == (key.pk, second.pk)
    with as_staff(office):
        assert CheckIn.objects.filter(complainant=office.who, answer=CheckInAnswer.OPEN).count() == 3
        [who] = Complainant.objects.filter(complaint_id=linked_id)
        assert vault.unseal(linked_id, "complaints_complainant", "name", who.pk) == "Rina Begum"


def test_more_harm_is_kept_also_where_others_have_joined_the_report(office):
    linked_id = worse(office)
    with as_worker(office, linked_id):
        enrol(Complaint.objects.get(pk=linked_id), [Who()], by=office.ana, at=AT)

    assert worse(office, at=AT + DAY, words="Again.") == linked_id
    with as_worker(office, linked_id):
        assert Message.objects.filter(complainant_id=linked_id).count() == 2
