"""What a member of the committee reaches from a portal, and what nobody votes on or reads who has an interest in it.

A seat counts while its term runs, for the participant she acts for. From the call on she sees the meeting and its items, without those
in which she, or whom she sits for, has an interest. A decision that asks something of a participant is read by it as well. `agreements_check_vote` looks at every vote on an item under a lock of petition and
item, so that no vote comes after the decision, whoever writes it and by whichever way.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION wsr_own_seats() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(s.id), '{}') FROM agreements_seat s
    WHERE s.program_id = nullif(current_setting('wsr.program', true), '')::uuid
      AND s.person_id = nullif(current_setting('wsr.person', true), '')::uuid
      AND s.participation_id = wsr_own_participation()
      AND s.starts_on <= current_date AND (s.ends_on IS NULL OR s.ends_on >= current_date)
$$;
CREATE FUNCTION wsr_own_fellows() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(s.id), '{}') FROM agreements_seat s
    WHERE s.program_id = nullif(current_setting('wsr.program', true), '')::uuid AND cardinality(wsr_own_seats()) > 0
$$;
CREATE FUNCTION wsr_own_sittings() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT m.id), '{}') FROM agreements_attendance a
    JOIN agreements_sitting m ON m.program_id = a.program_id AND m.id = a.sitting_id AND m.called_at IS NOT NULL
    WHERE a.program_id = nullif(current_setting('wsr.program', true), '')::uuid AND a.seat_id = ANY (wsr_own_seats())
$$;
CREATE FUNCTION wsr_own_items() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(i.id), '{}') FROM agreements_agendaitem i
    WHERE i.program_id = nullif(current_setting('wsr.program', true), '')::uuid
      AND i.sitting_id = ANY (wsr_own_sittings())
      AND i.participation_id IS DISTINCT FROM wsr_own_participation()
      AND NOT EXISTS (SELECT 1 FROM agreements_interest x WHERE x.program_id = i.program_id AND x.item_id = i.id
        AND x.seat_id = ANY (wsr_own_seats()))
$$;
CREATE FUNCTION wsr_own_resolutions() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(r.id), '{}') FROM agreements_resolution r
    WHERE r.program_id = nullif(current_setting('wsr.program', true), '')::uuid
      AND (r.item_id = ANY (wsr_own_items()) OR r.participation_id = wsr_own_participation())
$$;
CREATE FUNCTION wsr_recused_items() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT x.item_id), '{}') FROM agreements_interest x
    JOIN agreements_seat s ON s.program_id = x.program_id AND s.id = x.seat_id
    WHERE x.program_id = nullif(current_setting('wsr.program', true), '')::uuid
      AND s.person_id = nullif(current_setting('wsr.person', true), '')::uuid
$$;

CREATE FUNCTION agreements_check_vote() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  item record;
  voter record;
BEGIN
  IF current_setting('role') <> 'none'
      AND NEW.program_id IS DISTINCT FROM nullif(current_setting('wsr.program', true), '')::uuid THEN
    RETURN NEW;  -- another program's row: the policies refuse it
  END IF;
  IF NEW.dispute_id IS NOT NULL THEN
    PERFORM 1 FROM agreements_dispute WHERE program_id = NEW.program_id AND id = NEW.dispute_id
      AND state IN ('filed', 'undecided') FOR SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'this petition is not voted on any more' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.item_id IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT state, dispute_id, sitting_id INTO item FROM agreements_agendaitem
    WHERE program_id = NEW.program_id AND id = NEW.item_id FOR SHARE;
  IF item.state IS DISTINCT FROM 'open' OR item.dispute_id IS DISTINCT FROM NEW.dispute_id THEN
    RAISE EXCEPTION 'this item is not voted on any more' USING ERRCODE = 'check_violation';
  END IF;
  SELECT person_id, has_vote, participation_id INTO voter FROM agreements_seat
    WHERE program_id = NEW.program_id AND id = NEW.seat_id;
  IF voter.has_vote IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM agreements_attendance
      WHERE program_id = NEW.program_id AND sitting_id = item.sitting_id AND seat_id = NEW.seat_id) THEN
    RAISE EXCEPTION 'this member has no vote in this meeting' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.choice <> 'recused' AND EXISTS (SELECT 1 FROM agreements_interest
      WHERE program_id = NEW.program_id AND item_id = NEW.item_id AND seat_id = NEW.seat_id) THEN
    RAISE EXCEPTION 'who has an interest does not vote' USING ERRCODE = 'check_violation';
  END IF;
  IF current_setting('role') IN ('wsr_brand', 'wsr_supplier') AND (
      NOT NEW.seat_id = ANY (wsr_own_seats())
      OR NEW.person_id IS DISTINCT FROM nullif(current_setting('wsr.person', true), '')::uuid
      OR NEW.entered_by_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a member votes for herself' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_check_vote BEFORE INSERT ON agreements_vote FOR EACH ROW EXECUTE FUNCTION agreements_check_vote();

CREATE FUNCTION agreements_check_approval() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_setting('role') <> 'none'
      AND NEW.program_id IS DISTINCT FROM nullif(current_setting('wsr.program', true), '')::uuid THEN
    RETURN NEW;  -- another program's row: the policies refuse it
  END IF;
  PERFORM 1 FROM agreements_minutes WHERE program_id = NEW.program_id AND id = NEW.minutes_id
    AND state = 'circulated' AND version = NEW.version FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'these minutes are not before the members' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_check_approval BEFORE INSERT ON agreements_approval
  FOR EACH ROW EXECUTE FUNCTION agreements_check_approval();

REVOKE EXECUTE ON FUNCTION wsr_own_seats(), wsr_own_fellows(), wsr_own_sittings(), wsr_own_items(), wsr_own_resolutions(), wsr_recused_items(),
  agreements_check_vote(), agreements_check_approval() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wsr_own_seats(), wsr_own_fellows(), wsr_own_sittings(), wsr_own_items(), wsr_own_resolutions()
  TO wsr_brand, wsr_supplier, wsr_searcher;
GRANT EXECUTE ON FUNCTION wsr_recused_items() TO wsr_staff;
ALTER FUNCTION wsr_own_seats() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_own_fellows() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_own_sittings() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_own_items() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_own_resolutions() OWNER TO wsr_searcher;
ALTER FUNCTION wsr_recused_items() OWNER TO wsr_searcher;
ALTER FUNCTION agreements_check_vote() OWNER TO wsr_searcher;
ALTER FUNCTION agreements_check_approval() OWNER TO wsr_searcher;
"""

BACKWARD = """
DROP TRIGGER agreements_check_approval ON agreements_approval;
DROP TRIGGER agreements_check_vote ON agreements_vote;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION agreements_check_approval();
DROP FUNCTION agreements_check_vote();
DROP FUNCTION wsr_recused_items();
DROP FUNCTION wsr_own_resolutions();
DROP FUNCTION wsr_own_items();
DROP FUNCTION wsr_own_sittings();
DROP FUNCTION wsr_own_fellows();
DROP FUNCTION wsr_own_seats();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("agreements", "0013_committee"), ("programs", "0005_own_participation")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
