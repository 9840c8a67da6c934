"""What shows that a remedy was paid may name workers: from now on sealed with the case.

What was kept before lies in the clear and is not carried over; whoever has such a file adds it again. Nothing was released with it.
"""

import django.db.models.deletion
from django.db import migrations

import wsr.tenancy.models


class Migration(migrations.Migration):
    """Proof of a remedy, sealed."""

    dependencies = [
        ("complaints", "0018_tell_nobody_walled_off"),
        ("files", "0005_sealed_files"),
    ]

    operations = [
        migrations.RemoveField("remedy", "proof"),
        migrations.AddField(
            "remedy",
            "proof",
            wsr.tenancy.models.ProgramForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="files.sealedfile",
            ),
        ),
    ]
