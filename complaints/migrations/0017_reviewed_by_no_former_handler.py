"""Who ever handled a complaint does not review its outcome, also where she made no finding and proposed nothing."""

from django.db import migrations

PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

REVIEWED = """
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_reviewed_by_another() RETURNS trigger
LANGUAGE plpgsql {definer} AS $$
BEGIN
  IF OLD.outcome <> 'pending' THEN
    RAISE EXCEPTION 'complaints_review: this was decided' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reviewer_id IS DISTINCT FROM {person}
    OR NOT complaints_has_part(NEW.program_id, NEW.complaint_id, NEW.reviewer_id, 'reviewer') THEN
    RAISE EXCEPTION 'complaints_review: only who accepted to review it does' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.reviewer_id = OLD.handed_by_id
    OR EXISTS (SELECT FROM complaints_complaint c WHERE c.program_id = NEW.program_id AND c.id = NEW.complaint_id
      AND c.handler_id = NEW.reviewer_id)
    OR complaints_found_or_proposed(NEW.program_id, NEW.complaint_id, NEW.reviewer_id)
    OR complaints_had_part(NEW.program_id, NEW.complaint_id, NEW.reviewer_id, '{parts}') THEN
    RAISE EXCEPTION 'complaints_review: nobody reviews her own work' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
SET LOCAL ROLE wsr_owner;
"""


def _with(parts: str) -> str:
    return REVIEWED.format(definer=DEFINER, person=PERSON, parts=parts)


class Migration(migrations.Migration):

    dependencies = [("complaints", "0016_parts_kept_from_outside")]

    operations = [migrations.RunSQL(_with("{handler,investigator}"), _with("{investigator}"))]
