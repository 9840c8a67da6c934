"""Recording an act is one call of a function, whose plans PostgreSQL keeps for the session. Planned anew for each act, the two inserts and
their policies take longer than they take to carry out; and a statement prepared by name is lost behind a pooler in transaction mode."""

from django.db import migrations

# With the rights of whoever calls it: grants, policies and triggers hold as they do for the inserts themselves.
FORWARD = """
CREATE FUNCTION history_record(of_program uuid, happened_at timestamptz, what text, who uuid, on_type text, on_id uuid,
  committed bytea, salted bytea, said text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE fresh uuid := uuidv7();
BEGIN
  INSERT INTO public.history_event (id, program_id, at, event, actor_id, subject_type, subject_id, commitment)
  VALUES (fresh, of_program, happened_at, what, who, on_type, on_id, committed);
  INSERT INTO public.history_payload (id, program_id, salt, body) VALUES (fresh, of_program, salted, said);
  RETURN fresh;
END $$;
"""
BACKWARD = "DROP FUNCTION history_record(uuid, timestamptz, text, uuid, text, uuid, bytea, bytea, text)"


class Migration(migrations.Migration):

    dependencies = [("history", "0003_secret_rows")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
