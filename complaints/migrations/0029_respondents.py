"""Persons whom a complaint is about: the walls know their employer, and those inside a complaint learn how many others name the same one.

The functions belong to a role that passes by the policies and read program and person from the scope.
"""

import django.db.models.deletion
import django.db.models.functions.uuid
import wsr.tenancy.models
from django.conf import settings
from django.db import migrations, models

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

_WALLED = """
SET LOCAL check_function_bodies = off;
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_walled_of(program uuid, walled uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE {definer} AS $$
  WITH ties AS (
    SELECT w.supplier_id FROM complaints_wall w
      WHERE w.program_id = program AND w.person_id = walled AND w.ended_at IS NULL
    UNION
    SELECT b.supplier_id FROM audits_bar b
      WHERE b.program_id = program AND b.person_id = walled AND b.ended_at IS NULL)
  SELECT w.complaint_id FROM complaints_wall w
    WHERE w.program_id = program AND w.person_id = walled AND w.ended_at IS NULL AND w.complaint_id IS NOT NULL
  UNION
  SELECT c.id FROM complaints_complaint c WHERE c.program_id = program AND c.supplier_id IN (SELECT supplier_id FROM ties)
  {more}
$$;
SET LOCAL ROLE wsr_owner;
"""
MORE = """UNION
  SELECT r.complaint_id FROM complaints_respondent r
    WHERE r.program_id = program AND r.ended_at IS NULL AND r.employer_id IN (SELECT supplier_id FROM ties)"""
WALLED = _WALLED.format(definer=DEFINER, more=MORE)
NOT_WALLED = _WALLED.format(definer=DEFINER, more="")

NAMED = f"""
SET LOCAL check_function_bodies = off;
CREATE FUNCTION complaints_respondent_named() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('complaints parts of ' || who.person_id, 0)) FROM (
    SELECT DISTINCT a.person_id FROM complaints_assignment a
      WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.complaint_id AND a.state IN ('asked', 'accepted')
      ORDER BY a.person_id) who;
  PERFORM complaints_end_walled(NEW.program_id, NEW.complaint_id, NULL, NEW.added_at);
  RETURN NULL;
END $$;
CREATE TRIGGER respondent_named AFTER INSERT ON complaints_respondent FOR EACH ROW WHEN (NEW.employer_id IS NOT NULL)
  EXECUTE FUNCTION complaints_respondent_named();
CREATE FUNCTION complaints_same_respondent(of_case uuid, digests bytea[]) RETURNS TABLE (others integer, own uuid[])
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT count(*)::integer, coalesce(array_agg(found.case_id) FILTER (WHERE found.case_id = ANY (wsr_own_circles())), '{{}}')
    FROM (SELECT DISTINCT b.case_id FROM vault_blindindex b
            WHERE b.program_id = {PROGRAM} AND b.kind = 'respondent' AND b.digest = ANY (digests) AND b.case_id <> of_case
              AND b.case_id NOT IN (SELECT complaints_walled_of({PROGRAM}, {PERSON}))) AS found
    WHERE of_case = ANY (wsr_own_circles())
$$;
REVOKE EXECUTE ON FUNCTION complaints_respondent_named(), complaints_same_respondent(uuid, bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_same_respondent(uuid, bytea[]) TO wsr_staff;
ALTER FUNCTION complaints_respondent_named() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_same_respondent(uuid, bytea[]) OWNER TO wsr_searcher;
"""
NOT_NAMED = """
DROP TRIGGER respondent_named ON complaints_respondent;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_same_respondent(uuid, bytea[]);
DROP FUNCTION complaints_respondent_named();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0028_how_long_it_took'),
        ('programs', '0014_sites_and_contractors'),
        ('tenancy', '0005_circles_of_a_person'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Respondent',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('added_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='complaints.complaint')),
                ('employer', wsr.tenancy.models.ProgramForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.participation')),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'ordering': ('added_at', 'id'),
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['program', 'employer'], name='respondent_of_employer')],
            },
        ),
        migrations.RunSQL(NAMED, NOT_NAMED),
        migrations.RunSQL(WALLED, NOT_WALLED),
    ]
