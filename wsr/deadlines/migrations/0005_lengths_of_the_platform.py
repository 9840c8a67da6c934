from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("deadlines", "0004_ask_to_cancel")]

    operations = [
        migrations.AlterField(
            model_name="clock",
            name="basis",
            field=models.CharField(
                choices=[
                    ("binding", "Binding limit"),
                    ("target", "The program's own target"),
                    ("agreement", "A clause of an agreement"),
                    ("platform", "The platform's own length, the same in all programs"),
                ],
                max_length=20,
                verbose_name="set by",
            ),
        ),
    ]
