"""Whether somebody has a complaint stands in its row, kept by triggers; and an index for each filter of the list.

The functions belong to a role that passes by the policies. Whoever ends parts of several complaints locks these first, in the order of their ids,
then the person: the order in which operations lock them.
"""

from django.db import migrations, models
from django.db.models import DurationField, ExpressionWrapper, F, Q

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
OPEN = ("received", "set_aside", "accepted", "investigating", "resolving", "in_review", "appealed")
PENDING = ("received", "accepted", "investigating", "resolving", "in_review", "appealed")

PARTS_END = """
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_walled_now() RETURNS trigger
LANGUAGE plpgsql {definer} AS $$
BEGIN
  {lock_walled}PERFORM pg_advisory_xact_lock(hashtextextended('complaints parts of ' || NEW.person_id, 0));
  PERFORM complaints_end_walled(NEW.program_id, NULL, NEW.person_id, NEW.begun_at);
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION complaints_member_left(leaving uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql {definer} AS $$
DECLARE
  before text := coalesce(current_setting('wsr.person', true), '');
  any_ended boolean;
BEGIN
  IF EXISTS (SELECT FROM accounts_membership m WHERE m.program_id = {program} AND m.person_id = leaving AND m.ended_at IS NULL
             AND m.role IN ('director', 'case_handler')) THEN
    RETURN false;
  END IF;
  {lock_left}PERFORM pg_advisory_xact_lock(hashtextextended('complaints parts of ' || leaving, 0));
  PERFORM set_config('wsr.person', '', true);
  UPDATE complaints_assignment a SET state = 'ended', ended_at = at
    WHERE a.program_id = {program} AND a.person_id = leaving AND a.state IN ('asked', 'accepted');
  any_ended := FOUND;
  PERFORM set_config('wsr.person', before, true);
  RETURN any_ended;
END $$;
SET LOCAL ROLE wsr_owner;
"""
LOCK_WALLED = """PERFORM FROM complaints_complaint c WHERE c.program_id = NEW.program_id AND c.id IN (
    SELECT a.complaint_id FROM complaints_assignment a
      WHERE a.program_id = NEW.program_id AND a.person_id = NEW.person_id AND a.state IN ('asked', 'accepted'))
    AND c.id IN (SELECT complaints_walled_of(NEW.program_id, NEW.person_id))
    ORDER BY c.id FOR NO KEY UPDATE;
  """
LOCK_LEFT = f"""PERFORM FROM complaints_complaint c WHERE c.program_id = {PROGRAM} AND c.id IN (
    SELECT a.complaint_id FROM complaints_assignment a
      WHERE a.program_id = {PROGRAM} AND a.person_id = leaving AND a.state IN ('asked', 'accepted'))
    ORDER BY c.id FOR NO KEY UPDATE;
  """

FORWARD = (
    PARTS_END.format(definer=DEFINER, program=PROGRAM, lock_walled=LOCK_WALLED, lock_left=LOCK_LEFT)
    + f"""
-- Whoever writes the column, and whatever she writes: it says what the parts say.
CREATE FUNCTION complaints_know_holder() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  NEW.is_handled := EXISTS (SELECT FROM complaints_assignment a WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.id
    AND a.state = 'accepted' AND a.part <> 'emergency');
  RETURN NEW;
END $$;
CREATE FUNCTION complaints_note_holder() RETURNS trigger
LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  before text := coalesce(current_setting('wsr.person', true), '');
BEGIN
  PERFORM set_config('wsr.person', '', true);
  UPDATE complaints_complaint c SET is_handled = NEW.state = 'accepted' WHERE c.program_id = NEW.program_id AND c.id = NEW.complaint_id;
  PERFORM set_config('wsr.person', before, true);
  RETURN NULL;
END $$;
UPDATE complaints_complaint c SET is_handled = true WHERE EXISTS (SELECT FROM complaints_assignment a
  WHERE a.program_id = c.program_id AND a.complaint_id = c.id AND a.state = 'accepted' AND a.part <> 'emergency');
CREATE TRIGGER know_holder BEFORE INSERT OR UPDATE OF is_handled ON complaints_complaint
  FOR EACH ROW EXECUTE FUNCTION complaints_know_holder();
CREATE TRIGGER note_holder AFTER INSERT ON complaints_assignment
  FOR EACH ROW WHEN (NEW.state = 'accepted' AND NEW.part <> 'emergency') EXECUTE FUNCTION complaints_note_holder();
CREATE TRIGGER note_holder_changed AFTER UPDATE OF state ON complaints_assignment
  FOR EACH ROW WHEN ((NEW.state = 'accepted') <> (OLD.state = 'accepted') AND NEW.part <> 'emergency')
  EXECUTE FUNCTION complaints_note_holder();
REVOKE EXECUTE ON FUNCTION complaints_know_holder(), complaints_note_holder() FROM PUBLIC;
ALTER FUNCTION complaints_know_holder() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_note_holder() OWNER TO wsr_searcher;
"""
)

BACKWARD = """
DROP TRIGGER note_holder_changed ON complaints_assignment;
DROP TRIGGER note_holder ON complaints_assignment;
DROP TRIGGER know_holder ON complaints_complaint;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_note_holder();
DROP FUNCTION complaints_know_holder();
SET LOCAL ROLE wsr_owner;
""" + PARTS_END.format(definer=DEFINER, program=PROGRAM, lock_walled="", lock_left="")

ROWS = ["program", "received_at", "id"]
INDEXES = [
    ("assignment", models.Index(fields=["program", "person", "state", "part"], name="assignment_of_person")),
    ("complaint", models.Index(fields=["program", "state", "id"], name="complaint_sorted_by_state")),
    (
        "complaint",
        models.Index(fields=["program", "channel", "received_at", "id"], name="complaint_by_channel"),
    ),
    (
        "complaint",
        models.Index(fields=["program", "is_handled", "received_at", "id"], name="complaint_by_holding"),
    ),
    (
        "complaint",
        models.Index(
            fields=["program", "handler", "received_at", "id"],
            condition=Q(state__in=OPEN),
            name="complaint_open_of_handler",
        ),
    ),
    ("complaint", models.Index(fields=ROWS, condition=Q(state__in=PENDING), name="complaint_pending")),
    (
        "complaint",
        models.Index(
            fields=["program", "-is_urgent", "received_at", "id"],
            condition=Q(is_handled=False, state__in=PENDING),
            name="complaint_to_take",
        ),
    ),
    ("complaint", models.Index(fields=ROWS, condition=Q(is_urgent=True), name="complaint_urgent")),
    ("complaint", models.Index(fields=ROWS, condition=Q(is_retaliation=True), name="complaint_retaliation")),
    (
        "complaint",
        models.Index(
            "program",
            ExpressionWrapper(F("closed_at") - F("received_at"), DurationField()),
            condition=Q(state="closed"),
            name="complaint_by_speed",
        ),
    ),
    (
        "message",
        models.Index(
            fields=["program", "complaint"],
            condition=Q(direction="from_worker", read_at=None),
            name="message_unread",
        ),
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ("complaints", "0024_one_at_a_time_with_walls"),
        ("tenancy", "0005_circles_of_a_person"),
    ]

    operations = [
        migrations.AddField(
            "complaint",
            "is_handled",
            models.BooleanField(
                default=False,
                editable=False,
                help_text="Somebody has a part in it that stays: kept by triggers, whoever writes.",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        *(migrations.AddIndex(model, index) for model, index in INDEXES),
    ]
