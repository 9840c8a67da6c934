"""Where the meaning of a rung or severity comes from stands in the rules about it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("programs", "0015_date_what_rungs_mean")]

    operations = [
        migrations.RemoveField("rung", "provenance"),
        migrations.RemoveField("severity", "provenance"),
    ]
