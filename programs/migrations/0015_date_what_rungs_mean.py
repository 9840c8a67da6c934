"""What rungs and severities mean becomes rules: dated, with their provenance, valid from the program's first rule on."""

from django.db import migrations, models
from django.db.models import F, Max, Min, Q

# As they stood when this was written.
FIELDS = {
    "ladder": {
        "label": ("text", "its name"),
        "stops_purchases": ("yes_no", "brands must stop buying"),
        "is_public": ("yes_no", "shown in public"),
    },
    "severity": {"label": ("text", "its name"), "consequence": ("text", "what follows from it")},
}
MODELS = {"ladder": "Rung", "severity": "Severity"}


def ask(apps, schema_editor):
    """Each field of each rung and severity as a rule, with what is known of where it comes from."""
    Program, Rule = apps.get_model("tenancy", "Program"), apps.get_model("programs", "Rule")
    alias = schema_editor.connection.alias
    for program in Program.objects.using(alias).order_by("pk"):
        rules = Rule.objects.using(alias).filter(program_id=program.pk)
        known = rules.aggregate(first=Min("valid_from"), last=Max("position"))
        since = known["first"] or program.created_at.date()
        have, made = set(rules.values_list("key", flat=True)), []
        for section, name in MODELS.items():
            steps = apps.get_model("programs", name).objects.using(alias).filter(program_id=program.pk)
            for step in steps.order_by("position", "pk"):
                made += [
                    Rule(
                        program_id=program.pk,
                        label=f"{step.label}, {words}",
                        section=section,
                        unit=unit,
                        valid_from=since,
                        set_at=program.created_at,
                        **_said(step, section, field),
                    )
                    for field, (unit, words) in FIELDS[section].items()
                    if f"{section}.{step.key}.{field}" not in have
                ]
        for position, rule in enumerate(made, (known["last"] or 0) + 1):
            rule.position = position
        Rule.objects.using(alias).bulk_create(made)


def _said(step, section, field):
    value = getattr(step, field)
    value = None if value == "" else value
    own = {"certainty": step.certainty, "source": step.source} if field == "label" else {}
    mark = own or getattr(step, "provenance", {}).get(field, {})
    return {
        "key": f"{section}.{step.key}.{field}",
        "value": value,
        "blueprint_value": None if mark.get("certainty", "set_by_program") == "set_by_program" else value,
        "certainty": "unknown" if value is None else mark.get("certainty") or "set_by_program",
        "source": mark.get("source", ""),
        "note": mark.get("note", ""),
    }


class Migration(migrations.Migration):

    dependencies = [("programs", "0014_sites_and_contractors"), ("tenancy", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("rule", "rule_once_per_day"),
        migrations.AddConstraint(
            "rule",
            models.UniqueConstraint(
                fields=["program", "key", "valid_from"],
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="rule_once_per_day",
            ),
        ),
        migrations.RemoveConstraint("rule", "rule_until_after_from"),
        migrations.AddConstraint(
            "rule",
            models.CheckConstraint(
                name="rule_until_after_from",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ),
        migrations.RunPython(ask, migrations.RunPython.noop),
    ]
