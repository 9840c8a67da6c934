"""Of several workers in one case each reads her own texts and those for all. What was sealed before is for all, as it was."""

from uuid import UUID

from django.db import migrations, models


class Migration(migrations.Migration):
    """Which worker reads a sealed text."""

    dependencies = [("vault", "0001_vault")]

    operations = [
        migrations.AddField(
            "sealed",
            "reader",
            models.UUIDField(
                db_default=UUID(int=0), help_text="Which worker of the case reads it; its circle reads all."
            ),
        ),
    ]
