"""Who of some people must not know of a matter, for the relay: what is hidden from each of them, asked as hers."""

from django.db import migrations

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FORWARD = f"""
CREATE FUNCTION wsr_hidden_from(matter uuid, people uuid[]) RETURNS uuid[]
LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  before text := coalesce(current_setting('wsr.person', true), '');
  found uuid[] := '{{}}';
  one uuid;
BEGIN
  FOREACH one IN ARRAY people LOOP
    PERFORM set_config('wsr.person', one::text, true);
    IF matter = ANY (wsr_hidden_matters()) THEN
      found := found || one;
    END IF;
  END LOOP;
  PERFORM set_config('wsr.person', before, true);
  RETURN found;
END $$;
REVOKE EXECUTE ON FUNCTION wsr_hidden_from(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_hidden_from(uuid, uuid[]) TO wsr_engine;
ALTER FUNCTION wsr_hidden_from(uuid, uuid[]) OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_hidden_from(uuid, uuid[]);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("complaints", "0017_reviewed_by_no_former_handler")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
