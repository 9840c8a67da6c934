"""Inspections whose team somebody has left, for the feeds of her devices: the one thing that may still be said about them."""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

FORWARD = f"""
SET LOCAL check_function_bodies = off;
CREATE FUNCTION audits_left(since xid8, below xid8) RETURNS TABLE (inspection_id uuid, workplace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT i.id, i.workplace_id FROM tenancy_circleleaving l JOIN audits_inspection i
    ON i.program_id = l.program_id AND i.id = l.circle_id
    WHERE l.program_id = {PROGRAM} AND l.person_id = {PERSON} AND l.changed_xid >= since AND l.changed_xid < below
      AND i.id <> ALL (wsr_own_circles())
$$;
REVOKE EXECUTE ON FUNCTION audits_left(xid8, xid8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audits_left(xid8, xid8) TO wsr_staff, wsr_auditor;
ALTER FUNCTION audits_left(xid8, xid8) OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION audits_left(xid8, xid8);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("audits", "0002_walls_of_visits"), ("tenancy", "0003_circles_left")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
