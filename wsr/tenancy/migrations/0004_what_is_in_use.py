"""Whether rows are in use, the same answer for what may be seen and what may not; see `wsr/tenancy/references.py`."""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

# Owned by the owner of the tables: any of them may point at a row, and one that comes tomorrow is found without a grant of its own.
FORWARD = rf"""
CREATE FUNCTION wsr_in_use(target text, ids uuid[], but uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE key record;
BEGIN
  FOR key IN
    SELECT c.conrelid::regclass AS other, a.attname AS field FROM pg_constraint c
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
      WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conname LIKE '%\_same\_program'
        AND c.confrelid = to_regclass(format('public.%I', target))
  LOOP
    RETURN QUERY EXECUTE format(
      'SELECT o.%1$I FROM %2$s o WHERE o.program_id = $1 AND o.%1$I = ANY ($2) AND o.id <> ALL ($3)', key.field, key.other
    ) USING {PROGRAM}, ids, but;
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION wsr_in_use(text, uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_in_use(text, uuid[], uuid[]) TO wsr_staff;
"""

BACKWARD = "DROP FUNCTION wsr_in_use(text, uuid[], uuid[]);"


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0003_circles_left'),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
