"""Nobody closes a complaint alone, and nobody decides an appeal against what she worked on.

Who said what is kept by triggers on the rows that say it; the state of a complaint then follows those rows. The functions belong to a role
that passes by the policies, and read program and person from the scope.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
CASE = "nullif(current_setting('wsr.case_id', true), '')::uuid"
WORKER = "nullif(current_setting('wsr.worker_id', true), '')"
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

# {function: roles that call it by themselves}; triggers need none
FUNCTIONS = {
    "complaints_had_part(uuid, uuid, uuid, text[])": "",
    "complaints_has_part(uuid, uuid, uuid, text)": "",
    "complaints_found_or_proposed(uuid, uuid, uuid)": "",
    "complaints_said_by_oneself()": "",
    "complaints_reviewed_by_another()": "",
    "complaints_decided_by_another()": "",
    "complaints_follow_rows()": "",
    "complaints_state_after_merging()": "wsr_worker",
}

FORWARD = f"""
-- A part that she accepted, whether it has ended since or not.
CREATE FUNCTION complaints_had_part(program uuid, complaint uuid, person uuid, parts text[]) RETURNS boolean
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT EXISTS (SELECT FROM complaints_assignment a
    WHERE a.program_id = program AND a.complaint_id = complaint AND a.person_id = person AND a.part = ANY (parts)
      AND (a.state = 'accepted' OR (a.state = 'ended' AND a.answered_at IS NOT NULL)))
$$;
CREATE FUNCTION complaints_has_part(program uuid, complaint uuid, person uuid, wanted text) RETURNS boolean
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT EXISTS (SELECT FROM complaints_assignment a
    WHERE a.program_id = program AND a.complaint_id = complaint AND a.person_id = person AND a.part = wanted AND a.state = 'accepted')
$$;
CREATE FUNCTION complaints_found_or_proposed(program uuid, complaint uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT EXISTS (SELECT FROM complaints_resolution r
    WHERE r.program_id = program AND r.complaint_id = complaint AND r.proposed_by_id = person)
  OR EXISTS (SELECT FROM complaints_finding f
    WHERE f.program_id = program AND f.complaint_id = complaint AND f.found_by_id = person)
$$;
-- Staff say who they are, a worker speaks for herself, and nobody ties a row to what belongs to another complaint.
CREATE FUNCTION complaints_said_by_oneself() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  said jsonb := to_jsonb(NEW);
  speaker uuid := CASE WHEN current_setting('role') <> 'wsr_worker' THEN {PERSON} END;
BEGIN
  IF (said ->> TG_ARGV[0])::uuid IS DISTINCT FROM speaker
    OR current_setting('role') = 'wsr_worker' AND said ->> 'complainant_id' IS DISTINCT FROM {WORKER} THEN
    RAISE EXCEPTION '%: said in the name of somebody else', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF said ->> 'resolution_id' IS NOT NULL AND NOT EXISTS (SELECT FROM complaints_resolution r WHERE r.program_id = NEW.program_id
      AND r.id = (said ->> 'resolution_id')::uuid AND r.complaint_id = NEW.complaint_id)
    OR said ->> 'review_id' IS NOT NULL AND NOT EXISTS (SELECT FROM complaints_review r WHERE r.program_id = NEW.program_id
      AND r.id = (said ->> 'review_id')::uuid AND r.complaint_id = NEW.complaint_id AND r.outcome = 'approved')
    OR said ->> 'complainant_id' IS NOT NULL AND NOT EXISTS (SELECT FROM complaints_complainant c WHERE c.program_id = NEW.program_id
      AND c.id = (said ->> 'complainant_id')::uuid AND c.complaint_id = NEW.complaint_id)
    OR TG_TABLE_NAME = 'complaints_review' AND NOT EXISTS (SELECT FROM complaints_complaint c WHERE c.program_id = NEW.program_id
      AND c.id = NEW.complaint_id AND c.handler_id = {PERSON}) THEN
    RAISE EXCEPTION '%: not of this complaint', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION complaints_reviewed_by_another() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  IF OLD.outcome <> 'pending' THEN
    RAISE EXCEPTION 'complaints_review: this was decided' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reviewer_id IS DISTINCT FROM {PERSON}
    OR NOT complaints_has_part(NEW.program_id, NEW.complaint_id, NEW.reviewer_id, 'reviewer') THEN
    RAISE EXCEPTION 'complaints_review: only who accepted to review it does' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.reviewer_id = OLD.handed_by_id
    OR EXISTS (SELECT FROM complaints_complaint c WHERE c.program_id = NEW.program_id AND c.id = NEW.complaint_id
      AND c.handler_id = NEW.reviewer_id)
    OR complaints_found_or_proposed(NEW.program_id, NEW.complaint_id, NEW.reviewer_id)
    OR complaints_had_part(NEW.program_id, NEW.complaint_id, NEW.reviewer_id, '{{investigator}}') THEN
    RAISE EXCEPTION 'complaints_review: nobody reviews her own work' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION complaints_decided_by_another() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  IF OLD.outcome <> 'pending' THEN
    RAISE EXCEPTION 'complaints_appeal: this was decided' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.decider_id IS DISTINCT FROM {PERSON}
    OR NOT complaints_has_part(NEW.program_id, NEW.complaint_id, NEW.decider_id, 'decider') THEN
    RAISE EXCEPTION 'complaints_appeal: only who accepted to decide it does' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF complaints_found_or_proposed(NEW.program_id, NEW.complaint_id, NEW.decider_id)
    OR complaints_had_part(NEW.program_id, NEW.complaint_id, NEW.decider_id, '{{handler,investigator,reviewer}}') THEN
    RAISE EXCEPTION 'complaints_appeal: decided by somebody who had no part in it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
-- The last review, the last appeal and the merger say which state it has; the table of moves says which it can have.
CREATE FUNCTION complaints_follow_rows() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  move text := OLD.state || '>' || NEW.state;
  reviewed text := (SELECT r.outcome FROM complaints_review r
    WHERE r.program_id = NEW.program_id AND r.complaint_id = NEW.id ORDER BY r.id DESC LIMIT 1);
  appealed text := (SELECT a.outcome FROM complaints_appeal a
    WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.id ORDER BY a.id DESC LIMIT 1);
BEGIN
  IF (move = 'resolving>in_review' AND reviewed IS DISTINCT FROM 'pending')
    OR (move = 'in_review>closed' AND reviewed IS DISTINCT FROM 'approved')
    OR (move = 'in_review>resolving' AND reviewed IS DISTINCT FROM 'returned')
    OR (move = 'closed>appealed' AND appealed IS DISTINCT FROM 'pending')
    OR (move = 'appealed>closed' AND appealed IS DISTINCT FROM 'upheld')
    OR (move = 'appealed>investigating' AND appealed IS DISTINCT FROM 'again') THEN
    RAISE EXCEPTION 'complaints_complaint: nobody has decided that it is %', NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'merged' AND OLD.state <> 'merged' AND 2 <> (SELECT count(*) FROM tenancy_circlemember m
      WHERE m.program_id = NEW.program_id AND m.person_id = {PERSON} AND m.circle_id IN (NEW.id, NEW.merged_into_id)) THEN
    RAISE EXCEPTION 'complaints_complaint: merged by somebody with a part in both' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
-- Where it stands with the complaint that hers was merged into: the state, and nothing else of it.
CREATE FUNCTION complaints_state_after_merging() RETURNS text
LANGUAGE sql STABLE {DEFINER} AS $$
  WITH RECURSIVE chain AS (
    SELECT c.id, c.merged_into_id, c.state FROM complaints_complaint c WHERE c.program_id = {PROGRAM} AND c.id = {CASE}
    UNION
    SELECT c.id, c.merged_into_id, c.state FROM complaints_complaint c JOIN chain ON c.id = chain.merged_into_id
      WHERE c.program_id = {PROGRAM})
  SELECT state FROM chain WHERE merged_into_id IS NULL LIMIT 1
$$;
CREATE TRIGGER said_by_oneself BEFORE INSERT ON complaints_resolution
  FOR EACH ROW EXECUTE FUNCTION complaints_said_by_oneself('proposed_by_id');
CREATE TRIGGER said_by_oneself BEFORE INSERT ON complaints_resolutionanswer
  FOR EACH ROW EXECUTE FUNCTION complaints_said_by_oneself('entered_by_id');
CREATE TRIGGER said_by_oneself BEFORE INSERT ON complaints_review
  FOR EACH ROW EXECUTE FUNCTION complaints_said_by_oneself('handed_by_id');
CREATE TRIGGER said_by_oneself BEFORE INSERT ON complaints_appeal
  FOR EACH ROW EXECUTE FUNCTION complaints_said_by_oneself('entered_by_id');
CREATE TRIGGER said_by_oneself BEFORE INSERT ON complaints_reopening
  FOR EACH ROW EXECUTE FUNCTION complaints_said_by_oneself('by_id');
CREATE TRIGGER reviewed_by_another BEFORE UPDATE ON complaints_review
  FOR EACH ROW EXECUTE FUNCTION complaints_reviewed_by_another();
CREATE TRIGGER decided_by_another BEFORE UPDATE ON complaints_appeal
  FOR EACH ROW EXECUTE FUNCTION complaints_decided_by_another();
CREATE TRIGGER follow_rows BEFORE UPDATE OF state ON complaints_complaint
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION complaints_follow_rows();
""" + "".join(
    f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC;\n"
    + (f"GRANT EXECUTE ON FUNCTION {name} TO {roles};\n" if roles else "")
    + f"ALTER FUNCTION {name} OWNER TO wsr_searcher;\n"
    for name, roles in FUNCTIONS.items()
)

BACKWARD = (
    """
DROP TRIGGER follow_rows ON complaints_complaint;
DROP TRIGGER decided_by_another ON complaints_appeal;
DROP TRIGGER reviewed_by_another ON complaints_review;
DROP TRIGGER said_by_oneself ON complaints_reopening;
DROP TRIGGER said_by_oneself ON complaints_appeal;
DROP TRIGGER said_by_oneself ON complaints_review;
DROP TRIGGER said_by_oneself ON complaints_resolutionanswer;
DROP TRIGGER said_by_oneself ON complaints_resolution;
SET LOCAL ROLE wsr_searcher;
"""
    + "".join(f"DROP FUNCTION {name};\n" for name in reversed(FUNCTIONS))
    + "SET LOCAL ROLE wsr_owner;\n"
)


class Migration(migrations.Migration):

    dependencies = [("complaints", "0010_outcomes"), ("tenancy", "0002_circles")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
