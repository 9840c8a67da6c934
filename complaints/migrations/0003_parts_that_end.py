"""An emergency gives no part that stays, and whoever leaves the program leaves her parts.

The functions belong to a role that passes by the policies. The second returns only whether any part ended: who ends a membership may be
walled off from the complaint.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

FORWARD = f"""
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_keep_circle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  is_inside boolean := EXISTS (SELECT FROM complaints_assignment a
    WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.complaint_id AND a.person_id = {PERSON} AND a.id <> NEW.id
      AND a.state = 'accepted' AND a.part <> 'emergency');
  has_handler boolean := EXISTS (SELECT FROM complaints_assignment a
    WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.complaint_id AND a.id <> NEW.id AND a.state = 'accepted'
      AND a.part <> 'emergency');
BEGIN
  IF TG_OP = 'INSERT' AND NEW.asked_by_id IS DISTINCT FROM {PERSON} THEN
    RAISE EXCEPTION 'whoever asks says so herself' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'INSERT' AND has_handler AND NOT is_inside AND NEW.part <> 'emergency' THEN
    RAISE EXCEPTION 'only somebody with a part in it gives another one' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.state = 'accepted' AND (TG_OP = 'INSERT' OR OLD.state <> 'accepted') THEN
    IF NEW.person_id IS DISTINCT FROM {PERSON} THEN
      RAISE EXCEPTION 'nobody accepts for another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.complaint_id IN (SELECT complaints_walled_of(NEW.program_id, NEW.person_id)) THEN
      RAISE EXCEPTION 'walled off from this complaint' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO tenancy_circle (id, program_id) VALUES (NEW.complaint_id, NEW.program_id) ON CONFLICT DO NOTHING;
    INSERT INTO tenancy_circlemember (program_id, circle_id, person_id) VALUES (NEW.program_id, NEW.complaint_id, NEW.person_id)
      ON CONFLICT DO NOTHING;
  ELSIF TG_OP = 'UPDATE' AND OLD.state = 'accepted' AND NEW.state <> 'accepted' AND NOT EXISTS (
    SELECT FROM complaints_assignment a WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.complaint_id
      AND a.person_id = NEW.person_id AND a.state = 'accepted' AND a.id <> NEW.id) THEN
    DELETE FROM tenancy_circlemember m
      WHERE m.program_id = NEW.program_id AND m.circle_id = NEW.complaint_id AND m.person_id = NEW.person_id;
  END IF;
  RETURN NULL;
END $$;
SET LOCAL ROLE wsr_owner;
CREATE FUNCTION complaints_member_left(leaving uuid, roles text[], at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM accounts_membership m WHERE m.program_id = {PROGRAM} AND m.person_id = leaving AND m.ended_at IS NULL
             AND m.role = ANY (roles)) THEN
    RETURN false;
  END IF;
  UPDATE complaints_assignment a SET state = 'ended', ended_at = at
    WHERE a.program_id = {PROGRAM} AND a.person_id = leaving AND a.state IN ('asked', 'accepted');
  RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION complaints_member_left(uuid, text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_member_left(uuid, text[], timestamptz) TO wsr_staff;
ALTER FUNCTION complaints_member_left(uuid, text[], timestamptz) OWNER TO wsr_searcher;
"""

BACKWARD = f"""
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_member_left(uuid, text[], timestamptz);
CREATE OR REPLACE FUNCTION complaints_keep_circle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  is_inside boolean := EXISTS (SELECT FROM tenancy_circlemember m
    WHERE m.program_id = NEW.program_id AND m.circle_id = NEW.complaint_id AND m.person_id = {PERSON});
  has_handler boolean := EXISTS (SELECT FROM complaints_assignment a
    WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.complaint_id AND a.id <> NEW.id AND a.state = 'accepted'
      AND a.part <> 'emergency');
BEGIN
  IF TG_OP = 'INSERT' AND NEW.asked_by_id IS DISTINCT FROM {PERSON} THEN
    RAISE EXCEPTION 'whoever asks says so herself' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'INSERT' AND has_handler AND NOT is_inside AND NEW.part <> 'emergency' THEN
    RAISE EXCEPTION 'only somebody with a part in it gives another one' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.state = 'accepted' AND (TG_OP = 'INSERT' OR OLD.state <> 'accepted') THEN
    IF NEW.person_id IS DISTINCT FROM {PERSON} THEN
      RAISE EXCEPTION 'nobody accepts for another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.complaint_id IN (SELECT complaints_walled_of(NEW.program_id, NEW.person_id)) THEN
      RAISE EXCEPTION 'walled off from this complaint' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO tenancy_circle (id, program_id) VALUES (NEW.complaint_id, NEW.program_id) ON CONFLICT DO NOTHING;
    INSERT INTO tenancy_circlemember (program_id, circle_id, person_id) VALUES (NEW.program_id, NEW.complaint_id, NEW.person_id)
      ON CONFLICT DO NOTHING;
  ELSIF TG_OP = 'UPDATE' AND OLD.state = 'accepted' AND NEW.state <> 'accepted' AND NOT EXISTS (
    SELECT FROM complaints_assignment a WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.complaint_id
      AND a.person_id = NEW.person_id AND a.state = 'accepted' AND a.id <> NEW.id) THEN
    DELETE FROM tenancy_circlemember m
      WHERE m.program_id = NEW.program_id AND m.circle_id = NEW.complaint_id AND m.person_id = NEW.person_id;
  END IF;
  RETURN NULL;
END $$;
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("complaints", "0002_walls_and_circles"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
