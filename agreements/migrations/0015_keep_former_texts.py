"""What minutes said before they were reworded is kept, and an item says that its petition is not before the committee any more."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.conf import settings
from django.db import migrations, models

import wsr.tenancy.models

STATES = [
    ("open", "To come"),
    ("decided", "Decided"),
    ("noted", "Noted"),
    ("adjourned", "Left for another meeting"),
    ("gone", "Not before the committee any more"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("agreements", "0014_seats_of_a_person"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="agendaitem",
            name="state",
            field=models.CharField(choices=STATES, default="open", max_length=10, verbose_name="state"),
        ),
        migrations.RemoveConstraint(model_name="agendaitem", name="agenda_item_state_known"),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [state for state, _label in STATES])),
                name="agenda_item_state_known",
            ),
        ),
        migrations.CreateModel(
            name="FormerText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("discussion", models.TextField(blank=True, verbose_name="what was said")),
                ("public_text", models.TextField(blank=True, verbose_name="what the public reads")),
                ("is_withheld", models.BooleanField(default=False, verbose_name="left out in public")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="what was corrected")),
                ("replaced_at", models.DateTimeField()),
                (
                    "item",
                    wsr.tenancy.models.ProgramForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_texts",
                        to="agreements.agendaitem",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.program",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-version", "-id"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("program", "item", "version"), name="former_text_once")
                ],
            },
        ),
    ]
