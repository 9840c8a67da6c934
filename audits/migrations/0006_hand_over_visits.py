"""A secret visit is never without somebody in charge: who goes leaves it to others, and nobody else learns that there was one.

The function belongs to a role that passes by the policies. It returns nothing: who ends a membership cannot tell whether anything
was handed over. Whoever takes over is told by a message that only the circle sees.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

# Roles that plan inspections; those who are barred from the supplier do not count.
FORWARD = f"""
SET LOCAL check_function_bodies = off;
CREATE FUNCTION audits_may_take_over(person uuid, supplier uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM accounts_membership m WHERE m.program_id = {PROGRAM} AND m.person_id = person AND m.ended_at IS NULL
                 AND m.role = ANY (roles))
     AND NOT EXISTS (SELECT FROM audits_bar b WHERE b.program_id = {PROGRAM} AND b.person_id = person AND b.supplier_id = supplier
                     AND b.ended_at IS NULL)
$$;
CREATE FUNCTION audits_hand_over(leaving uuid, matter uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  visit record;
  taking uuid[];
BEGIN
  IF matter IS NULL THEN  -- she left the program, or plans no more; else the call means nothing
    IF EXISTS (SELECT FROM accounts_membership m WHERE m.program_id = {PROGRAM} AND m.person_id = leaving AND m.ended_at IS NULL
               AND m.role IN ('inspector_in_charge', 'director')) THEN
      RETURN;
    END IF;
  ELSIF matter <> ALL (wsr_own_circles()) THEN
    RETURN;
  END IF;
  FOR visit IN
    SELECT i.id, i.supplier_id FROM audits_inspection i JOIN tenancy_circlemember c
      ON c.program_id = i.program_id AND c.circle_id = i.id AND c.person_id = leaving
      WHERE i.program_id = {PROGRAM} AND i.secret_of = i.id AND i.state IN ('planned', 'in_progress') AND (matter IS NULL OR i.id = matter)
        AND NOT EXISTS (
          SELECT FROM tenancy_circlemember o WHERE o.program_id = i.program_id AND o.circle_id = i.id AND o.person_id <> leaving
            AND audits_may_take_over(o.person_id, i.supplier_id, ARRAY['inspector_in_charge', 'director']))
  LOOP
    SELECT array_agg(DISTINCT m.person_id) INTO taking FROM accounts_membership m
      WHERE m.program_id = {PROGRAM} AND m.person_id <> leaving
        AND audits_may_take_over(m.person_id, visit.supplier_id, ARRAY['inspector_in_charge']);
    IF taking IS NULL THEN
      SELECT array_agg(DISTINCT m.person_id) INTO taking FROM accounts_membership m
        WHERE m.program_id = {PROGRAM} AND m.person_id <> leaving
          AND audits_may_take_over(m.person_id, visit.supplier_id, ARRAY['director']);
    END IF;
    INSERT INTO tenancy_circlemember (program_id, circle_id, person_id)
      SELECT {PROGRAM}, visit.id, unnest(taking) ON CONFLICT DO NOTHING;
    INSERT INTO notices_outbox (program_id, key, kind, channel, "to", members_only, secret_of, email, phone, language, context,
                                created_at, next_try_at, tries, error)
      SELECT {PROGRAM}, 'inspection_handed_over:' || visit.id || ':' || leaving, 'inspection_handed_over', 'people',
             jsonb_build_object('people', to_jsonb(taking)), false, visit.id, '', '', '', jsonb_build_object('inspection', visit.id),
             at, at, 0, ''
      WHERE taking IS NOT NULL ON CONFLICT DO NOTHING;
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION audits_may_take_over(uuid, uuid, text[]), audits_hand_over(uuid, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audits_hand_over(uuid, uuid, timestamptz) TO wsr_staff, wsr_auditor;
ALTER FUNCTION audits_may_take_over(uuid, uuid, text[]) OWNER TO wsr_searcher;
ALTER FUNCTION audits_hand_over(uuid, uuid, timestamptz) OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION audits_hand_over(uuid, uuid, timestamptz);
DROP FUNCTION audits_may_take_over(uuid, uuid, text[]);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("audits", "0005_keep_bars_in_their_circle"),
        ("accounts", "0001_initial"),
        ("notices", "0004_secret_rows"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
