"""Search of workplaces that can use its indexes below row-level security.

PostgreSQL does not use an index for LIKE under a policy, because LIKE might leak the values it is shown. So a function does the
finding: it belongs to a role that passes by the policies, takes the program from the scope and never from its caller, and
returns ids only. Whoever calls it reads the rows under the policies as always. The statement is put together with its values so
that the planner sees how frequent the words are.
"""

from django.db import migrations

FORWARD = r"""
CREATE INDEX workplace_search ON programs_workplace
  USING gin ((name || E'\n' || name_key || E'\n' || address) gin_trgm_ops);
CREATE INDEX participation_search ON programs_participation USING gin (name gin_trgm_ops);

CREATE FUNCTION programs_search_workplaces(typed text, typed_key text, at_most integer DEFAULT NULL) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp ROWS 100 AS $$
DECLARE
  program uuid := nullif(current_setting('wsr.program', true), '')::uuid;
  pattern text := '%' || replace(replace(replace(typed, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  key_pattern text := '%' || replace(replace(replace(typed_key, '\', '\\'), '%', '\%'), '_', '\_') || '%';
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT id FROM programs_workplace WHERE program_id = %1$L
       AND ((name || E''\n'' || name_key || E''\n'' || address) ILIKE %2$L
         OR (name || E''\n'' || name_key || E''\n'' || address) ILIKE %3$L)
     UNION
     SELECT w.id FROM programs_participation s JOIN programs_workplace w ON w.program_id = s.program_id AND w.supplier_id = s.id
       WHERE s.program_id = %1$L AND s.name ILIKE %2$L
     LIMIT %4$s',
    program, pattern, key_pattern, coalesce(at_most::text, 'ALL'));
END $$;
REVOKE EXECUTE ON FUNCTION programs_search_workplaces FROM PUBLIC;
GRANT EXECUTE ON FUNCTION programs_search_workplaces TO wsr_staff;
ALTER FUNCTION programs_search_workplaces OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION programs_search_workplaces;
SET LOCAL ROLE wsr_owner;
DROP INDEX participation_search;
DROP INDEX workplace_search;
"""


class Migration(migrations.Migration):

    dependencies = [("programs", "0003_keep_citations"), ("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
