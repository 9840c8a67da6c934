"""What migrations do for programs that began before."""

from importlib import import_module

import pytest
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from programs.meanings import parts
from programs.models import Rule, Rung
from programs.operations.starting import start_program
from tests import factories
from tests.factories import AT
from wsr.tenancy import program_scope

MIGRATIONS = ["0009_ask_about_old_rungs", "0013_ask_which_brands_must_stop", "0015_date_what_rungs_mean"]
LAST = "0016_provenance_stands_in_rules"


@pytest.mark.parametrize("blueprint", ["accord", "fair_food", "milk_with_dignity"])
def test_old_programs_are_asked_about_their_rungs_like_new_ones(transactional_db, blueprint):
    director = factories.person("director@example.org")
    program = start_program(
        name="Old", slug="old", blueprint=blueprint, director=director, by=director, at=AT
    )
    asked, meant = _asked(program), _meant(program)
    with program_scope(program.pk):
        left = set(Rung.objects.filter(is_step=False).values_list("key", flat=True))
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM programs_rule WHERE section IN ('ladder', 'severity')")
        cursor.execute("UPDATE programs_rung SET is_step = true")
    then = MigrationLoader(None).project_state(("programs", LAST)).apps

    for name in MIGRATIONS * 2:
        import_module(f"programs.migrations.{name}").ask(then, connections["owner"].schema_editor())

    assert (_asked(program), _meant(program)) == (asked, meant)
    with program_scope(program.pk):
        rules = [rule.pk for rule in Rule.objects.filter(section="ladder") if not parts(rule.key)]
        rules = Rule.objects.filter(pk__in=rules)
        assert not rules.exclude(value__isnull=True, certainty="unknown").exists()
        assert set(Rung.objects.filter(is_step=False).values_list("key", flat=True)) == left


def _asked(program):
    """{key: (label, unit)} of the rules of its ladder."""
    with program_scope(program.pk):
        rows = Rule.objects.filter(section="ladder").values_list("key", "label", "unit")
        return {key: (label, unit) for key, label, unit in rows}


def _meant(program):
    """What its rungs and severities mean, with the certainty, as rules."""
    with program_scope(program.pk):
        return {
            rule.key: (rule.label, rule.value, rule.certainty if rule.value is None else "", rule.valid_from)
            for rule in Rule.objects.all()
            if parts(rule.key)
        }
