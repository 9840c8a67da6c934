import pytest
from django.utils import timezone

from tests import factories
from wsr.errors import DomainError
from wsr.history.models import Event, Payload
from wsr.history.operations import erase_payload
from wsr.history.verification import verify
from wsr.tenancy import engine_scope, program_scope


@pytest.fixture
def director(garment):
    return factories.member(garment, "director")


@pytest.mark.parametrize("when", ["before it is sealed", "after it is sealed"])
def test_the_tree_stays_valid(garment, director, write, seal, at, when):
    first, _second = write(garment, 2)
    if when == "after it is sealed":
        seal()
    with program_scope(garment.pk):
        erasure = erase_payload(first, by=director, at=at, reason="She asked for it.")
        recorded = Event.objects.get(pk=erasure)
        assert (recorded.event, recorded.subject_type, recorded.subject_id) == (
            "history.erased",
            "history.event",
            first,
        )
        assert recorded.actor_id == director.pk
        assert not Payload.objects.filter(pk=first).exists()
    seal()
    report = verify(garment.pk, at=timezone.now())
    assert (report.entries, report.problem) == (3, "")


def test_an_erasure_says_why(garment, director, write, at):
    (event,) = write(garment)
    with program_scope(garment.pk), pytest.raises(DomainError, match="Say why"):
        erase_payload(event, by=director, at=at, reason=" ")
    with engine_scope(garment.pk):
        assert Payload.objects.filter(pk=event).exists()


def test_another_programs_text_is_out_of_reach(garment, director, write, at):
    (event,) = write(factories.program("farms"))
    with program_scope(garment.pk), pytest.raises(DomainError, match="no text to erase"):
        erase_payload(event, by=director, at=at, reason="A mistake.")


def test_erasing_twice_is_refused_and_leaves_no_record(garment, director, write, at):
    (event,) = write(garment)
    with program_scope(garment.pk):
        erase_payload(event, by=director, at=at, reason="A mistake.")
        with pytest.raises(DomainError, match="erased before"):
            erase_payload(event, by=director, at=at, reason="A mistake.")
        assert Event.objects.filter(event="history.erased").count() == 1
