"""The clock of a check-in, with real transactions: the handler is told, then the directors, and silence is written down as silence."""

import datetime as dt
import re

from complaints.enums import Act, Basis, Channel, CheckInAnswer, Part, Recipient, Said
from complaints.models import CheckIn, Complainant, WorkerKey
from complaints.operations import measures, parts, releases, watch
from programs.models import Rule
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_canary import everything_in_the_database
from wsr.accounts.queries import programs_of
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope
from wsr.ui.today import inbox_of
from wsr.vault.numbers import shown
from wsr.vault.operations import seal
from wsr.vault.secrets import hash_secret

DAY = dt.timedelta(days=1)


def test_the_ladder_of_a_check_in(transactional_db):
    program = factories.program()
    factories.member(program, "director")
    ana = factories.member(program, "case_handler")
    complaint, tried = making.complaint(program), making.complaint(program)
    with program_scope(program.pk, person_id=ana.pk):
        for one in (complaint, tried):
            parts.take(complaint_id=one.pk, by=ana, at=AT)
            watch.employer_can_see(one, Act.CONTACT, at=AT, by=ana)

    def told() -> list[tuple[str, str]]:
        with program_scope(program.pk):
            rows = Outbox.objects.filter(kind__startswith="check_in").order_by("created_at", "kind")
            return [(row.kind, "people" if "people" in row.to else "roles") for row in rows]

    sweep(at=AT + 6 * DAY)
    assert told() == []
    sweep(at=AT + 7 * DAY)
    assert told() == [("check_in_due", "people")] * 2
    with program_scope(program.pk, person_id=ana.pk):
        watch.key_in(
            complaint_id=tried.pk,
            complainant_id=tried.complainants.get().pk,
            answer=CheckInAnswer.NOT_REACHED,
            harms=[],
            words="",
            channel=Channel.HOTLINE,
            by=ana,
            at=AT + 8 * DAY,
        )
    sweep(at=AT + 11 * DAY)
    assert told()[2:] == [("check_in_missed", "roles")]
    sweep(at=AT + 15 * DAY)
    assert told()[3:] == [("check_in_due", "people")] * 2
    sweep(at=AT + 22 * DAY)

    with program_scope(program.pk, person_id=ana.pk):
        assert set(CheckIn.objects.filter(days=7).values_list("answer", flat=True)) == {"not_reached"}
        assert set(CheckIn.objects.exclude(days=7).values_list("answer", flat=True)) == {""}
        closed = Clock.objects.filter(subject_id__in=CheckIn.objects.filter(days=7).values("pk"))
        assert {clock.state for clock in closed} == {"cancelled"}
        open_clocks = Clock.objects.open().filter(kind="complaints.check_in")
        assert open_clocks.count() == 4


def test_what_she_says_and_what_is_said_of_her_lies_nowhere_in_clear(transactional_db):
    program = factories.program()
    director, ana = factories.member(program, "director"), factories.member(program, "case_handler")
    workplace = factories.workplace(program)
    complaint = making.complaint(program, text="CANARYTEXT", workplace=workplace, is_anonymous=False)
    case = complaint.pk
    with worker_scope(program.pk, case):
        Complainant.objects.update(has_name=True)
        seal(case, "complaints_complainant", "name", case, "CANARYNAME Akter")
        key = WorkerKey.objects.create(
            complaint=complaint,
            complainant_id=case,
            hash=hash_secret(complaint.number, "482193047115"),
            made_at=AT,
        )
    with program_scope(program.pk, person_id=ana.pk):
        parts.take(complaint_id=case, by=ana, at=AT)
        asked = parts.ask(complaint_id=case, person_id=director.pk, part=Part.REVIEWER, by=ana, at=AT)
    with program_scope(program.pk, person_id=director.pk):
        parts.accept(assignment_id=asked.pk, by=director, at=AT)
    with program_scope(program.pk, person_id=ana.pk):
        measures.write(
            complaint_id=case,
            title="CANARYNAME is locked in",
            action="CANARYACTION",
            provision_id=None,
            severity_id=None,
            by=ana,
            at=AT,
        )
        release = releases.ask(
            complaint_id=case,
            complainant_id=case,
            recipient=Recipient.AUTHORITY,
            said=Said.NAME,
            basis=Basis.LEGAL_DUTY,
            hours=2,
            reason="CANARYREASON",
            duty="CANARYDUTY",
            by=ana,
            at=AT,
        )
    with program_scope(program.pk, person_id=director.pk):
        releases.refuse(release_id=release.pk, answer="CANARYANSWER", by=director, at=AT)
    with worker_scope(program.pk, case):
        watch.tell_worse(key=key, harms=[], words="CANARYHARM he hit me", channel=Channel.WEB, at=AT)
    sweep(at=AT + DAY)
    kept = everything_in_the_database()
    assert [table for table, rows in kept.items() if re.search("CANARY|43414e415259", rows, re.I)] == []


def test_in_her_work_a_check_in_is_one_line_with_number_day_and_whose_length_it_is(db):
    """The clock and “Ask her” wait for the same; the days are the platform's, unless the program added them."""
    program = factories.program()
    ana = factories.member(program, "case_handler")
    with program_scope(program.pk):
        Rule.objects.create(
            key="complaints.check_in_days",
            section="complaints",
            label="x",
            value=["14"],
            unit="list",
            certainty="set_by_program",
            valid_from=AT.date(),
            set_at=AT,
        )
    complaint = making.complaint(program)
    with program_scope(program.pk, person_id=ana.pk):
        parts.take(complaint_id=complaint.pk, by=ana, at=AT)
        watch.employer_can_see(complaint, Act.CONTACT, at=AT, by=ana)
        due = dict(Clock.objects.filter(kind="complaints.check_in").values_list("length_value", "due_at"))

    tasks = [
        task
        for group in inbox_of(ana, programs_of(ana), at=AT + 7 * DAY)
        for task in group.tasks
        if task.act and task.act[0] == "complaints.check_in"
    ]

    assert {task.title for task in tasks} == {f"Complaint {shown(complaint.number)}"}
    assert {str(complaint.pk) in task.url for task in tasks} == {True}
    assert [(task.due_at, task.why.partition(": ")[2]) for task in tasks] == [
        (due[7], ""),
        (due[14], "14 days (The program's own target)"),
        (due[30], "30 days (The platform's own length, the same in all programs)"),
    ]
    assert tasks[0].why == "Ask her how she is treated since she complained."
