"""Who is walled off, who is in the circle of a complaint, and how a worker's number finds it.

The functions belong to a role that passes by the policies. They read program and person from the scope and never from their caller.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

FORWARD = f"""
CREATE FUNCTION complaints_walled_of(program uuid, walled uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT w.complaint_id FROM complaints_wall w
    WHERE w.program_id = program AND w.person_id = walled AND w.ended_at IS NULL AND w.complaint_id IS NOT NULL
  UNION
  SELECT c.id FROM complaints_complaint c
    WHERE c.program_id = program AND c.supplier_id IN (
      SELECT w.supplier_id FROM complaints_wall w
        WHERE w.program_id = program AND w.person_id = walled AND w.ended_at IS NULL
      UNION
      SELECT b.supplier_id FROM audits_bar b
        WHERE b.program_id = program AND b.person_id = walled AND b.ended_at IS NULL)
$$;
CREATE FUNCTION complaints_walled() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(found), '{{}}') FROM complaints_walled_of({PROGRAM}, {PERSON}) found
$$;
-- Whoever is walled off does not learn of it from the list of walls.
CREATE FUNCTION complaints_walls_around_me() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(id), '{{}}') FROM complaints_wall WHERE program_id = {PROGRAM} AND person_id = {PERSON}
$$;
-- The circle is who has an accepted part. Nobody takes a part for another, or a part nobody asked her to take, unless nobody handles the
-- complaint yet or it is an emergency, which its own row tells of.
CREATE FUNCTION complaints_keep_circle() RETURNS trigger
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
-- A wall takes effect at once, also for somebody who is inside.
CREATE FUNCTION complaints_wall_off() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM tenancy_circlemember m WHERE m.program_id = NEW.program_id AND m.person_id = NEW.person_id
    AND m.circle_id IN (SELECT complaints_walled_of(NEW.program_id, NEW.person_id));
  RETURN NULL;
END $$;
-- What stands behind a number, for the sign-in of workers: the hashes are of no use without the pepper.
CREATE FUNCTION complaints_behind(asked text) RETURNS TABLE (program_id uuid, complaint_id uuid, key_id uuid, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.program_id, c.id, k.id, k.hash FROM complaints_complaint c
    JOIN complaints_workerkey k ON k.program_id = c.program_id AND k.complaint_id = c.id AND k.ended_at IS NULL
    WHERE c.number = asked ORDER BY k.id
$$;
CREATE TRIGGER keep_circle AFTER INSERT OR UPDATE OF state ON complaints_assignment
  FOR EACH ROW EXECUTE FUNCTION complaints_keep_circle();
CREATE TRIGGER wall_off AFTER INSERT ON complaints_wall FOR EACH ROW EXECUTE FUNCTION complaints_wall_off();
REVOKE EXECUTE ON FUNCTION complaints_walled_of(uuid, uuid), complaints_walled(), complaints_walls_around_me(),
  complaints_keep_circle(), complaints_wall_off(), complaints_behind(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_walled(), complaints_walls_around_me() TO wsr_staff;
GRANT EXECUTE ON FUNCTION complaints_behind(text) TO wsr_app;
ALTER FUNCTION complaints_behind(text) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_wall_off() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_keep_circle() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_walls_around_me() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_walled() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_walled_of(uuid, uuid) OWNER TO wsr_searcher;
"""

BACKWARD = """
DROP TRIGGER wall_off ON complaints_wall;
DROP TRIGGER keep_circle ON complaints_assignment;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_behind(text);
DROP FUNCTION complaints_wall_off();
DROP FUNCTION complaints_keep_circle();
DROP FUNCTION complaints_walls_around_me();
DROP FUNCTION complaints_walled();
DROP FUNCTION complaints_walled_of(uuid, uuid);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("complaints", "0001_complaints"),
        ("audits", "0002_walls_of_visits"),
        ("tenancy", "0002_circles"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
