from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_secret_rows")]

    operations = [
        migrations.AddField(
            model_name="webhookendpoint", name="wait_until", field=models.DateTimeField(null=True)
        ),
    ]
