"""A case that follows from another goes to its handler; what the clocks of check-ins and releases need; two people for a release and for words.

The functions belong to a role that passes by the policies and read program and person from the scope. Those for the clocks answer only
while nobody is signed in: no person learns by them of a complaint she has no part in.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

FORWARD = f"""
-- Whoever handles the complaint that a report of retaliation follows from, and is still inside it, handles this one too; null: nobody does,
-- and it waits. She acts in her own name, so that the circle is kept as for every part.
CREATE FUNCTION complaints_follow_on(linked uuid, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before text := coalesce(current_setting('wsr.person', true), '');
  program uuid := {PROGRAM};
  handler uuid;
BEGIN
  SELECT o.handler_id INTO handler FROM complaints_complaint c
    JOIN complaints_complaint o ON o.program_id = c.program_id AND o.id = c.continues_id
    JOIN complaints_assignment a ON a.program_id = o.program_id AND a.complaint_id = o.id AND a.person_id = o.handler_id
      AND a.part = 'handler' AND a.state = 'accepted'
    WHERE c.program_id = program AND c.id = linked AND c.is_retaliation AND NOT EXISTS (
      SELECT FROM complaints_assignment p WHERE p.program_id = c.program_id AND p.complaint_id = c.id);
  IF handler IS NULL OR linked IN (SELECT complaints_walled_of(program, handler)) THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('wsr.person', handler::text, true);
  INSERT INTO complaints_assignment (program_id, complaint_id, person_id, part, state, asked_by_id, asked_at, answered_at, reason)
    VALUES (program, linked, handler, 'handler', 'accepted', handler, at, at, '');
  PERFORM set_config('wsr.person', before, true);
  UPDATE complaints_complaint SET handler_id = handler WHERE program_id = program AND id = linked;
  RETURN handler;
END $$;
CREATE FUNCTION complaints_check_in(asked uuid) RETURNS TABLE (complaint_id uuid, is_open boolean, was_asked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.complaint_id, c.answer = '', c.asked_at IS NOT NULL FROM complaints_checkin c
    WHERE c.program_id = {PROGRAM} AND c.id = asked AND {PERSON} IS NULL
$$;
CREATE FUNCTION complaints_not_reached(asked uuid, at timestamptz) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE complaints_checkin c SET answer = 'not_reached', answered_at = at
    WHERE c.program_id = {PROGRAM} AND c.id = asked AND c.answer = '' AND {PERSON} IS NULL RETURNING c.complaint_id
$$;
CREATE FUNCTION complaints_release_over(ended uuid, at timestamptz) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE complaints_release r SET state = 'ended', ended_at = at
    WHERE r.program_id = {PROGRAM} AND r.id = ended AND r.state = 'approved' AND {PERSON} IS NULL RETURNING r.complaint_id
$$;
-- Nobody asks, writes, decides or sends in the name of somebody else: then one person would be two.
CREATE FUNCTION complaints_release_by_oneself() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (NEW.state <> 'asked' OR NEW.asked_by_id IS DISTINCT FROM {PERSON}) THEN
    RAISE EXCEPTION 'complaints_release: asked in the name of somebody else' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.state IN ('approved', 'refused') AND OLD.state = 'asked' AND NEW.decided_by_id IS DISTINCT FROM {PERSON} THEN
    RAISE EXCEPTION 'complaints_release: decided in the name of somebody else' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.decided_by_id IS NOT NULL AND (NEW.decided_by_id, NEW.ends_at) IS DISTINCT FROM (OLD.decided_by_id, OLD.ends_at) THEN
    RAISE EXCEPTION 'complaints_release: decided already' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER release_by_oneself BEFORE INSERT OR UPDATE ON complaints_release
  FOR EACH ROW EXECUTE FUNCTION complaints_release_by_oneself();
CREATE FUNCTION complaints_measure_by_oneself() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (TG_OP = 'INSERT' OR NEW.written_by_id <> OLD.written_by_id) AND NEW.written_by_id IS DISTINCT FROM {PERSON} THEN
    RAISE EXCEPTION 'complaints_measure: written in the name of somebody else' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.state = 'sent' AND NEW.sent_by_id IS DISTINCT FROM {PERSON} THEN
    RAISE EXCEPTION 'complaints_measure: sent in the name of somebody else' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER measure_by_oneself BEFORE INSERT OR UPDATE ON complaints_measure
  FOR EACH ROW EXECUTE FUNCTION complaints_measure_by_oneself();
REVOKE EXECUTE ON FUNCTION complaints_follow_on(uuid, timestamptz), complaints_check_in(uuid), complaints_not_reached(uuid, timestamptz),
  complaints_release_over(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_follow_on(uuid, timestamptz) TO wsr_worker;
GRANT EXECUTE ON FUNCTION complaints_check_in(uuid), complaints_not_reached(uuid, timestamptz), complaints_release_over(uuid, timestamptz)
  TO wsr_staff;
ALTER FUNCTION complaints_release_over(uuid, timestamptz) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_not_reached(uuid, timestamptz) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_check_in(uuid) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_follow_on(uuid, timestamptz) OWNER TO wsr_searcher;
"""

BACKWARD = """
DROP TRIGGER release_by_oneself ON complaints_release;
DROP TRIGGER measure_by_oneself ON complaints_measure;
DROP FUNCTION complaints_release_by_oneself(), complaints_measure_by_oneself();
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_follow_on(uuid, timestamptz);
DROP FUNCTION complaints_check_in(uuid);
DROP FUNCTION complaints_not_reached(uuid, timestamptz);
DROP FUNCTION complaints_release_over(uuid, timestamptz);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("complaints", "0008_watch_measures_and_releases")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
