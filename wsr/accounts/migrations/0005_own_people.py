"""Who acts for the portal's organization: names and addresses of these people and of nobody else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION wsr_own_people() RETURNS TABLE (membership_id uuid, name text, email text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.id, p.name::text, p.email::text FROM accounts_membership m JOIN accounts_person p ON p.id = m.person_id
    WHERE m.program_id = nullif(current_setting('wsr.program', true), '')::uuid
      AND m.organization_id = nullif(current_setting('wsr.organization', true), '')::uuid
      AND m.ended_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION wsr_own_people() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_own_people() TO wsr_brand, wsr_supplier;
ALTER FUNCTION wsr_own_people() OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_own_people();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("accounts", "0004_hours_and_phone"), ("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
