"""Programs that have rules of their ladder are asked one more question about each rung; nothing is decided for them."""

from django.db import migrations
from django.utils import timezone

NAME = "every_brand"
WORDS = "every brand gets the duty to stop, also one that does not buy from it"


def ask(apps, schema_editor):
    """Of every rung that is asked whether a supplier can return from it: those are the steps of the ladder."""
    Program, Rung, Rule = (
        apps.get_model(*name) for name in (("tenancy", "Program"), ("programs", "Rung"), ("programs", "Rule"))
    )
    alias, now = schema_editor.connection.alias, timezone.now()
    for program in Program.objects.using(alias).order_by("pk"):
        rules = Rule.objects.using(alias).filter(program_id=program.pk, section="ladder")
        labels = dict(Rung.objects.using(alias).filter(program_id=program.pk).values_list("key", "label"))
        asked = {key: position for key, position in rules.values_list("key", "position")}
        Rule.objects.using(alias).bulk_create(
            Rule(
                program_id=program.pk,
                section="ladder",
                key=f"ladder.{rung}.{NAME}",
                label=f"{label}, {WORDS}",
                unit="yes_no",
                certainty="unknown",
                position=asked[f"ladder.{rung}.step_down"],
                valid_from=now.date(),
                set_at=now,
            )
            for rung, label in sorted(labels.items())
            if f"ladder.{rung}.step_down" in asked and f"ladder.{rung}.{NAME}" not in asked
        )


class Migration(migrations.Migration):

    dependencies = [("programs", "0012_education"), ("tenancy", "0001_initial")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
