"""The blind index: known answers, the same person found in every writing, and only by who may know of the case."""

from uuid import UUID, uuid4

import pytest

from tests import factories
from wsr.accounts.grants import Role
from wsr.tenancy import circles, program_scope, worker_scope
from wsr.vault import index
from wsr.vault import operations as vault
from wsr.vault.models import BlindIndex, CaseKey

A, B = UUID("0190a0a0-0000-7000-8000-000000000001"), UUID("0190a0a0-0000-7000-8000-000000000002")


def test_known_answers():
    assert (
        index.index(A, "phone", "+8801711234567").hex()
        == "e715f2becc9dda6a7f3bfed64dfb466e1242241554b7b5aaf0069bf562891ada"
    )
    assert (
        index.index(A, "name", "Amina Rahman").hex()
        == "81afeffd3114037d3cd01cd9899354cd2f1d0390b906276358f4b826028a6ea6"
    )


@pytest.mark.parametrize(
    "typed", ["+880 1711-234567", "01711 234567", "০১৭১১২৩৪৫৬৭", "(+880) 1711234567", "008801711234567"]
)
def test_a_phone_number_is_the_same_however_it_is_written(typed):
    assert index.phone_key(typed, "BD") == "+8801711234567"


def test_what_is_no_phone_number_is_compared_by_its_digits():
    assert index.phone_key("ask for 12-3") == index.phone_key("123") == "123"
    assert index.phone_key("none") == ""


@pytest.mark.parametrize("typed", ["amina  RAHMAN", " Amina\u00a0Rahman ", "Ａｍｉｎａ Rahman"])
def test_a_name_is_the_same_in_any_case_width_and_spacing(typed):
    assert index.index(A, "name", typed) == index.index(A, "name", "Amina Rahman")


def test_programs_kinds_and_peppers_have_nothing_in_common(settings):
    digests = [index.index(A, "phone", "123"), index.index(B, "phone", "123"), index.index(A, "name", "123")]
    settings.VAULT_PEPPER = settings.VAULT_KEY
    digests.append(index.index(A, "phone", "123"))
    assert len(set(digests)) == 4


def test_only_cases_of_ones_circles_are_found(program):
    mine, theirs = uuid4(), uuid4()
    handler = factories.member(program, Role.DIRECTOR)
    for case in (mine, theirs):
        with worker_scope(program.pk, case):
            vault.open_case(case)
            index.put(case, "phone", ["01711234567", "01811-234567", " "], country="BD")
            index.put(case, "name", ["Amina Rahman"])
            assert index.find("name", "amina rahman") == [case]
    with program_scope(program.pk, person_id=handler.pk):
        circles.admit(mine, handler.pk)
        assert index.find("phone", "+8801811234567") == index.find("name", "AMINA RAHMAN") == [mine]
        index.put(mine, "phone", ["01711234567"], country="BD")
        assert index.find("phone", "+8801811234567") == []
        assert index.find("phone", "+8801711234567") == [mine]
        with pytest.raises(CaseKey.DoesNotExist):
            index.put(theirs, "phone", ["01711234567"])
        index.put(mine, "phone", [])
        index.put(mine, "name", [])
        assert not BlindIndex.objects.exists()
