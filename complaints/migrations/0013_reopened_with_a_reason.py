"""A closed complaint is worked on again only where somebody said why, after it was closed the last time."""

from django.db import migrations

PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FORWARD = f"""
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_follow_rows() RETURNS trigger
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
    OR (move = 'appealed>investigating' AND appealed IS DISTINCT FROM 'again')
    OR (move = 'closed>accepted' AND NOT EXISTS (SELECT FROM complaints_reopening o
      WHERE o.program_id = NEW.program_id AND o.complaint_id = NEW.id AND o.id > (SELECT r.id FROM complaints_review r
        WHERE r.program_id = NEW.program_id AND r.complaint_id = NEW.id AND r.outcome = 'approved' ORDER BY r.id DESC LIMIT 1))) THEN
    RAISE EXCEPTION 'complaints_complaint: nobody has decided that it is %', NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'merged' AND OLD.state <> 'merged' AND 2 <> (SELECT count(*) FROM tenancy_circlemember m
      WHERE m.program_id = NEW.program_id AND m.person_id = {PERSON} AND m.circle_id IN (NEW.id, NEW.merged_into_id)) THEN
    RAISE EXCEPTION 'complaints_complaint: merged by somebody with a part in both' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
SET LOCAL ROLE wsr_owner;
"""

BACKWARD = f"""
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_follow_rows() RETURNS trigger
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
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("complaints", "0012_counting_and_summaries")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
