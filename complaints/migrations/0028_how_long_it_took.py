"""How long a complaint took becomes a column: below a policy only a plain comparison uses an index."""

from django.db import migrations, models
from django.db.models import Q

FORWARD = """
CREATE FUNCTION complaints_know_length() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.took := NEW.closed_at - NEW.received_at;
  RETURN NEW;
END $$;
UPDATE complaints_complaint SET took = closed_at - received_at WHERE closed_at IS NOT NULL;
CREATE TRIGGER know_length BEFORE INSERT OR UPDATE OF closed_at, received_at, took ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION complaints_know_length();
"""
BACKWARD = """
DROP TRIGGER know_length ON complaints_complaint;
DROP FUNCTION complaints_know_length();
"""


class Migration(migrations.Migration):
    """Adds the column; the index takes it instead of a difference."""

    dependencies = [("complaints", "0027_secrets_under_other_peppers")]

    operations = [
        migrations.RemoveIndex("complaint", "complaint_by_speed"),
        migrations.AddField(
            "complaint",
            "took",
            models.DurationField(
                null=True,
                editable=False,
                help_text="From its receipt to its closing, kept by a trigger: below a policy only a plain comparison uses an index.",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            "complaint",
            models.Index(
                fields=["program", "took", "received_at", "id"],
                condition=Q(state="closed"),
                name="complaint_by_speed",
            ),
        ),
    ]
