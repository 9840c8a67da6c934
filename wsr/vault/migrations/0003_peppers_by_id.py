"""Which pepper a digest was made with, so that it can be exchanged; empty: the only one there was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The id of the pepper beside each digest."""

    dependencies = [("vault", "0002_readers_of_sealed_texts")]

    operations = [
        migrations.AddField(
            "blindindex",
            "pepper",
            models.CharField(db_default="", help_text="Id of the pepper that keyed it.", max_length=16),
        ),
    ]
