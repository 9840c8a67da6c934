"""Erasing a complaint: what a worker told in others of hers holds her name as well, so it is named and can go with it."""

import io

import pytest
from django.core.management import call_command

from complaints.enums import Channel, Harm
from complaints.models import WorkerKey
from complaints.operations import watch
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from wsr.tenancy import engine_scope, worker_scope
from wsr.vault.models import CaseKey


@pytest.fixture
def program(transactional_db):
    return factories.program("garment")


def made_to_pay(program, case_id):
    """She says so; the complaint that follows."""
    with worker_scope(program.pk, case_id):
        of = {"complaint_id": case_id, "complainant_id": case_id}
        key = WorkerKey.objects.filter(**of).first() or WorkerKey.objects.create(**of, hash="x", made_at=AT)
        return watch.tell_worse(key=key, harms=[Harm.HOURS], words="", channel=Channel.WEB, at=AT)


def erase(*arguments):
    out = io.StringIO()
    call_command("erase_case", "garment", *map(str, arguments), "--reason", "By order.", stdout=out)
    return out.getvalue()


def alive(program):
    with engine_scope(program.pk):
        return set(CaseKey.objects.filter(destroyed_at=None).values_list("pk", flat=True))


def test_the_others_of_hers_are_named_and_go_with_it_where_it_is_said(program):
    first, stranger = making.complaint(program).pk, making.complaint(program).pk
    second = made_to_pay(program, first)
    third = made_to_pay(program, second)

    said = erase(second)
    assert "The case is erased." in said
    assert "--with-linked" in said
    assert [str(case) in said for case in (first, third, stranger)] == [True, True, False]
    assert alive(program) == {first, third, stranger}

    said = erase(second, "--with-linked")  # the one that is named may be erased already
    assert "was erased before" in said
    assert alive(program) == {stranger}
    assert "--with-linked" not in erase(first)


def test_a_case_alone_is_erased_without_a_word_of_others(program):
    alone = making.complaint(program).pk
    assert erase(alone, "--with-linked") == "The case is erased.\n"
