"""How many secrets of workers still lie under another pepper: a number alone, since nobody of the engine reads a hash."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION complaints_secrets_under_others(pepper text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*) FROM complaints_workerkey k
  WHERE k.program_id = nullif(current_setting('wsr.program', true), '')::uuid AND k.ended_at IS NULL AND k.hash <> ''
    AND split_part(k.hash, '$', 1) <> pepper
$$;
REVOKE EXECUTE ON FUNCTION complaints_secrets_under_others(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_secrets_under_others(text) TO wsr_engine;
ALTER FUNCTION complaints_secrets_under_others(text) OWNER TO wsr_searcher;
"""
BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_secrets_under_others(text);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):
    """Counting for the rotation of the pepper."""

    dependencies = [
        ("complaints", "0026_everybody_of_a_case"),
        ("vault", "0003_peppers_by_id"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
