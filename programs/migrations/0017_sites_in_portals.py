"""Which sites a contractor works on, which work there is its own or of those it hired, and who runs the sites.

Policies of portal roles compare with these, as with `wsr_own_partners()` (0005). Only work that goes on counts: who has left a site
reads it no more. Those above it in the tree, and those whom others hired, stay unknown to it.
"""

from django.db import migrations

_OWN = """
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH RECURSIVE own AS (
    SELECT e.id, e.program_id, e.site_id, e.contractor_id
      FROM programs_engagement e JOIN programs_participation p ON p.program_id = e.program_id AND p.id = e.contractor_id
      WHERE e.program_id = nullif(current_setting('wsr.program', true), '')::uuid AND e.ended_on IS NULL
        AND p.organization_id = nullif(current_setting('wsr.organization', true), '')::uuid
  )"""
FORWARD = f"""
CREATE FUNCTION wsr_own_engagements() RETURNS uuid[] {_OWN}, tree AS (
    SELECT * FROM own
    UNION SELECT e.id, e.program_id, e.site_id, e.contractor_id
      FROM programs_engagement e
      JOIN tree t ON e.program_id = t.program_id AND e.site_id = t.site_id AND e.hired_by_id = t.contractor_id
      WHERE e.ended_on IS NULL
  )
  SELECT coalesce(array_agg(id), '{{}}') FROM tree
$$;
CREATE FUNCTION wsr_own_sites() RETURNS uuid[] {_OWN}
  SELECT coalesce(array_agg(DISTINCT site_id), '{{}}') FROM own
$$;
CREATE FUNCTION wsr_runners_of_own_sites() RETURNS uuid[] {_OWN}
  SELECT coalesce(array_agg(DISTINCT w.supplier_id), '{{}}')
    FROM own JOIN programs_workplace w ON w.program_id = own.program_id AND w.id = own.site_id
$$;
REVOKE EXECUTE ON FUNCTION wsr_own_engagements(), wsr_own_sites(), wsr_runners_of_own_sites() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_own_engagements(), wsr_own_sites(), wsr_runners_of_own_sites() TO wsr_brand, wsr_supplier;
ALTER FUNCTION wsr_own_engagements() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_own_sites() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_runners_of_own_sites() OWNER TO wsr_searcher;
"""
BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_own_engagements(), wsr_own_sites(), wsr_runners_of_own_sites();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0016_provenance_stands_in_rules")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
