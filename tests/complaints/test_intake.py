"""A complaint arrives once, whole, and sealed, whatever dies on the way."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections

from complaints.enums import Channel, ComplaintState, Recipient, Said, Scope
from complaints.models import Complaint, Consent, Draft, Message, TriageRule, WorkerKey
from complaints.operations import drafts, intake
from complaints.operations.intake import AlreadyReceived, Facts, Where, Who
from programs.models import Rule
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from wsr.deadlines.models import Asked, Clock
from wsr.deadlines.operations.sweeping import answer_asked
from wsr.history.models import Payload
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope
from wsr.vault import operations as vault
from wsr.vault import secrets

ANSWERS = {"what": "They held back our wages for two months.", "when": "Since January"}
MEENA = Who(
    name="Meena Akter",
    phone="+8801711234567",
    safe_contact="Never before seven",
    may_call=True,
    consents=[(Recipient.EMPLOYER, Said.FACTS)],
)


def send(token, *, answers=ANSWERS, complainants=(MEENA,), entered_by=None, at=AT, **facts):
    with worker_scope(token.program_id, token.case_id):
        return intake.receive(
            token=token,
            facts=Facts(**{"channel": Channel.WEB, **facts}),
            answers=answers,
            complainants=complainants,
            entered_by=entered_by,
            at=at,
        )


def test_it_is_triaged_by_the_table_of_the_day_and_sealed(program):
    supplier = factories.supplier(program)
    workplace = factories.workplace(program, supplier=supplier)
    with program_scope(program.pk):
        common = {"key": "wages", "label": {"en": "Wages"}, "set_at": AT}
        TriageRule.objects.create(
            **common, scope=Scope.WITHIN, valid_from=dt.date(2025, 1, 1), valid_until=AT.date()
        )
        today = TriageRule.objects.create(
            **common, scope=Scope.OUTSIDE, partner="The labor office", is_urgent=True, valid_from=AT.date()
        )
    token = drafts.Token.new(program.pk)

    receipt = send(
        token,
        rule_key="wages",
        language="bn",
        where=Where(workplace.pk, supplier.pk),
        complainants=[MEENA, Who()],
    )

    first, second = making.everybody(program, token.case_id)
    with worker_scope(program.pk, token.case_id):
        made = Complaint.objects.get()
        assert (made.pk, made.number, made.state) == (token.case_id, receipt.number, ComplaintState.RECEIVED)
        assert (made.rule, made.scope, made.is_urgent) == (today, Scope.OUTSIDE, True)
        assert (made.supplier_id, made.workplace_id) == (supplier.pk, workplace.pk)
        assert (made.is_anonymous, made.language) == (False, "bn")
        assert (first.has_name, first.may_call, second.has_phone) == (True, True, False)
        assert vault.unseal(made.pk, "complaints_complainant", "phone", first.pk) == MEENA.phone
        said = [
            (row.question, vault.unseal(made.pk, "complaints_message", "text", row.pk))
            for row in Message.objects.all()
        ]
        assert said == list(ANSWERS.items())
        assert Consent.objects.get().complainant == first
        keys = {key.complainant_id: key for key in WorkerKey.objects.all()}
        assert (set(keys), {key.must_change for key in keys.values()}) == ({first.pk, second.pk}, {False})
        assert secrets.is_right(receipt.number, receipt.secret, keys[first.pk].hash)
        [slip] = receipt.others
        assert (slip.complainant_id, slip.number) == (second.pk, second.number)
        assert secrets.is_right(slip.number, slip.secret, keys[second.pk].hash)
    with program_scope(program.pk):
        assert Outbox.objects.get().kind == "complaint_danger"
        assert Outbox.objects.get().context == {}
        assert Asked.objects.get().kind == intake.ACKNOWLEDGED
        written = " ".join(Payload.objects.values_list("body", flat=True))
        assert "web" in written
        assert receipt.number not in written


def test_it_is_the_same_receipt_until_written_down_and_the_clock_starts_with_the_tick(transactional_db):
    program = factories.program()
    with program_scope(program.pk):
        Rule.objects.create(
            key="clocks.complaint_acknowledged",
            section="clocks",
            label="x",
            value=3,
            unit="days",
            certainty="set_by_program",
            valid_from=dt.date(2026, 1, 1),
            set_at=AT,
        )
    token, operator = drafts.Token.new(program.pk), factories.member(program, "case_handler")
    first = send(token, entered_by=operator, channel=Channel.HOTLINE)

    assert send(token, answers={"what": "Something else entirely"}) == first
    answer_asked(at=AT)
    with program_scope(program.pk, person_id=operator.pk):
        assert Complaint.objects.count() == 1
        assert not Message.objects.exists()
        assert Clock.objects.get().started_at == AT
    with worker_scope(program.pk, token.case_id):
        assert WorkerKey.objects.get().must_change
        assert Message.objects.count() == len(ANSWERS)
        drafts.forget(token)
    with pytest.raises(AlreadyReceived):
        send(token)


def test_a_taken_number_is_another_one(program, monkeypatch):
    numbers = iter(["100000009", "100000009", "200000008"])
    monkeypatch.setattr("wsr.vault.numbers.new_number", lambda: next(numbers))

    assert [send(drafts.Token.new(program.pk)).number for _ in range(2)] == ["100000009", "200000008"]


class Killed(Exception):
    """The process is gone."""


def test_killed_at_any_statement_it_loses_nothing_and_never_makes_two(transactional_db):
    program = factories.program()
    token = drafts.Token.new(program.pk)
    with worker_scope(program.pk, token.case_id):
        drafts.keep(token, ANSWERS, at=AT)
    deaths = 0
    while True:
        left = deaths

        def kill(execute, sql, params, many, context):
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(kill):
                receipt = send(token)
            break
        except Killed:
            deaths += 1
            with worker_scope(program.pk, token.case_id):
                assert drafts.answers_of(token, at=AT) == ANSWERS
                assert not Complaint.objects.exists()

    assert deaths > 15
    assert send(token) == receipt
    with program_scope(program.pk):
        assert Complaint.objects.count() == 1


def test_pressed_twice_at_once_it_is_one(transactional_db):
    program = factories.program()
    token = drafts.Token.new(program.pk)
    both, receipts = threading.Barrier(2), []

    def press():
        both.wait()
        receipts.append(send(token))
        connections.close_all()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()

    assert receipts[0] == receipts[1]
    with program_scope(program.pk):
        assert Complaint.objects.count() == 1


def test_a_draft_opens_for_its_token_alone_and_goes_when_its_time_is_over(transactional_db):
    program = factories.program()
    token, other = (drafts.Token.new(program.pk) for _ in range(2))
    with worker_scope(program.pk, token.case_id):
        drafts.keep(token, ANSWERS, at=AT)
        assert drafts.answers_of(token, at=AT) == ANSWERS
        stolen = drafts.Token("x" + token.text, program.pk)
        stolen.__dict__["case_id"] = token.case_id
        assert drafts.answers_of(stolen, at=AT) == {}
        assert b"wages" not in bytes(Draft.objects.get().content)
        over = AT + dt.timedelta(hours=drafts.HOURS)
        assert drafts.answers_of(token, at=over) == {}
    with worker_scope(program.pk, other.case_id):
        assert not Draft.objects.exists()

    assert drafts.delete_expired(at=over - dt.timedelta(seconds=1)) == 0
    assert drafts.delete_expired(at=over) == 1
