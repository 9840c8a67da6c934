"""Whoever must not know of a complaint is not asked for a visit to its workplace, nor for any where the whole supplier is walled off from her.

The function belongs to a role that passes by the policies, so that walls are kept which whoever asks may not see. Program comes from the scope.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

FORWARD = f"""
CREATE FUNCTION complaints_kept_from_visits(place uuid, people uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(one), '{{}}') FROM unnest(people) one
    WHERE EXISTS (SELECT FROM complaints_wall w JOIN programs_workplace p ON p.program_id = w.program_id AND p.supplier_id = w.supplier_id
        WHERE w.program_id = {PROGRAM} AND p.id = place AND w.person_id = one AND w.ended_at IS NULL)
      OR EXISTS (SELECT FROM complaints_complaint c
        WHERE c.program_id = {PROGRAM} AND c.workplace_id = place AND c.id IN (SELECT complaints_walled_of({PROGRAM}, one)))
$$;
REVOKE EXECUTE ON FUNCTION complaints_kept_from_visits(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_kept_from_visits(uuid, uuid[]) TO wsr_staff;
ALTER FUNCTION complaints_kept_from_visits(uuid, uuid[]) OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_kept_from_visits(uuid, uuid[]);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("complaints", "0029_respondents"), ("programs", "0014_sites_and_contractors")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
