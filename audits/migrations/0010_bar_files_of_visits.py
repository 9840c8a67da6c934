"""Which files somebody with a tie to a supplier does not see: those of its inspections, its reports, and what it showed for its actions.

Nothing is looked up for whoever is barred from no supplier, which is nearly everybody. Read in the policies of stored files.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

FORWARD = f"""
CREATE FUNCTION wsr_barred_files() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE barred uuid[] := wsr_barred_suppliers();
BEGIN
  IF barred = '{{}}' THEN
    RETURN barred;
  END IF;
  RETURN (
    SELECT coalesce(array_agg(file.id), '{{}}') FROM (
      SELECT f.id FROM files_storedfile f JOIN audits_inspection i ON i.id = f.circle_id
        WHERE f.program_id = {PROGRAM} AND i.program_id = {PROGRAM} AND i.supplier_id = ANY (barred)
      UNION
      SELECT file_id FROM audits_report
        WHERE program_id = {PROGRAM} AND supplier_id = ANY (barred) AND file_id IS NOT NULL
      UNION
      SELECT file_id FROM audits_actionproof
        WHERE program_id = {PROGRAM} AND supplier_id = ANY (barred) AND file_id IS NOT NULL
    ) file
  );
END $$;
REVOKE EXECUTE ON FUNCTION wsr_barred_files() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_barred_files() TO wsr_staff, wsr_auditor;
ALTER FUNCTION wsr_barred_files() OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_barred_files();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("audits", "0009_field_submissions"), ("files", "0004_resumable_uploads")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
