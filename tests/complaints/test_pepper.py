"""Another pepper while people work: codes follow when their workers come, phones are found all along, and nothing is done twice."""

import io

import pytest
from django.core.management import CommandError, call_command

from complaints.models import WorkerKey
from complaints.operations import access, drafts, peppering, phones
from complaints.operations.complainants import Who
from complaints.operations.text_intake import people_of
from tests import factories
from tests.complaints.making import AT
from tests.complaints.test_intake import send
from wsr.tenancy import engine_scope, worker_scope
from wsr.vault import index, keys

PHONE, OTHER_PHONE = "+8801711000001", "+8801711000002"
NEW = keys.new_key()


@pytest.fixture
def program(transactional_db):
    return factories.program()


def complained(program, *people):
    token = drafts.Token.new(program.pk)
    return token.case_id, send(token, complainants=list(people))


def enter(receipt):
    return access.sign_in(number=receipt.number, secret=receipt.secret, network="net", at=AT)


def known(program, phone):
    return [her.complaint_id for her in people_of(program.pk, phone, "BD", most=9)]


def rotate():
    out = io.StringIO()
    call_command("rotate_pepper", stdout=out)
    return out.getvalue()


def test_codes_and_phones_follow_and_the_old_one_goes(program, settings, monkeypatch):
    first, receipt = complained(program, Who(phone=PHONE, name="ANA"), Who(phone=OTHER_PHONE, has_slip=False))
    second, absent = complained(program, Who(phone="01711-000001"))
    with worker_scope(program.pk, None):
        phones.stop_texts(PHONE, at=AT)
    old = settings.VAULT_PEPPER
    settings.VAULT_PEPPER, settings.VAULT_PEPPER_FALLBACKS = NEW, [old]

    assert set(known(program, PHONE)) == {first, second}
    with worker_scope(program.pk, None):
        assert phones.wants_no_texts(PHONE)
    entry = enter(receipt)
    with entry.scope:
        assert access.key_of(entry).hash.startswith(keys.peppers()[0].id)
        assert WorkerKey.objects.exclude(ended_at=None).count() == 1
    assert enter(receipt) == entry  # once

    monkeypatch.setattr(peppering, "BATCH", 1)
    done = peppering.key_anew(program.pk)
    assert next(done) == 1  # and here it is stopped
    done.close()
    assert set(known(program, PHONE)) == {first, second}
    with pytest.raises(CommandError, match="1 codes lie under an older pepper"):
        rotate()
    with engine_scope(program.pk):
        assert index.stale_cases(most=9) == []

    settings.VAULT_PEPPER_FALLBACKS = []
    assert set(known(program, PHONE)) == {first, second}
    assert known(program, OTHER_PHONE) == [first]
    with worker_scope(program.pk, None):
        assert phones.wants_no_texts(PHONE)
        assert not phones.wants_no_texts(OTHER_PHONE)
    assert enter(receipt) == entry
    with pytest.raises(access.DoNotFit):
        enter(absent)


def test_it_ends_when_nothing_lies_under_an_older_one(program, settings):
    _case, receipt = complained(program, Who(phone=PHONE))
    settings.VAULT_PEPPER, settings.VAULT_PEPPER_FALLBACKS = NEW, [settings.VAULT_PEPPER]
    enter(receipt)
    assert "1 complaints keyed anew, 0 codes" in rotate()
    assert "0 complaints keyed anew, 0 codes" in rotate()
