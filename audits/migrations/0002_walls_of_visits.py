"""Whom policies of the audits room compare with, and when the records of a visit may be written.

The functions belong to a role that passes by the policies, read program and person from the scope and never from their caller, and are
evaluated once per statement.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
RECORDS = ("response", "interview", "finding", "evidence")

FORWARD = f"""
CREATE FUNCTION wsr_barred_suppliers() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(supplier_id), '{{}}') FROM audits_bar
    WHERE program_id = {PROGRAM} AND person_id = {PERSON} AND ended_at IS NULL
$$;
CREATE FUNCTION wsr_inspected_workplaces() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT workplace_id), '{{}}') FROM audits_inspection
    WHERE program_id = {PROGRAM} AND id = ANY (wsr_own_circles()) AND supplier_id <> ALL (wsr_barred_suppliers())
$$;
CREATE FUNCTION wsr_inspected_suppliers() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT supplier_id), '{{}}') FROM audits_inspection
    WHERE program_id = {PROGRAM} AND id = ANY (wsr_own_circles()) AND supplier_id <> ALL (wsr_barred_suppliers())
$$;
-- The inspection is locked against its submission while the records are written: either they are sealed with it, or refused.
CREATE FUNCTION audits_only_during_visit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM FROM audits_inspection i WHERE i.id IN (SELECT n.inspection_id FROM written n) ORDER BY i.id FOR SHARE;
  IF EXISTS (
    SELECT FROM audits_inspection i WHERE i.id IN (SELECT n.inspection_id FROM written n)
      AND i.state NOT IN ('in_progress', 'returned')
  ) THEN
    RAISE EXCEPTION 'records of a visit are written during it, or after it was returned' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION wsr_barred_suppliers(), wsr_inspected_workplaces(), wsr_inspected_suppliers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_barred_suppliers() TO wsr_staff, wsr_auditor;
GRANT EXECUTE ON FUNCTION wsr_inspected_workplaces(), wsr_inspected_suppliers() TO wsr_auditor;
{"".join(
    f'''
CREATE TRIGGER only_during_visit_{verb} AFTER {verb} ON audits_{record} REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION audits_only_during_visit();'''
    for record in RECORDS for verb in ("insert", "update")
)}
ALTER FUNCTION wsr_inspected_suppliers() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_inspected_workplaces() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_barred_suppliers() OWNER TO wsr_searcher;
ALTER FUNCTION audits_only_during_visit() OWNER TO wsr_searcher;
"""

BACKWARD = (
    "".join(
        f"DROP TRIGGER only_during_visit_{verb} ON audits_{record};\n"
        for record in RECORDS
        for verb in ("insert", "update")
    )
    + """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION audits_only_during_visit();
DROP FUNCTION wsr_inspected_suppliers();
DROP FUNCTION wsr_inspected_workplaces();
DROP FUNCTION wsr_barred_suppliers();
SET LOCAL ROLE wsr_owner;
"""
)


class Migration(migrations.Migration):

    dependencies = [("audits", "0001_audits")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
