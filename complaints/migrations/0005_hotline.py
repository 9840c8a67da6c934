"""Several complainants with a number each, and workers who want to be called. Whom a callback is for, reads who has taken it."""

import django.db.models.deletion
import django.db.models.functions.uuid
import uuid
import wsr.tenancy.models
from django.conf import settings
from django.db import migrations, models


PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

# Functions belong to a role that passes by the policies, and read the person from the scope, never from their caller.
FORWARD = f"""
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_behind(text);
SET LOCAL ROLE wsr_owner;
-- What stands behind a number: of the first complainant that of the complaint, of each other one her own.
CREATE FUNCTION complaints_behind(asked text)
RETURNS TABLE (program_id uuid, complaint_id uuid, key_id uuid, complainant_id uuid, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT w.program_id, w.complaint_id, k.id, w.id, k.hash FROM (
      SELECT first.program_id, first.complaint_id, first.id FROM complaints_complaint c
        JOIN complaints_complainant first
          ON first.program_id = c.program_id AND first.complaint_id = c.id AND first.ordinal = 1
        WHERE c.number = asked
      UNION ALL
      SELECT other.program_id, other.complaint_id, other.id FROM complaints_complainant other WHERE other.number = asked
    ) w
    JOIN complaints_workerkey k
      ON k.program_id = w.program_id AND k.complaint_id = w.complaint_id AND k.complainant_id = w.id AND k.ended_at IS NULL
    ORDER BY k.id
$$;
-- Who has taken a callback, and nobody else, is in its circle. Nobody takes it for another, or what she is walled off from.
CREATE FUNCTION complaints_keep_caller() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.caller_id IS NOT DISTINCT FROM OLD.caller_id THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.caller_id IS NOT NULL THEN
    DELETE FROM tenancy_circlemember m
      WHERE m.program_id = NEW.program_id AND m.circle_id = NEW.id AND m.person_id = OLD.caller_id;
  END IF;
  IF NEW.caller_id IS NOT NULL THEN
    IF NEW.caller_id IS DISTINCT FROM {PERSON} THEN
      RAISE EXCEPTION 'nobody takes a callback for another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.matter_id IN (SELECT complaints_walled_of(NEW.program_id, NEW.caller_id)) THEN
      RAISE EXCEPTION 'walled off from this complaint' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO tenancy_circle (id, program_id) VALUES (NEW.id, NEW.program_id) ON CONFLICT DO NOTHING;
    INSERT INTO tenancy_circlemember (program_id, circle_id, person_id) VALUES (NEW.program_id, NEW.id, NEW.caller_id)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_caller AFTER INSERT OR UPDATE OF caller_id ON complaints_callback
  FOR EACH ROW EXECUTE FUNCTION complaints_keep_caller();
REVOKE EXECUTE ON FUNCTION complaints_behind(text), complaints_keep_caller() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_behind(text) TO wsr_app;
ALTER FUNCTION complaints_behind(text) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_keep_caller() OWNER TO wsr_searcher;
"""

BACKWARD = """
DROP TRIGGER keep_caller ON complaints_callback;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_keep_caller();
DROP FUNCTION complaints_behind(text);
SET LOCAL ROLE wsr_owner;
CREATE FUNCTION complaints_behind(asked text) RETURNS TABLE (program_id uuid, complaint_id uuid, key_id uuid, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.program_id, c.id, k.id, k.hash FROM complaints_complaint c
    JOIN complaints_workerkey k ON k.program_id = c.program_id AND k.complaint_id = c.id AND k.ended_at IS NULL
    WHERE c.number = asked ORDER BY k.id
$$;
REVOKE EXECUTE ON FUNCTION complaints_behind(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_behind(text) TO wsr_app;
ALTER FUNCTION complaints_behind(text) OWNER TO wsr_searcher;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0004_program_texts'),
        ('tenancy', '0004_what_is_in_use'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Callback',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('matter_id', models.UUIDField(editable=False)),
                ('complainant_id', models.UUIDField(editable=False, null=True)),
                ('state', models.CharField(choices=[('waiting', 'To be called'), ('reached', 'Reached'), ('given_up', 'Not reached'), ('cancelled', 'Not to be called any more')], default='waiting', max_length=20)),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('call_from', models.TimeField(null=True, verbose_name='not before')),
                ('call_until', models.TimeField(null=True, verbose_name='not after')),
                ('next_at', models.DateTimeField(verbose_name='to be called from')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tried')),
                ('taken_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('next_at', 'pk'),
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CallTry',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('heard', models.CharField(choices=[('reached', 'I spoke with her'), ('no_answer', 'Nobody answered'), ('wrong_person', 'Somebody else answered')], max_length=20)),
            ],
            options={
                'ordering': ('at', 'pk'),
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='complainant',
            name='call_from',
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name='complainant',
            name='call_until',
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name='complainant',
            name='number',
            field=models.CharField(blank=True, editable=False, max_length=12),
        ),
        migrations.AddField(
            model_name='complainant',
            name='withdrawn_at',
            field=models.DateTimeField(help_text='She takes part no more; the complaint of the others goes on.', null=True),
        ),
        migrations.AddField(
            model_name='workerkey',
            name='made_by',
            field=models.ForeignKey(help_text='Who has seen it; None: only she has.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='complainant',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='complainant_number_once'),
        ),
        migrations.AddField(
            model_name='callback',
            name='asked_by',
            field=models.ForeignKey(help_text='None: the worker herself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='callback',
            name='caller',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='callback',
            name='program',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program'),
        ),
        migrations.AddField(
            model_name='calltry',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='calltry',
            name='callback',
            field=wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='complaints.callback'),
        ),
        migrations.AddField(
            model_name='calltry',
            name='program',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program'),
        ),
        migrations.AddIndex(
            model_name='callback',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['program', 'next_at', 'id'], name='callback_waiting'),
        ),
        migrations.AddIndex(
            model_name='callback',
            index=models.Index(fields=['program', 'matter_id'], name='callback_of_matter'),
        ),
        migrations.AddConstraint(
            model_name='callback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('call_from', None), ('call_until', None)), models.Q(('call_from__isnull', False), ('call_until__isnull', False)), _connector='OR'), name='callback_hours_in_pairs'),
        ),
        migrations.AddConstraint(
            model_name='callback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='callback_ends_with_its_state'),
        ),
        migrations.AddConstraint(
            model_name='calltry',
            constraint=models.CheckConstraint(condition=models.Q(('heard__in', ['reached', 'no_answer', 'wrong_person'])), name='call_try_heard_known'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
