"""A redaction takes a name out of the reasons of overrides that publications repeat; nothing else of them may change."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0003_small_number'),
    ]

    # The catalog puts up what policies.py declares, after every migrate; it takes no trigger away.
    operations = [
        migrations.RunSQL('DROP TRIGGER IF EXISTS append_only_update ON registry_publication', migrations.RunSQL.noop)
    ]
