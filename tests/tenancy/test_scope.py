import pytest
from django.db import connections, transaction
from django.db.utils import ProgrammingError

from programs.models import Workplace
from tests import factories
from wsr.tenancy import NoActiveProgram, ScopeError, atomic, engine_scope, on_commit, program_scope


def test_outside_a_scope_every_query_raises(program):
    with pytest.raises(NoActiveProgram):
        Workplace.objects.exists()
    with pytest.raises(NoActiveProgram):
        Workplace.objects.filter(pk__in=[])


def test_a_scope_shows_its_program_only(program, other_program):
    mine = factories.workplace(program)
    factories.workplace(other_program)
    with program_scope(program.pk):
        assert list(Workplace.objects.all()) == [mine]


def test_raw_sql_outside_a_scope_is_refused(program):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connections["default"].cursor().execute("SELECT * FROM programs_workplace")


def test_a_scope_cannot_be_changed_inside_another(program, other_program):
    with program_scope(program.pk), pytest.raises(ScopeError), program_scope(other_program.pk):
        pass


def test_the_same_scope_may_be_entered_again(program):
    with program_scope(program.pk), program_scope(program.pk):
        assert not Workplace.objects.exists()


def test_the_role_ends_with_the_scope(program):
    with program_scope(program.pk):
        pass
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('wsr.program', true)")
        assert cursor.fetchone() == ("wsr_app", "")


def test_engine_has_a_connection_of_its_own(transactional_db):
    garment = factories.program("garment")
    factories.workplace(garment)
    with engine_scope(garment.pk), connections["engine"].cursor() as cursor:
        assert Workplace.objects.count() == 1
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("wsr_engine",)


def test_a_wake_up_that_fails_is_logged_and_the_work_stays(transactional_db, caplog):
    garment = factories.program("garment")
    with program_scope(garment.pk):
        on_commit(lambda: 1 / 0)
        Workplace.objects.update(city="")
    assert "division by zero" in caplog.text


def test_the_same_wake_up_is_given_once_per_transaction(transactional_db):
    woken = []

    def wake():
        woken.append(1)

    with program_scope(factories.program("wakes").pk):
        with atomic():
            on_commit(wake)
            transaction.set_rollback(True, using="default")  # taken back with its savepoint
        for _ in range(5):
            on_commit(wake)
        with atomic():
            on_commit(wake)
    assert woken == [1]
    with program_scope(factories.program("again").pk):
        for _ in range(3):  # three operations, one after the other
            with atomic():
                on_commit(wake)
        with atomic():
            on_commit(wake)
            transaction.set_rollback(True, using="default")
    assert woken == [1, 1]
