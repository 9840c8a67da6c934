"""One version of a report with the supplier and one that holds; replies only while it is with the supplier."""

from django.db import migrations, models

FORWARD = """
-- The report is locked against its issue while a reply is written: either it is issued with the reply, or the reply is refused.
CREATE FUNCTION audits_reply_while_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM FROM audits_report r WHERE r.id = NEW.report_id AND r.program_id = NEW.program_id AND r.stage = 'for_reply' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a report is replied to while it is with the supplier' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER while_open AFTER INSERT ON audits_reply FOR EACH ROW EXECUTE FUNCTION audits_reply_while_open();
ALTER FUNCTION audits_reply_while_open() OWNER TO wsr_searcher;
"""
BACKWARD = """
DROP TRIGGER while_open ON audits_reply;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION audits_reply_while_open();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [("audits", "0006_hand_over_visits")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="pdf_sha256",
            field=models.CharField(
                blank=True,
                help_text="Of the issued PDF: whoever reads this row reads it, brands too that have no stored file of their own.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="is_recorded",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stage", "replaced"), _negated=True),
                fields=("program", "inspection", "stage"),
                name="report_one_of_a_stage",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
