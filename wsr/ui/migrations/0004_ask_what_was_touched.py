"""Whether her own answer holds is all that a person learns of what was touched: the list of it would tell of what is secret."""

from django.db import migrations

PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
EVERYWHERE = "00000000-0000-0000-0000-000000000000"

FORWARD = f"""
CREATE FUNCTION wsr_touched_since(answer uuid) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT t.relation::text), '{{}}') FROM ui_answer a
    JOIN tenancy_touched t ON t.program_id IN (a.program_id, '{EVERYWHERE}') AND t.relation = ANY (a.reads)
      AND t.xid >= pg_snapshot_xmin(a.snapshot::pg_snapshot) AND NOT pg_visible_in_snapshot(t.xid, a.snapshot::pg_snapshot)
    WHERE a.id = answer AND a.person_id = {PERSON}
$$;
-- What every answer that is kept has seen. Nothing of the last day: an answer may be being made from an older snapshot.
CREATE FUNCTION wsr_forget_touched() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM tenancy_touched WHERE at < now() - interval '1 day' AND xid < coalesce(
    (SELECT min(pg_snapshot_xmin(snapshot::pg_snapshot)::text::bigint)::text::xid8 FROM ui_answer), pg_snapshot_xmin(pg_current_snapshot()))
$$;
REVOKE EXECUTE ON FUNCTION wsr_touched_since(uuid), wsr_forget_touched() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_forget_touched() TO wsr_engine;
ALTER FUNCTION wsr_forget_touched() OWNER TO wsr_searcher;
GRANT EXECUTE ON FUNCTION wsr_touched_since(uuid) TO wsr_staff, wsr_auditor, wsr_brand, wsr_supplier, wsr_person;
ALTER FUNCTION wsr_touched_since(uuid) OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_touched_since(uuid);
DROP FUNCTION wsr_forget_touched();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0006_what_was_touched'),
        ('ui', '0003_answers_kept'),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
