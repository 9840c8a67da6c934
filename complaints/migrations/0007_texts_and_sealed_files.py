"""Text messages: whose number one came from, and whether it came before. Files of complaints are sealed.

The functions belong to a role that passes by the policies. Both are asked before anybody's scope is entered: a phone is nobody's yet. What they
are asked by are keyed digests, so whoever has the database and no pepper learns nothing from them.
"""

import django.db.models.deletion
import django.utils.timezone
import wsr.tenancy.models
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION complaints_by_phone(asked uuid, digests bytea[])
RETURNS TABLE (complaint_id uuid, complainant_id uuid, state text, channel text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id, w.id, c.state::text, c.channel::text FROM complaints_complaint c
    JOIN complaints_complainant w ON w.program_id = c.program_id AND w.complaint_id = c.id AND w.has_phone
    WHERE c.program_id = asked AND c.id IN (
      SELECT i.case_id FROM vault_blindindex i WHERE i.program_id = asked AND i.kind = 'phone' AND i.digest = ANY (digests))
    ORDER BY c.received_at DESC, c.id, w.id
$$;
CREATE FUNCTION complaints_had_text(asked uuid, message uuid, begun uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM complaints_message m WHERE m.program_id = asked AND m.id = message)
    OR EXISTS (SELECT FROM complaints_complaint c WHERE c.program_id = asked AND c.id = begun)
$$;
REVOKE EXECUTE ON FUNCTION complaints_by_phone(uuid, bytea[]), complaints_had_text(uuid, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_by_phone(uuid, bytea[]), complaints_had_text(uuid, uuid, uuid) TO wsr_app;
ALTER FUNCTION complaints_had_text(uuid, uuid, uuid) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_by_phone(uuid, bytea[]) OWNER TO wsr_searcher;
"""

BACKWARD = """
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_had_text(uuid, uuid, uuid);
DROP FUNCTION complaints_by_phone(uuid, bytea[]);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0006_inquiries_and_remedies'),
        ('files', '0005_sealed_files'),
        ('vault', '0001_vault'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='attachment',
            options={'base_manager_name': 'objects', 'ordering': ('at', 'pk')},
        ),
        migrations.AddField(
            model_name='attachment',
            name='at',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='attachment',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attachment',
            name='complainant',
            field=wsr.tenancy.models.ProgramForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.complainant'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='is_for_worker',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='message',
            name='channel',
            field=models.CharField(blank=True, choices=[('web', 'Web form'), ('hotline', 'Hotline'), ('text', 'Text message'), ('paper', 'On paper'), ('visit', 'In person')], help_text='Empty: through the pages.', max_length=20),
        ),
        migrations.AlterField(
            model_name='attachment',
            name='file',
            field=wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.sealedfile'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
