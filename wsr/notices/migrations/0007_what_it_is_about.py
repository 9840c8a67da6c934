from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("notices", "0006_text_reports")]

    operations = [
        migrations.AddField(
            model_name="outbox",
            name="about",
            field=models.UUIDField(
                help_text="Whoever must not know of it is not told; see `circles.hidden_from`.", null=True
            ),
        ),
    ]
