"""When people were admitted to circles and taken out of them, for the feeds of their devices."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

FORWARD = f"""
-- The column comes with the catalog, after the migrations; so the function's body is checked when it is first called.
SET LOCAL check_function_bodies = off;
CREATE FUNCTION wsr_circles_joined() RETURNS TABLE (circle_id uuid, joined xid8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.circle_id, m.changed_xid FROM tenancy_circlemember m WHERE m.program_id = {PROGRAM} AND m.person_id = {PERSON}
$$;
CREATE FUNCTION wsr_note_leaving() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO tenancy_circleleaving (program_id, circle_id, person_id) VALUES (OLD.program_id, OLD.circle_id, OLD.person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER note_leaving AFTER DELETE ON tenancy_circlemember FOR EACH ROW EXECUTE FUNCTION wsr_note_leaving();
REVOKE EXECUTE ON FUNCTION wsr_circles_joined(), wsr_note_leaving() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_circles_joined() TO wsr_staff, wsr_auditor;
ALTER FUNCTION wsr_circles_joined() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_note_leaving() OWNER TO wsr_searcher;
"""

BACKWARD = """
DROP TRIGGER note_leaving ON tenancy_circlemember;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION wsr_note_leaving();
DROP FUNCTION wsr_circles_joined();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0002_circles'),
    ]

    operations = [
        migrations.CreateModel(
            name='CircleLeaving',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('circle_id', models.UUIDField()),
                ('person_id', models.UUIDField()),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['program', 'person_id'], name='circles_left_by_person')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
