"""A party withdraws its own petition, never the program's; only so can it take a breach away from the committee."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION agreements_dispute_withdrawn() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_setting('role') IN ('wsr_brand', 'wsr_supplier') THEN
    IF NOT OLD.is_from_party THEN
      RAISE EXCEPTION 'agreements_dispute: only the side that filed a petition can withdraw it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.closed_at := now();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_dispute_withdrawn BEFORE UPDATE ON agreements_dispute FOR EACH ROW
  WHEN (NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn') EXECUTE FUNCTION agreements_dispute_withdrawn();
CREATE FUNCTION agreements_breach_taken_back() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_setting('role') IN ('wsr_brand', 'wsr_supplier') AND EXISTS (
    SELECT 1 FROM agreements_dispute WHERE program_id = NEW.program_id AND breach_id = NEW.id AND state <> 'withdrawn'
  ) THEN
    RAISE EXCEPTION 'agreements_breach: a petition is before the committee' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_breach_taken_back BEFORE UPDATE ON agreements_breach FOR EACH ROW
  WHEN (OLD.state = 'disputed' AND NEW.state = 'not_cured') EXECUTE FUNCTION agreements_breach_taken_back();
"""
BACKWARD = """
DROP TRIGGER agreements_breach_taken_back ON agreements_breach;
DROP FUNCTION agreements_breach_taken_back();
DROP TRIGGER agreements_dispute_withdrawn ON agreements_dispute;
DROP FUNCTION agreements_dispute_withdrawn();
"""


class Migration(migrations.Migration):

    dependencies = [("agreements", "0010_keep_what_was_proposed")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
