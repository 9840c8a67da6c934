"""Two clicks at once: one is done, the other is told so in a sentence, whatever the page."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from programs.models import Participation, Rung
from tests import factories
from wsr.accounts.models import Membership
from wsr.errors import DoneTwice
from wsr.registry.models import Override
from wsr.tenancy import atomic, program_scope
from wsr.tenancy.models import Program

REASON = "This program is being set up; the agreement is signed in spring."


@pytest.fixture
def director(transactional_db):
    program = factories.program("garment")
    somebody = factories.member(program, "director")
    somebody.program = program
    return somebody


def at_once(person, address, data):
    """(status, page) of the same form sent twice at the same moment."""
    clients = [Client(), Client()]
    for client in clients:
        factories.sign_in(client, person)
    together = threading.Barrier(2)

    def send(client):
        together.wait()
        try:
            answer = client.post(address, data)
            return answer.status_code, answer.text
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(send, clients))


def test_overriding_twice(director):
    address = reverse("registry:override", args=["garment", "education"])
    first, second = at_once(director, address, {"reason": REASON})

    assert (first[0], second[0]) == (302, 422)
    assert "nothing to override" in second[1]
    with program_scope(director.program.pk):
        assert Override.objects.count() == 1


def test_starting_the_same_program_twice(director):
    data = {"name": "Farms", "slug": "farms", "blueprint": "empty", "time_zone": "UTC"}
    first, second = at_once(director, reverse("programs:start"), data)

    assert (first[0], second[0]) == (302, 422)
    assert "already a program with the short name" in second[1]
    made = Program.objects.get(slug="farms")
    with program_scope(made.pk):
        assert Membership.objects.count() == 1


def test_any_operation_that_a_unique_constraint_stops_tells_so_and_leaves_the_transaction_usable(director):
    @atomic
    def add_rung():
        Rung.objects.create(key="probation", label="Probation", position=9, certainty="set_by_program")

    @atomic
    def nameless():
        Participation.objects.create(
            part="supplier", name="", created_at=factories.AT, updated_at=factories.AT
        )

    with program_scope(director.program.pk):
        with pytest.raises(DoneTwice, match="done already"):
            add_rung()
        assert Rung.objects.count() == 3

    from django.db import IntegrityError

    with pytest.raises(IntegrityError), program_scope(director.program.pk):
        nameless()
