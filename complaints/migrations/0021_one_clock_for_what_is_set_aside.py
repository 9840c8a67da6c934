"""Whether anything is set aside, also for somebody who is walled off from it: the clock of all of it ends when nothing is."""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FORWARD = f"""
CREATE FUNCTION complaints_any_set_aside() RETURNS boolean
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT EXISTS (SELECT FROM complaints_complaint c WHERE c.program_id = {PROGRAM} AND c.state = 'set_aside')
$$;
REVOKE EXECUTE ON FUNCTION complaints_any_set_aside() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_any_set_aside() TO wsr_staff;
ALTER FUNCTION complaints_any_set_aside() OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_any_set_aside();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("complaints", "0020_findings_told_by_fixed_months")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
