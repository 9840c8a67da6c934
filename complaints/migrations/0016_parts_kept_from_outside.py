"""Nobody outside a complaint ends a part in it, enters its circle or writes its row; a wall ends parts also when it is there before the supplier is.

The functions belong to a role that passes by the policies. They read program, person and case from the scope and never from their caller.
"""

from django.db import migrations

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
CASE = "nullif(current_setting('wsr.case_id', true), '')::uuid"
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

# {function: role that calls it by itself}; triggers need none
FUNCTIONS = {
    "complaints_keep_part()": "",
    "complaints_keep_row()": "",
    "complaints_keep_out()": "",
    "complaints_written_by_oneself()": "",
    "complaints_end_walled(uuid, uuid, uuid, timestamptz)": "",
    "complaints_supplier_known()": "",
    "complaints_walled_now()": "",
    "wsr_hidden_matters()": "wsr_staff",
    "complaints_member_left(uuid, timestamptz)": "wsr_staff",
    "complaints_handled_by()": "wsr_worker",
    "complaints_merged_into(uuid)": "wsr_staff",
}

FOLLOW_ON = """
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_follow_on(linked uuid, at timestamptz) RETURNS uuid
LANGUAGE plpgsql {definer} AS $$
DECLARE
  before text := coalesce(current_setting('wsr.person', true), '');
  program uuid := {program};
  handler uuid;
BEGIN
  SELECT o.handler_id INTO handler FROM complaints_complaint c
    JOIN complaints_complaint o ON o.program_id = c.program_id AND o.id = c.continues_id
    JOIN complaints_assignment a ON a.program_id = o.program_id AND a.complaint_id = o.id AND a.person_id = o.handler_id
      AND a.part = 'handler' AND a.state = 'accepted'
    WHERE c.program_id = program AND c.id = linked{and_hers} AND c.is_retaliation AND NOT EXISTS (
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
SET LOCAL ROLE wsr_owner;
"""

FORWARD = (
    f"""
-- Only who handles complaints has a part. One at a time with her walls and with leaving: none of them overtakes the other.
-- A part is ended by whoever has it and by somebody inside; what was asked while nobody was inside, by whoever takes the complaint; a wall's by
-- whoever sets it up. When it was answered stays: it says who had a hand in what another one reviews.
CREATE FUNCTION complaints_keep_part() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  inside uuid[] := ARRAY(SELECT a.person_id FROM complaints_assignment a
    WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.complaint_id AND a.state = 'accepted' AND a.part <> 'emergency');
BEGIN
  IF NEW.state = 'accepted' AND (TG_OP = 'INSERT' OR OLD.state <> 'accepted') THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('complaints parts of ' || NEW.person_id, 0));
    IF NOT EXISTS (SELECT FROM accounts_membership m WHERE m.program_id = NEW.program_id AND m.person_id = NEW.person_id
        AND m.ended_at IS NULL AND m.role IN ('director', 'case_handler')) THEN
      RAISE EXCEPTION 'complaints_assignment: handles no complaints here' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  IF TG_OP = 'INSERT' THEN
    RETURN NEW;
  END IF;
  IF OLD.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at THEN
    RAISE EXCEPTION 'complaints_assignment: answered already' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF {PERSON} IS NULL OR {PERSON} = NEW.person_id OR {PERSON} = ANY (inside) OR (OLD.state = 'asked' AND inside = '{{}}')
    OR NEW.complaint_id IN (SELECT complaints_walled_of(NEW.program_id, NEW.person_id)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'only somebody with a part in it ends that of another' USING ERRCODE = 'insufficient_privilege';
END $$;
-- Staff write the row of a complaint from inside it.
CREATE FUNCTION complaints_keep_row() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  IF current_setting('role') = 'wsr_staff' AND {PERSON} IS NOT NULL AND NOT EXISTS (SELECT FROM tenancy_circlemember m
      WHERE m.program_id = NEW.program_id AND m.circle_id = NEW.id AND m.person_id = {PERSON}) THEN
    RAISE EXCEPTION 'only somebody with a part in a complaint changes it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
-- The circles of complaints and callbacks follow parts and callers; nobody is admitted to them in another way.
CREATE FUNCTION complaints_keep_out() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  IF EXISTS (SELECT FROM complaints_complaint c WHERE c.id = NEW.circle_id) AND NOT EXISTS (SELECT FROM complaints_assignment a
      WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.circle_id AND a.person_id = NEW.person_id AND a.state = 'accepted')
    OR EXISTS (SELECT FROM complaints_callback b WHERE b.id = NEW.circle_id AND b.caller_id IS DISTINCT FROM NEW.person_id) THEN
    RAISE EXCEPTION 'this circle is that of a complaint: take a part in it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
-- A worker's words are hers, and staff write under their own names.
CREATE FUNCTION complaints_written_by_oneself() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  IF (current_setting('role') = 'wsr_worker') <> (NEW.direction = 'from_worker')
    OR NEW.direction <> 'from_worker' AND NEW.by_id IS DISTINCT FROM {PERSON} THEN
    RAISE EXCEPTION 'complaints_message: written in the name of somebody else' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
-- Parts in complaints of a supplier, of whoever is walled off from it: of one complaint, or of one person. Done by nobody, as by a clock.
CREATE FUNCTION complaints_end_walled(of_program uuid, one_complaint uuid, one_person uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  before text := coalesce(current_setting('wsr.person', true), '');
BEGIN
  PERFORM set_config('wsr.person', '', true);
  UPDATE complaints_assignment a SET state = 'ended', ended_at = at
    WHERE a.program_id = of_program AND a.state IN ('asked', 'accepted')
      AND (one_complaint IS NULL OR a.complaint_id = one_complaint) AND (one_person IS NULL OR a.person_id = one_person)
      AND a.complaint_id IN (SELECT complaints_walled_of(of_program, a.person_id));
  PERFORM set_config('wsr.person', before, true);
END $$;
CREATE FUNCTION complaints_supplier_known() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  PERFORM complaints_end_walled(NEW.program_id, NEW.id, NULL, NEW.updated_at);
  RETURN NULL;
END $$;
CREATE FUNCTION complaints_walled_now() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('complaints parts of ' || NEW.person_id, 0));
  PERFORM complaints_end_walled(NEW.program_id, NULL, NEW.person_id, NEW.begun_at);
  RETURN NULL;
END $$;
-- Which roles handle complaints stands in the table of grants; a test compares them.
CREATE FUNCTION complaints_member_left(leaving uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  before text := coalesce(current_setting('wsr.person', true), '');
  any_ended boolean;
BEGIN
  IF EXISTS (SELECT FROM accounts_membership m WHERE m.program_id = {PROGRAM} AND m.person_id = leaving AND m.ended_at IS NULL
             AND m.role IN ('director', 'case_handler')) THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('complaints parts of ' || leaving, 0));
  PERFORM set_config('wsr.person', '', true);
  UPDATE complaints_assignment a SET state = 'ended', ended_at = at
    WHERE a.program_id = {PROGRAM} AND a.person_id = leaving AND a.state IN ('asked', 'accepted');
  any_ended := FOUND;
  PERFORM set_config('wsr.person', before, true);
  RETURN any_ended;
END $$;
-- Who handles the worker's own complaint and is still inside it; null: nobody.
CREATE FUNCTION complaints_handled_by() RETURNS uuid
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT c.handler_id FROM complaints_complaint c WHERE c.program_id = {PROGRAM} AND c.id = {CASE} AND EXISTS (
    SELECT FROM complaints_assignment a WHERE a.program_id = c.program_id AND a.complaint_id = c.id AND a.person_id = c.handler_id
      AND a.part = 'handler' AND a.state = 'accepted')
$$;
-- What was merged into a complaint of one's own, those that one is walled off from as well: what an employer sees of it concerns their workers too.
CREATE FUNCTION complaints_merged_into(into_one uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT c.id FROM complaints_complaint c WHERE c.program_id = {PROGRAM} AND c.merged_into_id = into_one
    AND into_one = ANY (wsr_own_circles()) ORDER BY c.id
$$;
-- What the person is walled off from, for the lists of other rooms: complaints, what runs by a clock in them, and the walls themselves.
CREATE FUNCTION wsr_hidden_matters() RETURNS uuid[]
LANGUAGE plpgsql STABLE {DEFINER} AS $$
DECLARE
  walled uuid[] := complaints_walled();
BEGIN
  IF walled = '{{}}' THEN
    RETURN complaints_walls_around_me();
  END IF;
  RETURN walled || complaints_walls_around_me()
    || ARRAY(SELECT r.id FROM complaints_remedy r WHERE r.program_id = {PROGRAM} AND r.complaint_id = ANY (walled))
    || ARRAY(SELECT c.id FROM complaints_checkin c WHERE c.program_id = {PROGRAM} AND c.complaint_id = ANY (walled))
    || ARRAY(SELECT r.id FROM complaints_release r WHERE r.program_id = {PROGRAM} AND r.complaint_id = ANY (walled))
    || ARRAY(SELECT a.id FROM complaints_assignment a WHERE a.program_id = {PROGRAM} AND a.complaint_id = ANY (walled))
    || ARRAY(SELECT b.id FROM complaints_callback b WHERE b.program_id = {PROGRAM} AND b.matter_id = ANY (walled));
END $$;
CREATE TRIGGER keep_part BEFORE INSERT OR UPDATE ON complaints_assignment FOR EACH ROW EXECUTE FUNCTION complaints_keep_part();
CREATE TRIGGER written_by_oneself BEFORE INSERT ON complaints_message
  FOR EACH ROW EXECUTE FUNCTION complaints_written_by_oneself();
CREATE TRIGGER keep_row BEFORE UPDATE ON complaints_complaint FOR EACH ROW EXECUTE FUNCTION complaints_keep_row();
CREATE TRIGGER keep_out BEFORE INSERT ON tenancy_circlemember FOR EACH ROW EXECUTE FUNCTION complaints_keep_out();
CREATE TRIGGER supplier_known AFTER UPDATE OF supplier_id ON complaints_complaint
  FOR EACH ROW WHEN (NEW.supplier_id IS DISTINCT FROM OLD.supplier_id) EXECUTE FUNCTION complaints_supplier_known();
CREATE TRIGGER walled_now AFTER INSERT ON audits_bar FOR EACH ROW EXECUTE FUNCTION complaints_walled_now();
CREATE TRIGGER end_parts AFTER INSERT ON complaints_wall FOR EACH ROW EXECUTE FUNCTION complaints_walled_now();
"""
    + "".join(
        f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC;\n"
        + (f"GRANT EXECUTE ON FUNCTION {name} TO {role};\n" if role else "")
        + f"ALTER FUNCTION {name} OWNER TO wsr_searcher;\n"
        for name, role in FUNCTIONS.items()
    )
    + """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_member_left(uuid, text[], timestamptz);
SET LOCAL ROLE wsr_owner;
"""
    + FOLLOW_ON.format(definer=DEFINER, program=PROGRAM, and_hers=f" AND c.id = {CASE}")
)

BACKWARD = (
    """
DROP TRIGGER end_parts ON complaints_wall;
DROP TRIGGER walled_now ON audits_bar;
DROP TRIGGER supplier_known ON complaints_complaint;
DROP TRIGGER keep_out ON tenancy_circlemember;
DROP TRIGGER written_by_oneself ON complaints_message;
DROP TRIGGER keep_row ON complaints_complaint;
DROP TRIGGER keep_part ON complaints_assignment;
SET LOCAL ROLE wsr_searcher;
"""
    + "".join(f"DROP FUNCTION {name};\n" for name in FUNCTIONS)
    + f"""
SET LOCAL ROLE wsr_owner;
CREATE FUNCTION complaints_member_left(leaving uuid, roles text[], at timestamptz) RETURNS boolean
LANGUAGE plpgsql {DEFINER} AS $$
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
    + FOLLOW_ON.format(definer=DEFINER, program=PROGRAM, and_hers="")
)


class Migration(migrations.Migration):

    dependencies = [
        ("complaints", "0015_texts_of_one_worker"),
        ("audits", "0002_walls_of_visits"),
        ("tenancy", "0002_circles"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
