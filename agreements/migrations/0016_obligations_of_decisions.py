"""A decision of the committee asks for an obligation too, which has no agreement, clause and party."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import wsr.tenancy.models


def _optional(name: str, to: str) -> migrations.AlterField:
    field = wsr.tenancy.models.ProgramForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="obligations", to=to
    )
    return migrations.AlterField(model_name="obligation", name=name, field=field)


class Migration(migrations.Migration):

    dependencies = [("agreements", "0015_keep_former_texts")]

    operations = [
        _optional("agreement", "agreements.agreement"),
        _optional("clause", "agreements.clause"),
        _optional("party", "agreements.party"),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                name="obligation_of_clause_or_decision",
                condition=Q(agreement__isnull=False, clause__isnull=False, party__isnull=False)
                | Q(
                    about_id__isnull=False,
                    about_type="agreements.resolution",
                    agreement=None,
                    clause=None,
                    party=None,
                ),
            ),
        ),
    ]
