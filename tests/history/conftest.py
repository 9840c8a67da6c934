"""A program with some history, and the administrator who tampers with it."""

from contextlib import contextmanager

import pytest
from django.db import connections

from tests import factories
from wsr.history import sealing
from wsr.history.operations import record
from wsr.tenancy import program_scope


@pytest.fixture
def garment(transactional_db):
    """A program whose events are committed, as the sealer needs them."""
    return factories.program("garment")


@pytest.fixture
def write(at):
    """Record events in a program, one transaction per call; returns their ids."""

    def write_events(program, count=1, **fields):
        with program_scope(program.pk):
            return [
                record(
                    "workplace.renamed",
                    ("programs.workplace", None),
                    by=None,
                    at=at,
                    after={"name": f"No. {n}"},
                    **fields,
                )
                for n in range(count)
            ]

    return write_events


@pytest.fixture
def seal(at):
    """Seal everything now."""
    return lambda **fields: sealing.seal(at=at, **fields)


@pytest.fixture
def tamper(transactional_db):
    """SQL as a superuser with triggers off, whom neither grants nor policies nor triggers stop."""

    @contextmanager
    def superuser():
        with connections["admin"].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                yield cursor
            finally:
                cursor.execute("SET session_replication_role = origin")

    def run(*statements):
        with superuser() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return run
