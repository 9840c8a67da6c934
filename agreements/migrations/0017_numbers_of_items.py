"""A meeting knows the highest number that an item of it ever had."""

from django.db import migrations, models

FILL = """
UPDATE agreements_sitting s SET last_number = i.last
FROM (SELECT sitting_id, max(position) AS last FROM agreements_agendaitem GROUP BY sitting_id) i WHERE i.sitting_id = s.id
"""


class Migration(migrations.Migration):

    dependencies = [("agreements", "0016_obligations_of_decisions")]

    operations = [
        migrations.AddField(
            model_name="sitting",
            name="last_number",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
