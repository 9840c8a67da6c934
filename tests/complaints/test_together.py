"""Several complain together: each with her own number, words and consents, and nobody reads what another one said."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from complaints.enums import Act, Channel, ComplaintState, Direction, FiledBy, Recipient, Said
from complaints.models import CheckIn, Complainant, Complaint, Consent, Message, WorkerKey
from complaints.operations import access, answering, complainants, drafts, thread, watch
from complaints.operations.complainants import CannotJoin, CannotRenew, Who
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_intake import send
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope
from wsr.vault import operations as vault
from wsr.vault.envelope import Place
from wsr.vault.models import Sealed

pytestmark = pytest.mark.django_db

UNION = Who(name="UNIONNAME Federation")
ANA = Who(name="ANANAME", phone="+8801711000001", filed_by=FiledBy.WORKER)
ANAS_WORDS = "ANAWORDS he shouted at me"


@pytest.fixture
def filed(program):
    """A complaint of a union, entered by an operator: operator, case id, receipt."""
    made = type("Filed", (), {})()
    made.program, made.operator = program, factories.member(program, "case_handler")
    made.token = drafts.Token.new(program.pk)
    made.case_id = made.token.case_id
    made.receipt = send(
        made.token,
        complainants=[UNION, Who(has_slip=False)],
        entered_by=made.operator,
        channel=Channel.PAPER,
        filed_by=FiledBy.UNION,
    )
    return made


def join(filed, place=0, who=ANA, words=ANAS_WORDS, token=None, at=AT):
    token = token or filed.token
    with worker_scope(filed.program.pk, filed.case_id, complainants.joining_id(token, place)):
        return complainants.join(
            complaint_id=filed.case_id,
            token=token,
            place=place,
            who=who,
            words=words,
            by=filed.operator,
            at=at,
        )


def enter(number, secret):
    return access.sign_in(number=number, secret=secret, network="net", at=AT)


def reads(entry) -> list[str]:
    with entry.scope:
        return [line.text for line in thread.lines(access.key_of(entry), at=AT)]


def test_each_reads_her_own_words_and_what_is_said_to_her_or_to_all(filed):
    slip = join(filed)
    assert slip.number not in ("", filed.receipt.number)
    union, ana = enter(filed.receipt.number, filed.receipt.secret), enter(slip.number, slip.secret)
    handler = factories.member(filed.program, "case_handler")
    making.take(filed.program, Complaint(pk=filed.case_id, program_id=filed.program.pk), handler)
    with program_scope(filed.program.pk, person_id=handler.pk):
        for text, to in (("TOALL", None), ("TOANA", ana.complainant_id), ("TOUNION", union.complainant_id)):
            answering.answer(complaint_id=filed.case_id, text=text, to=to, by=handler, at=AT)
        answering.note(complaint_id=filed.case_id, text="NOTED", by=handler, at=AT)
        with pytest.raises(Complainant.DoesNotExist):
            answering.answer(complaint_id=filed.case_id, text="x", to=handler.pk, by=handler, at=AT)

    assert reads(ana) == [ANAS_WORDS, "TOALL", "TOANA"]
    assert reads(union)[-2:] == ["TOALL", "TOUNION"]
    assert ANAS_WORDS not in reads(union)
    with ana.scope:  # the policy, whatever a page asks for
        seen = set(Message.objects.values_list("complainant_id", flat=True))
        assert seen == {ana.complainant_id, None}
        assert not Message.objects.filter(direction=Direction.NOTE).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Message.objects.create(
                complaint_id=filed.case_id,
                complainant_id=union.complainant_id,
                direction=Direction.FROM_WORKER,
                at=AT,
            )
    with worker_scope(
        filed.program.pk, filed.case_id
    ):  # whoever names nobody is the first, and reads no more
        assert set(Message.objects.values_list("complainant_id", flat=True)) == {filed.case_id, None}


def test_each_reaches_her_own_rows_and_those_for_all_by_raw_sql(filed):
    """Row, consents and sealed texts; not even the key of the case helps with another's."""
    union = enter(filed.receipt.number, filed.receipt.secret)
    facts = (Recipient.EMPLOYER, Said.FACTS)
    slip = join(filed, who=Who(name="ANANAME", consents=[facts], filed_by=FiledBy.WORKER))
    ana = enter(slip.number, slip.secret)
    handler = factories.member(filed.program, "case_handler")
    making.take(filed.program, Complaint(pk=filed.case_id, program_id=filed.program.pk), handler)
    with program_scope(filed.program.pk, person_id=handler.pk):
        for text, to in (("TOALL", None), ("TOANA", ana.complainant_id), ("TOUNION", union.complainant_id)):
            answering.answer(complaint_id=filed.case_id, text=text, to=to, by=handler, at=AT)
        answering.note(complaint_id=filed.case_id, text="NOTED", by=handler, at=AT)
        places = [Place(*row) for row in Sealed.objects.values_list("table_name", "column_name", "row_id")]
        assert {"UNIONNAME Federation", "NOTED", "TOUNION"} <= set(
            vault.unseal_many(filed.case_id, places).values()
        )
        assert Consent.objects.count() == 1

    def reached(entry):
        with entry.scope, connection.cursor() as cursor:
            cursor.execute("SELECT id FROM complaints_complainant")
            rows = {pk for (pk,) in cursor.fetchall()}
            cursor.execute("SELECT count(*) FROM complaints_consent")
            [consents] = cursor.fetchone()
            return rows, consents, set(vault.unseal_many(filed.case_id, places).values()) - {None}

    assert reached(ana) == ({ana.complainant_id}, 1, {"ANANAME", ANAS_WORDS, "TOALL", "TOANA"})
    rows, consents, texts = reached(union)
    assert (rows, consents) == ({union.complainant_id}, 0)
    assert texts & {"ANANAME", ANAS_WORDS, "TOANA", "NOTED"} == set()
    assert {"UNIONNAME Federation", "TOALL", "TOUNION"} <= texts


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE complaints_complainant SET withdrawn_at = now() WHERE id = %(other)s",
        "UPDATE complaints_consent SET withdrawn_at = now() WHERE complainant_id = %(other)s",
        "UPDATE vault_sealed SET ciphertext = '' WHERE row_id = %(other)s",
        "DELETE FROM vault_sealed WHERE row_id = %(other)s",
    ],
)
def test_nothing_of_another_is_changed_by_raw_sql(filed, harm):
    slip = join(filed)
    with enter(slip.number, slip.secret).scope, connection.cursor() as cursor:
        cursor.execute(harm, {"other": filed.case_id})
        assert cursor.rowcount == 0


@pytest.mark.parametrize(
    "harm",
    [
        """INSERT INTO complaints_consent (id, program_id, complaint_id, complainant_id, recipient, said, given_at)
           SELECT gen_random_uuid(), program_id, complaint_id, %(other)s, 'employer', 'name', now() FROM complaints_complainant""",
        """INSERT INTO vault_sealed (program_id, case_id, table_name, column_name, row_id, ciphertext, updated_at, reader)
           SELECT program_id, complaint_id, 'complaints_complainant', 'phone', gen_random_uuid(), '', now(), %(other)s
           FROM complaints_complainant""",
    ],
)
def test_nothing_is_said_in_the_name_of_another_by_raw_sql(filed, harm):
    slip = join(filed)
    with (
        enter(slip.number, slip.secret).scope,
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(harm, {"other": filed.case_id})


def test_joining_twice_is_one_worker_and_her_secret_is_not_shown_again(filed):
    slip, again = join(filed), join(filed)

    assert (again.number, again.secret) == (slip.number, "")
    with program_scope(filed.program.pk):
        assert Outbox.objects.filter(kind="complaint_from_worker").count() == 1
    other = join(filed, 1, Who(name="BEN"), "")
    assert other.number != slip.number
    people = making.everybody(filed.program, filed.case_id)
    assert [(row.ordinal, row.filed_by, row.number) for row in people] == [
        (1, "union", ""),
        (2, "union", ""),
        (3, "worker", slip.number),
        (4, "union", other.number),
    ]
    with worker_scope(filed.program.pk, filed.case_id, slip.complainant_id):
        assert WorkerKey.objects.filter(must_change=True, made_by=filed.operator).count() == 3
        assert vault.unseal(filed.case_id, "complaints_complainant", "name", slip.complainant_id) == "ANANAME"
    with pytest.raises(access.DoNotFit):
        enter(filed.receipt.number, slip.secret)


def test_one_takes_it_back_and_the_others_go_on(filed):
    slip = join(filed, who=Who(consents=[(Recipient.EMPLOYER, Said.FACTS)]))
    ana = enter(slip.number, slip.secret)

    with ana.scope:
        key = access.key_of(ana)
        assert thread.may_withdraw(key)
        thread.withdraw(key=key, at=AT)
        key = access.key_of(ana)
        assert (key.complaint.state, thread.may_withdraw(key)) == (ComplaintState.RECEIVED, False)
        assert Consent.objects.get(complainant_id=ana.complainant_id).withdrawn_at == AT
        thread.take_up(key=key, at=AT)
        assert thread.may_withdraw(access.key_of(ana))


def test_nobody_joins_what_is_closed_and_no_more_than_there_is_room_for(filed, monkeypatch):
    with worker_scope(filed.program.pk, filed.case_id):
        Complaint.objects.update(state=ComplaintState.WITHDRAWN)
    with pytest.raises(CannotJoin, match="closed"):
        join(filed)
    with worker_scope(filed.program.pk, filed.case_id):
        Complaint.objects.update(state=ComplaintState.RECEIVED)
    monkeypatch.setattr(complainants, "MOST", 2)
    with pytest.raises(CannotJoin, match="So many"):
        join(filed)


def test_another_one_time_secret_during_the_call_by_who_gave_the_first(filed):
    def renew(by=filed.operator, at=AT):
        with worker_scope(filed.program.pk, filed.case_id):
            return complainants.renew(complaint_id=filed.case_id, complainant_id=filed.case_id, by=by, at=at)

    new = renew()
    assert new.number == filed.receipt.number
    with pytest.raises(access.DoNotFit):
        enter(filed.receipt.number, filed.receipt.secret)
    entry = enter(new.number, new.secret)
    with pytest.raises(CannotRenew):
        renew(by=factories.member(filed.program, "case_handler"))
    with pytest.raises(CannotRenew):
        renew(at=AT + complainants.CALL)
    with entry.scope:
        access.change_secret(entry=entry, secret="123456789012", at=AT)
    with pytest.raises(CannotRenew):
        renew()
    assert enter(new.number, "123456789012").complainant_id == filed.case_id


def test_a_receipt_shows_its_secrets_once(filed):
    with worker_scope(filed.program.pk, filed.case_id):
        first, second = (drafts.reveal(filed.token, at=AT) for _ in range(2))

    assert first == filed.receipt
    assert (second.number, second.secret) == (filed.receipt.number, "")


def test_who_joins_later_reads_nothing_that_was_written_to_the_others_before(filed):
    later = AT + dt.timedelta(hours=1)
    handler = factories.member(filed.program, "case_handler")
    making.take(filed.program, Complaint(pk=filed.case_id, program_id=filed.program.pk), handler)

    def write(text, at):
        with program_scope(filed.program.pk, person_id=handler.pk):
            answering.answer(complaint_id=filed.case_id, text=text, by=handler, at=at)

    write("TOTHOSEBEFORE", AT)
    slip = join(filed, at=later)
    write("TOALL", later)

    ana = enter(slip.number, slip.secret)
    assert reads(ana) == [ANAS_WORDS, "TOALL"]
    with ana.scope:  # the policy, whatever a page asks for
        assert Message.objects.filter(complainant=None).count() == 1


def test_who_joins_after_the_employer_saw_something_is_asked_as_the_others_are(filed):
    handler = factories.member(filed.program, "case_handler")
    complaint = Complaint(pk=filed.case_id, program_id=filed.program.pk)
    making.take(filed.program, complaint, handler)
    with program_scope(filed.program.pk, person_id=handler.pk):
        watch.employer_can_see(complaint, Act.VISIT, at=AT, by=handler)
    slip = join(filed, at=AT + dt.timedelta(days=1))
    join(filed, at=AT + dt.timedelta(days=2))
    with enter(slip.number, slip.secret).scope:
        assert CheckIn.objects.filter(complainant_id=slip.complainant_id).count() == 3


def test_taken_back_by_all_nothing_is_allowed_any_more(filed):
    for who in making.everybody(filed.program, filed.case_id):
        with worker_scope(filed.program.pk, filed.case_id, who.pk):
            Consent.objects.create(
                complaint_id=filed.case_id,
                complainant=who,
                recipient=Recipient.EMPLOYER,
                said=Said.NAME,
                given_at=AT,
            )
            complaint = Complaint.objects.get()
            key = WorkerKey(complaint=complaint, complainant=who, program_id=filed.program.pk)
            thread.withdraw(key=key, at=AT)
            assert not Consent.objects.filter(withdrawn_at=None).exists()
    with worker_scope(filed.program.pk, filed.case_id):
        assert Complaint.objects.get().state == ComplaintState.WITHDRAWN
