"""What was proposed stays as it was, and a signature is over exactly that, whoever writes and by whichever way.

`agreements_keep_*` refuse changes of the text and the parties of a version that is no draft. `agreements_check_signer` looks at every
signature and every refusal under a lock of the version: it must be proposed, its hash the one that is signed, the party one that
signs, and the writer somebody who may speak for that party. A portal speaks for its own part, the program's staff for
the program's side and for witnesses, and for nobody else. Of one party there is a signature or a refusal, never both.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION agreements_keep_clauses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM agreements_agreementversion
      WHERE program_id = OLD.program_id AND id = OLD.version_id AND state <> 'draft') THEN
    RAISE EXCEPTION 'the clauses of a version that is no draft do not change' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM agreements_agreementversion
      WHERE program_id = NEW.program_id AND id = NEW.version_id AND state <> 'draft') THEN
    RAISE EXCEPTION 'the clauses of a version that is no draft do not change' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION agreements_keep_parties() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM agreements_agreementversion
      WHERE program_id = OLD.program_id AND agreement_id = OLD.agreement_id AND state NOT IN ('draft', 'withdrawn')) THEN
    RAISE EXCEPTION 'the parties of an agreement that was proposed do not change' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM agreements_agreementversion
      WHERE program_id = NEW.program_id AND agreement_id = NEW.agreement_id AND state NOT IN ('draft', 'withdrawn')) THEN
    RAISE EXCEPTION 'the parties of an agreement that was proposed do not change' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION agreements_keep_versions() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.state <> 'draft' AND (OLD.agreement_id, OLD.number, OLD.preamble, OLD.governing_law, OLD.change_note, OLD.starts_on,
        OLD.text_file_id, OLD.text_sha256, OLD.proposed_at)
      IS DISTINCT FROM (NEW.agreement_id, NEW.number, NEW.preamble, NEW.governing_law, NEW.change_note, NEW.starts_on,
        NEW.text_file_id, NEW.text_sha256, NEW.proposed_at) THEN
    RAISE EXCEPTION 'the text of a version that is no draft does not change' USING ERRCODE = 'check_violation';
  END IF;
  -- The last day may follow from the first, which is known when the version takes effect.
  IF OLD.state <> 'draft' AND OLD.ends_on IS DISTINCT FROM NEW.ends_on
      AND NOT (OLD.ends_on IS NULL AND OLD.state = 'signed' AND NEW.state = 'in_force') THEN
    RAISE EXCEPTION 'the last day of a version that is no draft does not change' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.complete_sha256 <> '' AND (OLD.complete_file_id, OLD.complete_sha256)
      IS DISTINCT FROM (NEW.complete_file_id, NEW.complete_sha256) THEN
    RAISE EXCEPTION 'the complete document of a version does not change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION agreements_keep_agreements() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.state <> 'draft' AND (OLD.number, OLD.title, OLD.parent_id, OLD.country, OLD.is_text_public)
      IS DISTINCT FROM (NEW.number, NEW.title, NEW.parent_id, NEW.country, NEW.is_text_public) THEN
    RAISE EXCEPTION 'an agreement that was proposed keeps its title and its place' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION agreements_check_signer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  version record;
  signing record;
BEGIN
  IF current_setting('role') <> 'none'
      AND NEW.program_id IS DISTINCT FROM nullif(current_setting('wsr.program', true), '')::uuid THEN
    RETURN NEW;  -- another program's row: the policies refuse it
  END IF;
  SELECT agreement_id, state, text_sha256 INTO version FROM agreements_agreementversion
    WHERE program_id = NEW.program_id AND id = NEW.version_id FOR UPDATE;
  IF version.state IS DISTINCT FROM 'proposed' THEN
    RAISE EXCEPTION 'only a proposed version can be signed or refused' USING ERRCODE = 'check_violation';
  END IF;
  SELECT participation_id, side, signs INTO signing FROM agreements_party
    WHERE program_id = NEW.program_id AND id = NEW.party_id AND agreement_id = version.agreement_id;
  IF signing.signs IS NOT TRUE OR signing.participation_id <> NEW.participation_id THEN
    RAISE EXCEPTION 'this party does not sign this version' USING ERRCODE = 'check_violation';
  END IF;
  IF current_setting('role') IN ('wsr_brand', 'wsr_supplier') THEN
    IF NEW.participation_id IS DISTINCT FROM wsr_own_participation()
        OR NEW.person_id IS DISTINCT FROM nullif(current_setting('wsr.person', true), '')::uuid THEN
      RAISE EXCEPTION 'a portal signs for itself' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSIF signing.side NOT IN ('program', 'witness') THEN
    RAISE EXCEPTION 'the program does not sign for others' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT 1 FROM agreements_signature WHERE program_id = NEW.program_id AND version_id = NEW.version_id
        AND party_id = NEW.party_id AND TG_TABLE_NAME <> 'agreements_signature')
      OR EXISTS (SELECT 1 FROM agreements_decline WHERE program_id = NEW.program_id AND version_id = NEW.version_id
        AND (party_id = NEW.party_id OR TG_TABLE_NAME = 'agreements_signature') AND TG_TABLE_NAME <> 'agreements_decline') THEN
    RAISE EXCEPTION 'a version is signed or refused, not both' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_TABLE_NAME = 'agreements_signature' THEN
    IF NEW.sha256 <> version.text_sha256 THEN
      RAISE EXCEPTION 'the hash is not the one of the text that was proposed' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER agreements_keep_clauses BEFORE INSERT OR UPDATE OR DELETE ON agreements_clause
  FOR EACH ROW EXECUTE FUNCTION agreements_keep_clauses();
CREATE TRIGGER agreements_keep_parties BEFORE INSERT OR UPDATE OR DELETE ON agreements_party
  FOR EACH ROW EXECUTE FUNCTION agreements_keep_parties();
CREATE TRIGGER agreements_keep_versions BEFORE UPDATE ON agreements_agreementversion
  FOR EACH ROW EXECUTE FUNCTION agreements_keep_versions();
CREATE TRIGGER agreements_keep_agreements BEFORE UPDATE ON agreements_agreement
  FOR EACH ROW EXECUTE FUNCTION agreements_keep_agreements();
CREATE TRIGGER agreements_check_signer BEFORE INSERT ON agreements_signature
  FOR EACH ROW EXECUTE FUNCTION agreements_check_signer();
CREATE TRIGGER agreements_check_decliner BEFORE INSERT ON agreements_decline
  FOR EACH ROW EXECUTE FUNCTION agreements_check_signer();

REVOKE EXECUTE ON FUNCTION agreements_keep_clauses(), agreements_keep_parties(), agreements_check_signer() FROM PUBLIC;
ALTER FUNCTION agreements_keep_clauses() OWNER TO wsr_searcher;
ALTER FUNCTION agreements_keep_parties() OWNER TO wsr_searcher;
ALTER FUNCTION agreements_check_signer() OWNER TO wsr_searcher;
"""

BACKWARD = """
DROP TRIGGER agreements_check_decliner ON agreements_decline;
DROP TRIGGER agreements_check_signer ON agreements_signature;
DROP TRIGGER agreements_keep_agreements ON agreements_agreement;
DROP TRIGGER agreements_keep_versions ON agreements_agreementversion;
DROP TRIGGER agreements_keep_parties ON agreements_party;
DROP TRIGGER agreements_keep_clauses ON agreements_clause;
DROP FUNCTION agreements_keep_agreements();
DROP FUNCTION agreements_keep_versions();
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION agreements_check_signer();
DROP FUNCTION agreements_keep_parties();
DROP FUNCTION agreements_keep_clauses();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("agreements", "0009_documents_and_refusals")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
