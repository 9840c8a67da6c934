"""A worker of a merged complaint complains in the other one as well: there she is asked, and may appeal."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

import wsr.tenancy.models

PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

# Only where the two are merged, by somebody inside both, and only for somebody who came in by this: nobody's own secret leads into another's complaint.
FORWARD = f"""
CREATE FUNCTION complaints_keep_joined() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM complaints_complaint c WHERE c.program_id = NEW.program_id AND c.id = NEW.complaint_id
        AND c.merged_into_id = NEW.other_id)
    OR NOT EXISTS (SELECT FROM complaints_complainant w WHERE w.program_id = NEW.program_id AND w.id = NEW.complainant_id
        AND w.complaint_id = NEW.complaint_id)
    OR NOT EXISTS (SELECT FROM complaints_complainant w WHERE w.program_id = NEW.program_id AND w.id = NEW.other_complainant_id
        AND w.complaint_id = NEW.other_id AND w.ordinal > 1 AND w.number = '')
    OR EXISTS (SELECT FROM complaints_workerkey k WHERE k.program_id = NEW.program_id AND k.complainant_id = NEW.other_complainant_id
        AND k.hash <> '')
    OR 2 <> (SELECT count(*) FROM tenancy_circlemember m WHERE m.program_id = NEW.program_id AND m.person_id = {PERSON}
        AND m.circle_id IN (NEW.complaint_id, NEW.other_id)) THEN
    RAISE EXCEPTION 'complaints_joined: by somebody inside both, of complaints that are merged' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_joined BEFORE INSERT ON complaints_joined FOR EACH ROW EXECUTE FUNCTION complaints_keep_joined();
REVOKE EXECUTE ON FUNCTION complaints_keep_joined() FROM PUBLIC;
ALTER FUNCTION complaints_keep_joined() OWNER TO wsr_searcher;
"""
BACKWARD = """
DROP TRIGGER keep_joined ON complaints_joined;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_keep_joined();
SET LOCAL ROLE wsr_owner;
"""


def _key(to, related_name):
    return wsr.tenancy.models.ProgramForeignKey(
        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to
    )


class Migration(migrations.Migration):
    """Who goes on in which other complaint."""

    dependencies = [
        ("complaints", "0022_tell_who_must_reassign"),
        ("tenancy", "0004_what_is_in_use"),
    ]

    operations = [
        migrations.CreateModel(
            name="Joined",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("complainant", _key("complaints.complainant", "joined_to")),
                ("complaint", _key("complaints.complaint", "%(class)ss")),
                ("other", _key("complaints.complaint", "+")),
                ("other_complainant", _key("complaints.complainant", "joined_from")),
                (
                    "program",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(ended_at=None),
                        fields=("program", "complainant"),
                        name="joined_once",
                    ),
                    models.UniqueConstraint(
                        fields=("program", "other_complainant"), name="joined_as_somebody_new"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
