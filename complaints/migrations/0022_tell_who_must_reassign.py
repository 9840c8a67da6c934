"""Whoever's part as handler a wall or a declared tie ends: those who may triage are told, by whatever act and in whatever moment it ended."""

from django.db import migrations

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

END = """
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_end_walled(of_program uuid, one_complaint uuid, one_person uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql {definer} AS $$
DECLARE
  before text := coalesce(current_setting('wsr.person', true), '');
BEGIN
  PERFORM set_config('wsr.person', '', true);
  {begin}UPDATE complaints_assignment a SET state = 'ended', ended_at = at
    WHERE a.program_id = of_program AND a.state IN ('asked', 'accepted')
      AND (one_complaint IS NULL OR a.complaint_id = one_complaint) AND (one_person IS NULL OR a.person_id = one_person)
      AND a.complaint_id IN (SELECT complaints_walled_of(of_program, a.person_id)){end};
  PERFORM set_config('wsr.person', before, true);
END $$;
SET LOCAL ROLE wsr_owner;
"""

# An answered part of a handler is one that she had. A complaint that has ended needs nobody until it is appealed, which is told by itself.
TELL = """ RETURNING a.id, a.complaint_id, a.part, a.answered_at)
  INSERT INTO notices_outbox (program_id, key, kind, channel, "to", members_only, secret_of, about, email, phone, language, context,
                              created_at, next_try_at, tries, error)
    SELECT of_program, 'complaint_unhandled:' || ended.id, 'complaint_unhandled', 'people',
           '{"roles": [], "permission": "complaint.triage", "organization": ""}'::jsonb, false, '00000000-0000-0000-0000-000000000000',
           ended.complaint_id, '', '', '', jsonb_build_object('complaint', ended.complaint_id), at, at, 0, ''
    FROM ended JOIN complaints_complaint c ON c.program_id = of_program AND c.id = ended.complaint_id
    WHERE ended.part = 'handler' AND ended.answered_at IS NOT NULL
      AND c.state NOT IN ('referred', 'not_covered', 'closed', 'abuse', 'withdrawn', 'merged')
    ON CONFLICT DO NOTHING"""


def _with(begin: str, end: str) -> str:
    return END.format(definer=DEFINER, begin=begin, end=end)


class Migration(migrations.Migration):

    dependencies = [
        ("complaints", "0021_one_clock_for_what_is_set_aside"),
        ("notices", "0007_what_it_is_about"),
    ]

    operations = [migrations.RunSQL(_with("WITH ended AS (", TELL), _with("", ""))]
