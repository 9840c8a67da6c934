"""A published figure carries the name of the limit it compares with, so that pages can put the two side by side."""

from django.db import migrations

RENAME = "UPDATE programs_rule SET key = 'benchmarks.{}' WHERE key = 'benchmarks.{}'"


class Migration(migrations.Migration):
    dependencies = [("programs", "0007_rungs_that_are_steps")]

    operations = [
        migrations.RunSQL(
            RENAME.format("complaint_closed", "complaints_closed"),
            RENAME.format("complaints_closed", "complaint_closed"),
        )
    ]
