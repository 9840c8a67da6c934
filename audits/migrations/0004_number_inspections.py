"""The next number of an inspection counts all of the program's: auditors see their own alone."""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

FORWARD = f"""
-- Held until the end of the transaction, so that numbers have no gap and none is given twice.
CREATE FUNCTION audits_next_number() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audits_inspection:' || ({PROGRAM})::text, 0));
  RETURN (SELECT coalesce(max(number), 0) + 1 FROM audits_inspection WHERE program_id = {PROGRAM});
END $$;
REVOKE EXECUTE ON FUNCTION audits_next_number() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audits_next_number() TO wsr_staff, wsr_auditor;
ALTER FUNCTION audits_next_number() OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION audits_next_number();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("audits", "0003_inspections_left")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
