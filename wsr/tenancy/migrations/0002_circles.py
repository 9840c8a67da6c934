"""Closed groups of people; see `wsr/tenancy/circles.py`."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

import wsr.tenancy.models

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
OPEN = "'00000000-0000-0000-0000-000000000000'::uuid"

FORWARD = f"""
CREATE FUNCTION wsr_own_circles() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(circle_id), '{{}}') FROM tenancy_circlemember
    WHERE program_id = {PROGRAM} AND person_id = {PERSON}
$$;
CREATE FUNCTION wsr_known_circles() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT {OPEN} || coalesce(array_agg(circle_id), '{{}}') FROM tenancy_circlemember
    WHERE program_id = {PROGRAM} AND person_id = {PERSON}
$$;
CREATE FUNCTION wsr_may_change_circle(circle uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM tenancy_circle WHERE program_id = {PROGRAM} AND id = circle AND is_open
                 AND current_setting('role') = 'wsr_staff')
      OR EXISTS (SELECT FROM tenancy_circlemember WHERE program_id = {PROGRAM} AND circle_id = circle AND person_id = {PERSON})
$$;
CREATE FUNCTION wsr_admit(circle uuid, person uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tenancy_circle WHERE id = circle) THEN
    IF NOT wsr_may_change_circle(circle) THEN
      RAISE EXCEPTION 'only a member admits to a closed circle' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSE
    INSERT INTO tenancy_circle (id, program_id) VALUES (circle, {PROGRAM});
  END IF;
  INSERT INTO tenancy_circlemember (program_id, circle_id, person_id) VALUES ({PROGRAM}, circle, person)
    ON CONFLICT DO NOTHING;
END $$;
CREATE FUNCTION wsr_dismiss(circle uuid, person uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF person IS DISTINCT FROM {PERSON} AND NOT wsr_may_change_circle(circle) THEN
    RAISE EXCEPTION 'only a member changes a closed circle' USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM tenancy_circlemember WHERE program_id = {PROGRAM} AND circle_id = circle AND person_id = person;
END $$;
CREATE FUNCTION wsr_open_circle(circle uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT wsr_may_change_circle(circle) THEN
    RAISE EXCEPTION 'only a member opens a circle' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE tenancy_circle SET is_open = true WHERE program_id = {PROGRAM} AND id = circle;
END $$;
REVOKE EXECUTE ON FUNCTION wsr_own_circles(), wsr_known_circles(), wsr_may_change_circle(uuid), wsr_admit(uuid, uuid),
  wsr_dismiss(uuid, uuid), wsr_open_circle(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_own_circles(), wsr_known_circles() TO wsr_staff, wsr_auditor, wsr_brand, wsr_supplier, wsr_worker, wsr_engine;
GRANT EXECUTE ON FUNCTION wsr_admit(uuid, uuid) TO wsr_staff;
GRANT EXECUTE ON FUNCTION wsr_dismiss(uuid, uuid), wsr_open_circle(uuid) TO wsr_staff, wsr_auditor;
ALTER FUNCTION wsr_own_circles() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_known_circles() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_may_change_circle(uuid) OWNER TO wsr_searcher;
ALTER FUNCTION wsr_admit(uuid, uuid) OWNER TO wsr_searcher;
ALTER FUNCTION wsr_dismiss(uuid, uuid) OWNER TO wsr_searcher;
ALTER FUNCTION wsr_open_circle(uuid) OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_open_circle(uuid);
DROP FUNCTION wsr_dismiss(uuid, uuid);
DROP FUNCTION wsr_admit(uuid, uuid);
DROP FUNCTION wsr_may_change_circle(uuid);
DROP FUNCTION wsr_known_circles();
DROP FUNCTION wsr_own_circles();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Circle',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('is_open', models.BooleanField(db_default=False, default=False)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CircleMember',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField()),
                ('circle', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.circle')),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['program', 'person_id'], name='circles_of_person')],
                'constraints': [models.UniqueConstraint(fields=('program', 'circle', 'person_id'), name='circle_member_once')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
