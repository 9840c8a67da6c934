"""The tables of the tree, before anything was sealed: nodes are known by their place, hashes are kept once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("history", "0001_initial"), ("tenancy", "0001_initial")]

    operations = [
        migrations.RemoveField("Leaf", "hash"),
        migrations.AddField("Sealer", "cluster", models.BigIntegerField(default=0)),
        migrations.AddConstraint(
            "Event",
            models.CheckConstraint(
                condition=models.Q(("event__regex", "^[^[:cntrl:]]+$"), ("subject_type__regex", "^[^[:cntrl:]]*$")),
                name="history_event_is_plain",
            ),
        ),
        migrations.DeleteModel("Node"),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "program", "level", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("position", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "program",
                    models.ForeignKey(
                        editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="tenancy.program",
                    ),
                ),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
    ]
