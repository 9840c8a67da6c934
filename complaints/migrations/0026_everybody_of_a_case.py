"""Each worker of a case reaches her own row alone; how many there are, and who has left, is told by ids."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION complaints_everybody() RETURNS TABLE (id uuid, has_left boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT w.id, w.withdrawn_at IS NOT NULL FROM complaints_complainant w
  WHERE w.program_id = nullif(current_setting('wsr.program', true), '')::uuid
    AND w.complaint_id = nullif(current_setting('wsr.case_id', true), '')::uuid
  ORDER BY w.ordinal
$$;
REVOKE EXECUTE ON FUNCTION complaints_everybody() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_everybody() TO wsr_worker;
ALTER FUNCTION complaints_everybody() OWNER TO wsr_searcher;
"""
BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_everybody();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):
    """Who complains, by ids."""

    dependencies = [
        ("complaints", "0025_who_has_it"),
        ("vault", "0002_readers_of_sealed_texts"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
