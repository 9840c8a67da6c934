"""A workplace has closed: whoever is in the circle of a secret visit planned there is told, and nobody else learns that there was one.

The function belongs to a role that passes by the policies and returns nothing.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

FORWARD = f"""
SET LOCAL check_function_bodies = off;
CREATE FUNCTION audits_workplace_closed(workplace uuid, last_day date, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO notices_outbox (program_id, key, kind, channel, "to", members_only, secret_of, email, phone, language, context,
                              created_at, next_try_at, tries, error)
  SELECT {PROGRAM}, 'inspection_place_closed:' || i.id, 'inspection_place_closed', 'people',
         jsonb_build_object('people', jsonb_agg(c.person_id)), false, i.id, '', '', '', jsonb_build_object('inspection', i.id),
         at, at, 0, ''
    FROM audits_inspection i JOIN tenancy_circlemember c ON c.program_id = i.program_id AND c.circle_id = i.id
    WHERE i.program_id = {PROGRAM} AND i.workplace_id = workplace AND i.secret_of = i.id AND i.state = 'planned'
      AND i.starts_on > last_day
    GROUP BY i.id
  ON CONFLICT DO NOTHING
$$;
REVOKE EXECUTE ON FUNCTION audits_workplace_closed(uuid, date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audits_workplace_closed(uuid, date, timestamptz) TO wsr_staff;
ALTER FUNCTION audits_workplace_closed(uuid, date, timestamptz) OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION audits_workplace_closed(uuid, date, timestamptz);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("audits", "0013_visit_requests"), ("notices", "0004_secret_rows")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
