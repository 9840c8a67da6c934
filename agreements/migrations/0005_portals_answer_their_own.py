"""What a portal writes belongs to a row that it can read, says who wrote it, and decides nothing.

Row-level security compares a row with its own columns only; these triggers look at the row that is answered, with the rights of whoever
writes, and set the columns that are not the party's to choose.
"""

from django.db import migrations

# table → (the row it answers, column, what a portal cannot choose)
ANSWERS = {
    "agreements_answer": ("agreements_obligation", "obligation_id", ""),
    "agreements_proof": ("agreements_answer", "answer_id", ""),
    "agreements_breachstep": ("agreements_breach", "breach_id", "NEW.is_from_party := true;"),
    "agreements_dispute": (
        "agreements_breach",
        "breach_id",
        "NEW.is_from_party := true; NEW.outcome := ''; NEW.decision := ''; NEW.remedy := ''; NEW.decided_at := NULL;"
        " NEW.closed_at := NULL; NEW.votes_for := 0; NEW.votes_against := 0; NEW.votes_recused := 0;",
    ),
    "agreements_arbitration": (
        "agreements_dispute",
        "dispute_id",
        "NEW.is_from_party := true; NEW.outcome := ''; NEW.award := ''; NEW.amount := NULL; NEW.currency := '';"
        " NEW.arbitrator := ''; NEW.filed_on := NULL; NEW.ended_on := NULL;",
    ),
}


def _forward(table: str, answered: str, column: str, settled: str) -> str:
    return f"""
CREATE FUNCTION {table}_from_portal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_setting('role') IN ('wsr_brand', 'wsr_supplier') THEN
    IF NOT EXISTS (SELECT 1 FROM {answered} WHERE program_id = NEW.program_id AND id = NEW.{column}
                   AND participation_id = NEW.participation_id) THEN
      RAISE EXCEPTION '{table}: this is not its own to answer' USING ERRCODE = 'insufficient_privilege';
    END IF;
    {settled}
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {table}_from_portal BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_from_portal();
"""


def _backward(table: str) -> str:
    return f"DROP TRIGGER {table}_from_portal ON {table}; DROP FUNCTION {table}_from_portal();"


class Migration(migrations.Migration):

    dependencies = [("agreements", "0004_obligations_and_disputes")]

    operations = [
        migrations.RunSQL(_forward(table, *said), _backward(table)) for table, said in ANSWERS.items()
    ]
