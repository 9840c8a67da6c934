"""A complaint's supplier becomes known one at a time with the walls of those who work on it: a wall of the same moment knows the supplier, or it the wall."""

from django.db import migrations

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

KNOWN = """
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_supplier_known() RETURNS trigger
LANGUAGE plpgsql {definer} AS $$
BEGIN
  {lock}PERFORM complaints_end_walled(NEW.program_id, NEW.id, NULL, NEW.updated_at);
  RETURN NULL;
END $$;
SET LOCAL ROLE wsr_owner;
"""

# In the order of their ids, so that two complaints with the same people wait for each other in turn.
LOCK = """PERFORM pg_advisory_xact_lock(hashtextextended('complaints parts of ' || who.person_id, 0)) FROM (
    SELECT DISTINCT a.person_id FROM complaints_assignment a
      WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.id AND a.state IN ('asked', 'accepted') ORDER BY a.person_id) who;
  """


class Migration(migrations.Migration):

    dependencies = [("complaints", "0023_joined_workers")]

    operations = [
        migrations.RunSQL(
            KNOWN.format(definer=DEFINER, lock=LOCK), KNOWN.format(definer=DEFINER, lock="")
        )
    ]
