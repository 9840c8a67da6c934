"""Programs from before the ladder had rules are asked about each of their rungs, as new ones are; nothing is decided for them."""

from django.db import migrations
from django.db.models import Max
from django.utils import timezone

# As they stood when this was written.
QUESTIONS = {
    "limit": ("months", "time until it is reviewed"),
    "automatic": ("yes_no", "the next rung follows by itself when that time is over"),
    "at_once": ("yes_no", "may be reached without the rungs before it"),
    "meeting": ("yes_no", "a meeting is mandatory"),
    "letter_supplier": ("yes_no", "letter to the supplier"),
    "letter_brands": ("yes_no", "letter to the brands that source from it"),
    "letter_unions": ("yes_no", "letter to the worker organizations"),
    "letter_workers": ("yes_no", "letter to the workers, to be put up at the workplace"),
    "group": ("yes_no", "holds for all suppliers of the same group"),
    "step_down": ("yes_no", "a supplier can return from it"),
    "return_condition": ("text", "what must be proven before it returns"),
}
LEFT = ("inactive", "withdrawn")  # rungs that a supplier goes to by itself, as the blueprints name them


def ask(apps, schema_editor):
    """Only of programs without a single rule of the ladder: whoever has some has all, and took away what is missing."""
    Program, Rung, Rule = (
        apps.get_model(*name) for name in (("tenancy", "Program"), ("programs", "Rung"), ("programs", "Rule"))
    )
    alias, now = schema_editor.connection.alias, timezone.now()
    for program in Program.objects.using(alias).order_by("pk"):
        rules = Rule.objects.using(alias).filter(program_id=program.pk)
        if rules.filter(section="ladder").exists():
            continue
        rungs = Rung.objects.using(alias).filter(program_id=program.pk)
        rungs.filter(key__in=LEFT).update(is_step=False)
        position = rules.aggregate(last=Max("position"))["last"] or 0
        asked = []
        for rung in rungs.filter(is_step=True).order_by("position")[1:]:  # the first is good standing
            for name, (unit, words) in QUESTIONS.items():
                position += 1
                asked.append(
                    Rule(
                        program_id=program.pk,
                        section="ladder",
                        key=f"ladder.{rung.key}.{name}",
                        label=f"{rung.label}, {words}",
                        unit=unit,
                        certainty="unknown",
                        position=position,
                        valid_from=now.date(),
                        set_at=now,
                    )
                )
        Rule.objects.using(alias).bulk_create(asked)


class Migration(migrations.Migration):

    dependencies = [("programs", "0008_benchmarks_named_like_limits"), ("tenancy", "0001_initial")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
