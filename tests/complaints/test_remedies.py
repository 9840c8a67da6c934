"""Remedies: shares that add up to the last cent, paid, and got as workers say."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.enums import ComplaintState, Got, OwedBy, Part, RemedyKind
from complaints.models import Remedy, RemedyShare
from complaints.operations import findings, remedies
from complaints.operations.giveaways import GivesAway
from complaints.operations.inquiry import CannotInvestigate
from complaints.operations.remedies import CannotAnswer, CannotSet, Money
from complaints.operations.states import CannotMove, NotInvolved
from tests.complaints.inquiring import DUE, TODAY, Office
from tests.complaints.making import AT
from wsr.deadlines.models import Clock
from wsr.files import sealed
from wsr.files.models import SealedFile
from wsr.history.models import Event, Payload
from wsr.notices.models import Outbox
from wsr.vault import operations as vault

pytestmark = pytest.mark.django_db
USD = Money(Decimal("1240.50"), "USD")
LATER = AT + dt.timedelta(days=31)


@pytest.fixture
def office():
    """A complaint with a finding, its resolution under way."""
    office = Office()
    office.resolve()
    return office


def test_a_sum_is_split_among_eleven_workers_to_the_cent(office):
    remedy = office.owe()

    with office.as_(office.ana):
        shares = list(RemedyShare.objects.order_by("ordinal"))
        assert [share.amount for share in shares] == [Decimal("112.78")] * 3 + [Decimal("112.77")] * 8
        assert sum(share.amount for share in shares) == Decimal("1240.50")
        assert [share.complainant_id for share in shares] == [office.complainant.pk] + [None] * 10
        assert (
            vault.unseal(office.complaint.pk, "complaints_remedy", "words", remedy.pk)
            == "Three weeks of pay."
        )
        clock = Clock.objects.get(kind=remedies.DUE)
        assert (clock.subject_id, clock.due_at.date()) == (remedy.pk, DUE)
        assert "1240" not in str(list(Payload.objects.values_list("body", flat=True)))


def test_what_cannot_stand_is_refused_in_a_sentence(office):
    each = [Decimal(100)] * 10
    for wrong, words in (
        ({"due_on": TODAY}, "after today"),
        ({"worker_count": 0}, "how many workers"),
        ({"worker_count": 501}, "at most 500"),
        ({"complainant_ids": [office.program.pk]}, "those who complain"),
        ({"complainant_ids": [office.complainant.pk] * 2}, "each once"),
        ({"money": None}, "amount and its currency"),
        ({"money": Money(Decimal("1240.505"), "USD")}, "no such fraction"),
        ({"money": Money(Decimal("1240.50"), "JPY")}, "no such fraction"),
        ({"money": Money(Decimal("0.05"), "USD")}, "more than nothing"),
        ({"money": Money(Decimal("1240.50"), "USD", each)}, "10 amounts for 11"),
        ({"money": Money(Decimal("1240.50"), "USD", [*each, Decimal("240.49")])}, "adds up to 1240.49"),
        ({"kind": RemedyKind.APOLOGY}, "Only money"),
    ):
        with pytest.raises(CannotSet, match=words):
            office.owe(**wrong)
    with pytest.raises(CannotInvestigate):
        office.owe(words=" ")
    remedy = office.owe(money=Money(Decimal("1240.50"), "USD", [*each, Decimal("240.50")]))
    with office.as_(office.ana):
        assert RemedyShare.objects.get(remedy=remedy, ordinal=11).amount == Decimal("240.50")
        assert Remedy.objects.count() == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(
    units=st.integers(1, 10_000_000),
    workers=st.integers(1, 60),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_an_even_split_always_adds_up_and_never_differs_by_more_than_a_unit(units, workers, currency):
    decimals = {"USD": 2, "JPY": 0, "KWD": 3}[currency]
    money = Money(Decimal(units).scaleb(-decimals), currency)
    if units < workers:
        with pytest.raises(CannotSet):
            remedies.amounts(RemedyKind.MONEY, money, workers)
        return
    each = remedies.amounts(RemedyKind.MONEY, money, workers)
    assert (len(each), sum(each)) == (workers, money.amount)
    assert max(each) - min(each) <= Decimal(1).scaleb(-decimals)


ANOTHER_SHARE = """
    INSERT INTO complaints_remedyshare (id, program_id, complaint_id, remedy_id, ordinal, got, amount)
    SELECT gen_random_uuid(), program_id, complaint_id, id, 12, '', 1 FROM complaints_remedy
"""
NO_SHARES = """
    INSERT INTO complaints_remedy (id, program_id, complaint_id, ordinal, kind, owed_by, due_on, worker_count, currency, amount,
      set_by_id, set_at)
    SELECT gen_random_uuid(), program_id, complaint_id, 2, kind, owed_by, due_on, worker_count, currency, amount, set_by_id, set_at
    FROM complaints_remedy
"""


@pytest.mark.parametrize("harm", [ANOTHER_SHARE, NO_SHARES])
def test_the_database_refuses_shares_that_do_not_add_up(office, harm):
    office.owe()
    with office.as_(office.ana), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="add up"), transaction.atomic():
            cursor.execute(harm)
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("UPDATE complaints_remedyshare SET amount = 1")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_paid_confirmed_by_her_and_counted_for_the_others(office):
    remedy = office.owe()
    with office.as_(office.ana):
        others = list(RemedyShare.objects.filter(complainant=None).values_list("pk", flat=True))
        with pytest.raises(CannotAnswer):
            remedies.confirm(remedy_id=remedy.pk, share_ids=others, by=office.ana, at=AT)
        remedies.pay(remedy_id=remedy.pk, by=office.ana, at=AT)
        assert not Clock.objects.open().of(remedy).exists()
        with pytest.raises(CannotAnswer):
            remedies.pay(remedy_id=remedy.pk, by=office.ana, at=AT)
        assert remedies.confirm(remedy_id=remedy.pk, share_ids=others[:9], by=office.ana, at=AT) == 9
        with pytest.raises(CannotAnswer):
            remedies.confirm(remedy_id=remedy.pk, share_ids=others[:9], by=office.ana, at=AT)
        hers = RemedyShare.objects.get(complainant=office.complainant).pk
    key = office.key()
    with office.as_worker():
        assert list(RemedyShare.objects.values_list("pk", flat=True)) == [hers]
        assert remedies.answer(key=key, share_id=hers, got=Got.YES, at=AT).got == Got.YES
        with pytest.raises(RemedyShare.DoesNotExist):
            remedies.answer(key=key, share_id=others[9], got=Got.YES, at=AT)
    with office.as_(office.ana):
        assert RemedyShare.objects.filter(got=Got.YES).count() == 10


def test_what_shows_it_is_sealed_read_by_those_with_a_part_and_erased_with_the_case(office):
    remedy = office.owe()
    with office.as_(office.ana):
        proof = sealed.cleaned(b"CANARYPROOF paid to Amina.\n")
        remedies.pay(remedy_id=remedy.pk, proof=proof, by=office.ana, at=AT)
        file = remedies.open_proof(remedy_id=remedy.pk, by=office.ana, at=AT)
        assert b"CANARYPROOF" in sealed.content_of(file)
        assert Event.objects.get(event="complaint.file_read").actor_id == office.ana.pk
    assert b"CANARYPROOF" not in file.path.read_bytes()
    with office.as_(office.director):
        assert not SealedFile.objects.exists()
        with pytest.raises(Remedy.DoesNotExist):
            remedies.open_proof(remedy_id=remedy.pk, by=office.director, at=AT)
    with office.as_(office.ana):
        vault.destroy(office.complaint.pk, by=office.ana, at=AT, reason="asked for")
        assert sealed.content_of(file) is None


def test_she_did_not_get_it_and_both_handler_and_directors_know_at_once(office):
    remedy = office.owe()
    with office.as_(office.ana):
        hers = RemedyShare.objects.get(complainant=office.complainant).pk
    key = office.key()
    with office.as_worker():
        with pytest.raises(CannotAnswer, match="still time"):
            remedies.answer(key=key, share_id=hers, got=Got.NO, at=AT)
        for _twice in range(2):
            remedies.answer(key=key, share_id=hers, got=Got.NO, at=LATER)
    with office.as_(office.ana):
        told = [row.to for row in Outbox.objects.filter(kind="complaint_remedy_missing")]
        assert sorted(bool(to.get("roles")) for to in told) == [False, True]
        assert str(office.ana.pk) in str(told)
        remedies.pay(remedy_id=remedy.pk, by=office.ana, at=LATER)
        assert RemedyShare.objects.get(pk=hers).got == ""
    with office.as_worker():
        remedies.answer(key=key, share_id=hers, got=Got.NO, at=LATER)
    with office.as_(office.ana):  # what she says herself, nobody says otherwise
        with pytest.raises(CannotAnswer):
            remedies.confirm(remedy_id=remedy.pk, share_ids=[hers], by=office.ana, at=LATER)
        remedies.pay(remedy_id=remedy.pk, by=office.ana, at=LATER)


def test_a_remedy_is_dropped_only_before_the_review_and_with_a_reason(office):
    with office.as_worker():
        vault.seal(
            office.complaint.pk, "complaints_complainant", "name", office.complainant.pk, "Rahima Begum"
        )
    remedy = office.owe(kind=RemedyKind.APOLOGY, money=None, worker_count=1, owed_by=OwedBy.CONTRACTOR)
    with office.as_(office.ana):
        with pytest.raises(CannotAnswer):
            remedies.drop(remedy_id=remedy.pk, reason=" ", by=office.ana, at=AT)
        with pytest.raises(GivesAway):
            findings.look_again(**office.of, reason="Begum says more.", by=office.ana)
        findings.look_again(**office.of, reason="More witnesses.", by=office.ana)
        with pytest.raises(CannotMove):
            remedies.drop(remedy_id=remedy.pk, reason="Not needed.", by=office.ana, at=AT)
        findings.conclude(**office.of, by=office.ana)
        with pytest.raises(GivesAway):
            remedies.drop(remedy_id=remedy.pk, reason="Rahima wants none.", by=office.ana, at=AT)
        remedies.drop(remedy_id=remedy.pk, reason="Not needed.", by=office.ana, at=AT)
        assert not Clock.objects.open().of(remedy).exists()
        for act in (
            lambda: remedies.pay(remedy_id=remedy.pk, by=office.ana, at=AT),
            lambda: remedies.drop(remedy_id=remedy.pk, reason="Again.", by=office.ana, at=AT),
        ):
            with pytest.raises(CannotAnswer):
                act()
        share = RemedyShare.objects.get().pk
    key = office.key()
    with office.as_worker(), pytest.raises(CannotAnswer):
        remedies.answer(key=key, share_id=share, got=Got.YES, at=AT)
    paid = office.owe()
    with office.as_(office.ana):
        remedies.pay(remedy_id=paid.pk, by=office.ana, at=AT)
        with pytest.raises(CannotAnswer):
            remedies.drop(remedy_id=paid.pk, reason="Too late.", by=office.ana, at=AT)


def test_remedies_are_for_those_who_investigate_and_in_their_time(office):
    office.give(office.eve, Part.REVIEWER)
    with pytest.raises(NotInvolved):
        office.owe(by=office.eve)
    with office.as_(office.ana):
        findings.look_again(**office.of, reason="More witnesses.", by=office.ana)
    with pytest.raises(CannotMove):
        office.owe()
    assert office.state() == ComplaintState.INVESTIGATING
