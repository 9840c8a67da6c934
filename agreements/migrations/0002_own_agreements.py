"""Which agreements and versions the portal's organization may read; see `programs/migrations/0005_own_participation.py`.

Those it is a party of, from the first proposal on.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION wsr_own_versions() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(v.id), '{}') FROM agreements_party p JOIN agreements_agreementversion v
      ON v.program_id = p.program_id AND v.agreement_id = p.agreement_id AND v.proposed_at IS NOT NULL
    WHERE p.program_id = nullif(current_setting('wsr.program', true), '')::uuid
      AND p.participation_id = wsr_own_participation()
$$;
CREATE FUNCTION wsr_own_agreements() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT v.agreement_id), '{}') FROM agreements_party p JOIN agreements_agreementversion v
      ON v.program_id = p.program_id AND v.agreement_id = p.agreement_id AND v.proposed_at IS NOT NULL
    WHERE p.program_id = nullif(current_setting('wsr.program', true), '')::uuid
      AND p.participation_id = wsr_own_participation()
$$;
REVOKE EXECUTE ON FUNCTION wsr_own_versions(), wsr_own_agreements() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_own_versions(), wsr_own_agreements() TO wsr_brand, wsr_supplier;
ALTER FUNCTION wsr_own_versions() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_own_agreements() OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_own_agreements();
DROP FUNCTION wsr_own_versions();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("agreements", "0001_agreements"), ("programs", "0005_own_participation")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
