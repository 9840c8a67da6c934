"""Two invitations of one person, accepted at the same moment."""

import threading

from django.db import connections

from tests import factories
from wsr.accounts import operations
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership
from wsr.accounts.notices import invitation as prepare
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope


def token_of(program, director, at, email, **offer):
    with program_scope(program.pk, person_id=director.pk):
        operations.invite(email=email, by=director, at=at, **offer)
        row = Outbox.objects.order_by("-id").first()
        return prepare(row)["url"].rstrip("/").rpartition("/")[2]


def accepting(program, person, at, token):
    """A thread that accepts, and the list that gets what came of it."""
    came = []

    def run():
        try:
            came.append(operations.accept(program_id=program.pk, token=token, person=person, at=at))
        except operations.TwoSides as error:
            came.append(error)
        finally:
            connections.close_all()

    return threading.Thread(target=run), came


def test_nobody_gets_onto_two_sides_by_accepting_twice_at_once(transactional_db, at):
    program = factories.program("garment")
    director = factories.member(program, "director")
    person = factories.person("both@example.org")
    staff = token_of(program, director, at, person.email, role=Role.PUBLISHER)
    brand = token_of(program, director, at, person.email, role=Role.BRAND_OFFICER, new_organization="Brand")
    thread, came = accepting(program, person, at, brand)

    with program_scope(program.pk, person_id=person.pk):
        operations.accept(program_id=program.pk, token=staff, person=person, at=at)
        thread.start()
        thread.join(timeout=1)
    thread.join()

    assert isinstance(came[0], operations.TwoSides)
    with program_scope(program.pk):
        assert [row.role for row in Membership.objects.filter(person=person)] == [Role.PUBLISHER]
