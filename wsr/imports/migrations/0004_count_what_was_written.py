"""Have PostgreSQL count the tables that an import wrote to, inside its transaction: without that the planner takes them for nearly
empty until the autovacuum comes, and the first search of a long list lasts many seconds."""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

# Only their owner may analyze tables. In order of their names, so that two imports of two programs never wait for each other crosswise.
FORWARD = f"""
CREATE FUNCTION imports_count_written(batch uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE written text;
BEGIN
  FOR written IN
    SELECT DISTINCT "table" FROM public.imports_change WHERE program_id = {PROGRAM} AND batch_id = batch ORDER BY 1
  LOOP
    EXECUTE format('ANALYZE public.%I', written);
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION imports_count_written(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION imports_count_written(uuid) TO wsr_staff;
"""

BACKWARD = "DROP FUNCTION imports_count_written(uuid);"


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0003_drop_indexes_of_the_program_alone'),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
