"""What was found is told by months that are over, never for days that somebody chooses: one day may hold one complaint.

See `docs/decisions/0007-counting-in-public.md`, “Inside the program”.
"""

from django.db import migrations, models

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

# Months of UTC, since the program's own zone can be changed and a shifted border is a difference. 20 and 10: `complaints/suppression.py`.
TOLD = f"""
SET LOCAL ROLE wsr_searcher;
CREATE FUNCTION complaints_found_told(asked integer, about_retaliation boolean)
RETURNS TABLE (begins_on date, ends_on date, closed bigint, violations bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  walled uuid[] := complaints_walled();
  following date;
BEGIN
  begins_on := make_date(asked, 1, 1);
  following := begins_on;
  LOOP
    following := (following + interval '1 month')::date;
    EXIT WHEN following > make_date(asked + 1, 1, 1) OR following > (now() AT TIME ZONE 'UTC')::date;
    SELECT count(*), count(*) FILTER (WHERE last.is_violation) INTO closed, violations FROM (
      SELECT DISTINCT ON (r.complaint_id) (
          SELECT bool_or(f.outcome IN ('upheld', 'partly')) FROM complaints_finding f
          WHERE f.program_id = r.program_id AND f.complaint_id = r.complaint_id AND f.found_at <= r.decided_at
            AND (f.ended_at IS NULL OR f.ended_at > r.decided_at)) AS is_violation
      FROM complaints_review r JOIN complaints_complaint c ON c.program_id = r.program_id AND c.id = r.complaint_id
      WHERE r.program_id = {PROGRAM} AND r.outcome = 'approved'
        AND r.decided_at >= begins_on::timestamp AT TIME ZONE 'UTC' AND r.decided_at < following::timestamp AT TIME ZONE 'UTC'
        AND c.is_retaliation = about_retaliation AND (c.is_retaliation OR c.filed_by <> 'program') AND c.id <> ALL (walled)
      ORDER BY r.complaint_id, r.decided_at DESC) last
    WHERE last.is_violation IS NOT NULL;
    IF closed >= 20 THEN
      IF violations < 10 OR closed - violations < 10 THEN
        violations := NULL;
      END IF;
      ends_on := following - 1;
      RETURN NEXT;
      begins_on := following;
    END IF;
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION complaints_found_told(integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_found_told(integer, boolean) TO wsr_staff;
DROP FUNCTION complaints_retaliation_counted(timestamptz, timestamptz);
DROP FUNCTION complaints_findings_counted(timestamptz, timestamptz);
SET LOCAL ROLE wsr_owner;
"""
BEFORE = f"""
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_found_told(integer, boolean);
CREATE FUNCTION complaints_findings_counted(begins timestamptz, until timestamptz) RETURNS TABLE (closed bigint, violations bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*), count(*) FILTER (WHERE found.is_violation)
  FROM complaints_complaint c, LATERAL (
    SELECT bool_or(f.outcome IN ('upheld', 'partly')) AS is_violation FROM complaints_finding f
    WHERE f.program_id = c.program_id AND f.complaint_id = c.id AND f.ended_at IS NULL) found
  WHERE c.program_id = {PROGRAM} AND c.state = 'closed' AND c.filed_by <> 'program'
    AND NOT c.is_retaliation AND c.received_at >= begins AND c.received_at < until AND c.id <> ALL (complaints_walled())
    AND found.is_violation IS NOT NULL
$$;
CREATE FUNCTION complaints_retaliation_counted(begins timestamptz, until timestamptz) RETURNS TABLE (reported bigint, confirmed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM complaints_finding f WHERE f.program_id = c.program_id AND f.complaint_id = c.id AND f.ended_at IS NULL
      AND f.outcome IN ('upheld', 'partly')))
  FROM complaints_complaint c
  WHERE c.program_id = {PROGRAM} AND c.is_retaliation
    AND c.received_at >= begins AND c.received_at < until AND c.id <> ALL (complaints_walled())
$$;
REVOKE EXECUTE ON FUNCTION complaints_findings_counted(timestamptz, timestamptz),
  complaints_retaliation_counted(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_findings_counted(timestamptz, timestamptz), complaints_retaliation_counted(timestamptz, timestamptz) TO wsr_staff;
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):
    """Fixed months, from twenty closings on."""

    dependencies = [("complaints", "0019_phones_that_want_no_texts")]

    operations = [
        migrations.AddIndex(
            "review",
            models.Index(
                fields=["program", "decided_at"],
                condition=models.Q(outcome="approved"),
                name="review_closings",
            ),
        ),
        migrations.RunSQL(TOLD, BEFORE),
    ]
