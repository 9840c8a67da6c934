"""Which part the portal's organization has in the program, and who its partners there are.

Policies of portal roles compare with these. The functions belong to a role that passes by the policies, read program and
organization from the scope and never from their caller, and are evaluated once per statement. Partners are whom a brand buys
from, or whom a supplier sells to, today or formerly, and the organization itself.
"""

from django.db import migrations, models
from django.db.models import Q

FORWARD = """
CREATE FUNCTION wsr_own_participation() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT id FROM programs_participation
    WHERE program_id = nullif(current_setting('wsr.program', true), '')::uuid
      AND organization_id = nullif(current_setting('wsr.organization', true), '')::uuid
$$;
CREATE FUNCTION wsr_own_partners() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH own AS (
    SELECT id, program_id FROM programs_participation
      WHERE program_id = nullif(current_setting('wsr.program', true), '')::uuid
        AND organization_id = nullif(current_setting('wsr.organization', true), '')::uuid
  )
  SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT id FROM own
    UNION SELECT s.supplier_id FROM programs_sourcing s JOIN own ON s.program_id = own.program_id AND s.brand_id = own.id
    UNION SELECT s.brand_id FROM programs_sourcing s JOIN own ON s.program_id = own.program_id AND s.supplier_id = own.id
  ) AS partners
$$;
REVOKE EXECUTE ON FUNCTION wsr_own_participation(), wsr_own_partners() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_own_participation(), wsr_own_partners() TO wsr_brand, wsr_supplier, wsr_auditor;
ALTER FUNCTION wsr_own_participation() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_own_partners() OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_own_partners();
DROP FUNCTION wsr_own_participation();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("programs", "0004_search")]

    operations = [
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                condition=Q(organization__isnull=False),
                fields=("program", "organization"),
                name="participation_of_organization_once",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
