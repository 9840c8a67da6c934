"""Two people at one agreement in the same moment: both sign, or one signs what the other takes back."""

import pytest
from django.db import IntegrityError

from agreements.models import Agreement, AgreementVersion, Signature
from agreements.operations import proposing
from agreements.operations.signing import CannotSign
from tests import factories
from tests.agreements.signing import table
from tests.agreements.test_obligations import at_once
from wsr.errors import DomainError
from wsr.history.models import Event


@pytest.fixture
def here(transactional_db):
    """Who sits at the table, seen by other connections."""
    program = factories.program("garment")
    return table(program, factories.member(program, "director"))


def _facts(here, version):
    """(state of the version, state of the agreement, sides that signed, times it was recorded as complete)"""
    with here.staff():
        return (
            AgreementVersion.objects.values_list("state", flat=True).get(pk=version.pk),
            Agreement.objects.values_list("state", flat=True).get(pk=version.agreement_id),
            sorted(Signature.objects.filter(version=version).values_list("party__side", flat=True)),
            Event.objects.filter(event="agreement.in_force").count(),
        )


def test_the_last_two_signatures_at_once(here):
    """The program signs last: it is either after the brand, or told that the brand has not signed."""
    version = here.proposed()

    brand, program = at_once(lambda: here.sign(version), lambda: here.countersign(version))

    assert isinstance(brand, Signature)
    if isinstance(program, Exception):
        assert type(program) is CannotSign
        assert _facts(here, version)[:3] == ("proposed", "proposed", ["brand"])
        here.countersign(version)
    assert _facts(here, version) == ("in_force", "in_force", ["brand", "program"], 1)


def test_the_last_signature_twice_at_once(here):
    version = here.proposed()
    here.sign(version)

    results = at_once(lambda: here.countersign(version), lambda: here.countersign(version))

    assert sorted(isinstance(one, DomainError) for one in results) == [False, True]
    assert _facts(here, version) == ("in_force", "in_force", ["brand", "program"], 1)


def test_of_a_signature_and_a_withdrawal_at_once_no_one_signs_what_is_withdrawn(here):
    version = here.proposed()

    def withdraw():
        with here.staff():
            return proposing.withdraw(version_id=version.pk, reason="The annex is wrong.", **here.act())

    signed, withdrawn = at_once(lambda: here.sign(version), withdraw)

    assert isinstance(withdrawn, AgreementVersion)
    assert isinstance(signed, (Signature, CannotSign, IntegrityError)), (
        signed
    )  # the page makes a sentence of the last
    sides = ["brand"] if isinstance(signed, Signature) else []
    assert _facts(here, version) == ("withdrawn", "withdrawn", sides, 0)
    with pytest.raises(DomainError):
        here.countersign(version)


def test_of_the_last_signature_and_a_withdrawal_at_once_one_wins(here):
    version = here.proposed()
    here.sign(version)

    def withdraw():
        with here.staff():
            return proposing.withdraw(version_id=version.pk, reason="The annex is wrong.", **here.act())

    signed, withdrawn = at_once(lambda: here.countersign(version), withdraw)

    assert [isinstance(signed, DomainError), isinstance(withdrawn, DomainError)] in (
        [True, False],
        [False, True],
    )
    expected = ("withdrawn", "withdrawn", ["brand"], 0)
    if isinstance(withdrawn, DomainError):
        expected = ("in_force", "in_force", ["brand", "program"], 1)
    assert _facts(here, version) == expected
