"""A corrective action without a finding comes from a decision of the program; what that follows from, its row does not say."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("audits", "0011_issued_documents")]

    operations = [
        migrations.AlterField(
            model_name="correctiveaction",
            name="origin",
            field=models.CharField(
                choices=[("finding", "Finding of an inspection"), ("decision", "Decision of the program")],
                max_length=10,
            ),
        ),
        migrations.RunSQL(
            "UPDATE audits_correctiveaction SET origin = 'decision' WHERE origin = 'case'",
            "UPDATE audits_correctiveaction SET origin = 'case' WHERE origin = 'decision'",
        ),
    ]
