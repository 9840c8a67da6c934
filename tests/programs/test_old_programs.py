"""What migrations do for programs that began before."""

from importlib import import_module

import pytest
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from programs.models import Rule, Rung
from programs.operations.starting import start_program
from tests import factories
from tests.factories import AT
from wsr.tenancy import program_scope

MIGRATION = "0009_ask_about_old_rungs"


@pytest.mark.parametrize("blueprint", ["accord", "fair_food", "milk_with_dignity"])
def test_old_programs_are_asked_about_their_rungs_like_new_ones(transactional_db, blueprint):
    director = factories.person("director@example.org")
    program = start_program(
        name="Old", slug="old", blueprint=blueprint, director=director, by=director, at=AT
    )
    asked = _asked(program)
    with program_scope(program.pk):
        left = set(Rung.objects.filter(is_step=False).values_list("key", flat=True))
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM programs_rule WHERE section = 'ladder'")
        cursor.execute("UPDATE programs_rung SET is_step = true")
    ask = import_module(f"programs.migrations.{MIGRATION}").ask
    then = MigrationLoader(None).project_state(("programs", MIGRATION)).apps

    for _ in range(2):
        ask(then, connections["owner"].schema_editor())

    assert _asked(program) == asked
    with program_scope(program.pk):
        rules = Rule.objects.filter(section="ladder")
        assert not rules.exclude(value__isnull=True, certainty="unknown").exists()
        assert set(Rung.objects.filter(is_step=False).values_list("key", flat=True)) == left


def _asked(program):
    """{key: (label, unit)} of the rules of its ladder."""
    with program_scope(program.pk):
        rows = Rule.objects.filter(section="ladder").values_list("key", "label", "unit")
        return {key: (label, unit) for key, label, unit in rows}
