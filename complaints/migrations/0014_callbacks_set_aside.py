"""Callbacks of a flood, looked at first; and a callback whose id is that of another matter would open it to whoever takes it: refused."""

from django.db import migrations, models

PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

FORWARD = f"""
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_keep_caller() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.caller_id IS NOT NULL OR EXISTS (SELECT FROM tenancy_circle t WHERE t.id = NEW.id)
       OR EXISTS (SELECT FROM complaints_complaint c WHERE c.id = NEW.id) THEN
      RAISE EXCEPTION 'a callback begins with a circle of its own' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
  END IF;
  IF NEW.caller_id IS NOT DISTINCT FROM OLD.caller_id THEN
    RETURN NULL;
  END IF;
  IF OLD.caller_id IS NOT NULL THEN
    DELETE FROM tenancy_circlemember m
      WHERE m.program_id = NEW.program_id AND m.circle_id = NEW.id AND m.person_id = OLD.caller_id;
  END IF;
  IF NEW.caller_id IS NOT NULL THEN
    IF NEW.caller_id IS DISTINCT FROM {PERSON} THEN
      RAISE EXCEPTION 'nobody takes a callback for another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.matter_id IN (SELECT complaints_walled_of(NEW.program_id, NEW.caller_id)) THEN
      RAISE EXCEPTION 'walled off from this complaint' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO tenancy_circle (id, program_id) VALUES (NEW.id, NEW.program_id) ON CONFLICT DO NOTHING;
    INSERT INTO tenancy_circlemember (program_id, circle_id, person_id) VALUES (NEW.program_id, NEW.id, NEW.caller_id)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
SET LOCAL ROLE wsr_owner;
"""

BACKWARD = f"""
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_keep_caller() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.caller_id IS NOT DISTINCT FROM OLD.caller_id THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.caller_id IS NOT NULL THEN
    DELETE FROM tenancy_circlemember m
      WHERE m.program_id = NEW.program_id AND m.circle_id = NEW.id AND m.person_id = OLD.caller_id;
  END IF;
  IF NEW.caller_id IS NOT NULL THEN
    IF NEW.caller_id IS DISTINCT FROM {PERSON} THEN
      RAISE EXCEPTION 'nobody takes a callback for another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.matter_id IN (SELECT complaints_walled_of(NEW.program_id, NEW.caller_id)) THEN
      RAISE EXCEPTION 'walled off from this complaint' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO tenancy_circle (id, program_id) VALUES (NEW.id, NEW.program_id) ON CONFLICT DO NOTHING;
    INSERT INTO tenancy_circlemember (program_id, circle_id, person_id) VALUES (NEW.program_id, NEW.id, NEW.caller_id)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("complaints", "0013_reopened_with_a_reason"),
    ]

    operations = [
        migrations.AddField(
            model_name="callback",
            name="is_set_aside",
            field=models.BooleanField(default=False, help_text="One of very many of one network: looked at before anybody is called."),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
