"""A complaint that follows from another is the same worker's: her texts belong to both."""

from django.db import migrations

MADE = """
CREATE FUNCTION complaints_by_phone(asked uuid, digests bytea[])
RETURNS TABLE (complaint_id uuid, complainant_id uuid, state text, channel text{type})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id, w.id, c.state::text, c.channel::text{column} FROM complaints_complaint c
    JOIN complaints_complainant w ON w.program_id = c.program_id AND w.complaint_id = c.id AND w.has_phone
    WHERE c.program_id = asked AND c.id IN (
      SELECT i.case_id FROM vault_blindindex i WHERE i.program_id = asked AND i.kind = 'phone' AND i.digest = ANY (digests))
    ORDER BY c.received_at DESC, c.id, w.id
$$;
REVOKE EXECUTE ON FUNCTION complaints_by_phone(uuid, bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_by_phone(uuid, bytea[]) TO wsr_app;
ALTER FUNCTION complaints_by_phone(uuid, bytea[]) OWNER TO wsr_searcher;
"""
DROPPED = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_by_phone(uuid, bytea[]);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("complaints", "0014_callbacks_set_aside")]

    operations = [
        migrations.RunSQL(
            DROPPED + MADE.format(type=", continues_id uuid", column=", c.continues_id"),
            DROPPED + MADE.format(type="", column=""),
        )
    ]
