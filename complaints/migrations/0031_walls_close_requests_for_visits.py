"""A wall, or a tie to a supplier, takes effect at once also on requests for visits that somebody was asked for before.

The function belongs to a role that passes by the policies: whoever walls off may be in none of these circles herself.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION complaints_close_visit_requests() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM tenancy_circlemember m USING audits_visitrequest v
    WHERE v.program_id = NEW.program_id AND m.program_id = v.program_id AND m.circle_id = v.id AND m.person_id = NEW.person_id
      AND (v.supplier_id = NEW.supplier_id OR complaints_kept_from_visits(v.workplace_id, ARRAY[NEW.person_id]) <> '{}');
  RETURN NULL;
END $$;
CREATE TRIGGER close_visit_requests AFTER INSERT ON complaints_wall
  FOR EACH ROW EXECUTE FUNCTION complaints_close_visit_requests();
CREATE TRIGGER close_visit_requests AFTER INSERT ON audits_bar
  FOR EACH ROW EXECUTE FUNCTION complaints_close_visit_requests();
REVOKE EXECUTE ON FUNCTION complaints_close_visit_requests() FROM PUBLIC;
ALTER FUNCTION complaints_close_visit_requests() OWNER TO wsr_searcher;
"""

BACKWARD = """
DROP TRIGGER close_visit_requests ON audits_bar;
DROP TRIGGER close_visit_requests ON complaints_wall;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_close_visit_requests();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("complaints", "0030_visits_kept_from_the_walled_off"), ("audits", "0013_visit_requests")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
