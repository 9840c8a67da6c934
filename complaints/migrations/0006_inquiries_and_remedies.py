"""Investigations, findings and remedies; who reads the notes of interviews; that shares add up.

The functions belong to a role that passes by the policies. They read program and person from the scope and never from their caller.
"""

import django.db.models.deletion
import django.db.models.functions.uuid
import wsr.tenancy.models
from django.conf import settings
from django.db import migrations, models


PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"

FORWARD = f"""
-- The circle and the key of the notes of a complaint's interviews: made of its id, so that erasing the one finds the other.
CREATE FUNCTION complaints_notes_of(complaint uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT md5('notes of ' || complaint::text)::uuid
$$;
-- In it are those who investigate, nobody else: neither the second pair of eyes nor who opened the complaint in an emergency.
CREATE FUNCTION complaints_keep_notes_of(of_program uuid, of_complaint uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  circle uuid := complaints_notes_of(of_complaint);
  entitled uuid[] := ARRAY(SELECT DISTINCT a.person_id FROM complaints_assignment a
    WHERE a.program_id = of_program AND a.complaint_id = of_complaint AND a.state = 'accepted'
      AND a.part IN ('handler', 'investigator', 'decider')
      AND of_complaint NOT IN (SELECT complaints_walled_of(of_program, a.person_id)));
BEGIN
  INSERT INTO tenancy_circle (id, program_id) VALUES (circle, of_program) ON CONFLICT DO NOTHING;
  DELETE FROM tenancy_circlemember m
    WHERE m.program_id = of_program AND m.circle_id = circle AND m.person_id <> ALL (entitled);
  INSERT INTO tenancy_circlemember (program_id, circle_id, person_id)
    SELECT of_program, circle, one FROM unnest(entitled) one ON CONFLICT DO NOTHING;
END $$;
CREATE FUNCTION complaints_keep_notes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM complaints_keep_notes_of(NEW.program_id, NEW.complaint_id);
  RETURN NULL;
END $$;
CREATE FUNCTION complaints_wall_off_notes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM tenancy_circlemember m WHERE m.program_id = NEW.program_id AND m.person_id = NEW.person_id
    AND m.circle_id IN (SELECT complaints_notes_of(walled) FROM complaints_walled_of(NEW.program_id, NEW.person_id) walled);
  RETURN NULL;
END $$;
-- For the clock of a remedy, which nobody inside reads: whom to tell.
CREATE FUNCTION complaints_of_remedy(remedy uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT complaint_id FROM complaints_remedy WHERE program_id = {PROGRAM} AND id = remedy
$$;
CREATE FUNCTION complaints_shares_add_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  of_remedy uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
BEGIN
  IF EXISTS (SELECT FROM complaints_remedy r CROSS JOIN LATERAL (
               SELECT count(*) AS workers, coalesce(sum(s.amount), 0) AS total FROM complaints_remedyshare s
               WHERE s.program_id = r.program_id AND s.remedy_id = r.id) shares
             WHERE r.program_id = NEW.program_id AND r.id = of_remedy
               AND (shares.workers <> r.worker_count OR shares.total <> coalesce(r.amount, 0))) THEN
    RAISE EXCEPTION 'the shares of a remedy add up to it, one for each worker' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_notes AFTER INSERT OR UPDATE OF state ON complaints_assignment
  FOR EACH ROW EXECUTE FUNCTION complaints_keep_notes();
CREATE TRIGGER keep_notes AFTER INSERT ON complaints_investigation FOR EACH ROW EXECUTE FUNCTION complaints_keep_notes();
CREATE TRIGGER wall_off_notes AFTER INSERT ON complaints_wall FOR EACH ROW EXECUTE FUNCTION complaints_wall_off_notes();
CREATE CONSTRAINT TRIGGER shares_add_up AFTER INSERT ON complaints_remedy DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION complaints_shares_add_up('id');
CREATE CONSTRAINT TRIGGER shares_add_up AFTER INSERT ON complaints_remedyshare DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION complaints_shares_add_up('remedy_id');
REVOKE EXECUTE ON FUNCTION complaints_notes_of(uuid), complaints_keep_notes_of(uuid, uuid), complaints_keep_notes(),
  complaints_wall_off_notes(), complaints_of_remedy(uuid), complaints_shares_add_up() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_of_remedy(uuid) TO wsr_staff;
ALTER FUNCTION complaints_shares_add_up() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_of_remedy(uuid) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_wall_off_notes() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_keep_notes() OWNER TO wsr_searcher;
ALTER FUNCTION complaints_keep_notes_of(uuid, uuid) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_notes_of(uuid) OWNER TO wsr_searcher;
"""

BACKWARD = """
DROP TRIGGER wall_off_notes ON complaints_wall;
DROP TRIGGER keep_notes ON complaints_investigation;
DROP TRIGGER keep_notes ON complaints_assignment;
DROP TRIGGER shares_add_up ON complaints_remedyshare;
DROP TRIGGER shares_add_up ON complaints_remedy;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_shares_add_up();
DROP FUNCTION complaints_of_remedy(uuid);
DROP FUNCTION complaints_wall_off_notes();
DROP FUNCTION complaints_keep_notes();
DROP FUNCTION complaints_keep_notes_of(uuid, uuid);
DROP FUNCTION complaints_notes_of(uuid);
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0005_hotline'),
        ('files', '0004_resumable_uploads'),
        ('programs', '0009_ask_about_old_rungs'),
        ('tenancy', '0004_what_is_in_use'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('money', 'Money that is owed'), ('reinstatement', 'The job back'), ('apology', 'An apology'), ('repair', 'Schedule, housing or workplace put right'), ('training', 'Training'), ('discipline', 'Consequences for a supervisor'), ('other', 'Something else')], max_length=20, verbose_name='what')),
                ('owed_by', models.CharField(choices=[('employer', 'The employer'), ('contractor', 'A labor contractor'), ('brand', 'A brand'), ('other', 'Somebody else')], max_length=20, verbose_name='owed by')),
                ('due_on', models.DateField(verbose_name='due')),
                ('worker_count', models.PositiveSmallIntegerField(verbose_name='workers')),
                ('currency', models.CharField(blank=True, default='', max_length=3, verbose_name='currency')),
                ('amount', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='amount')),
                ('set_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(null=True)),
                ('dropped_at', models.DateTimeField(null=True)),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='complaints.complaint')),
                ('dropped_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('paid_by', models.ForeignKey(help_text='Who recorded it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('proof', wsr.tenancy.models.ProgramForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('ordinal',),
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RemedyShare',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('amount', models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name='')),
                ('got', models.CharField(blank=True, choices=[('yes', 'Got it'), ('no', 'Did not get it')], max_length=3)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(help_text='None: the worker herself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complainant', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='complaints.complainant')),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='complaints.complaint')),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('remedy', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='complaints.remedy')),
            ],
            options={
                'ordering': ('ordinal',),
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('upheld', 'Upheld'), ('partly', 'Partly upheld'), ('not_upheld', 'Not upheld'), ('not_established', 'Could not be established')], max_length=20, verbose_name='outcome')),
                ('workers_affected', models.PositiveIntegerField(blank=True, null=True, verbose_name='workers affected')),
                ('found_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='complaints.complaint')),
                ('found_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('provision', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.provision')),
            ],
            options={
                'ordering': ('provision__position', 'provision__pk'),
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('program', 'complaint', 'provision'), name='complaint_finding_once'), models.CheckConstraint(condition=models.Q(('outcome__in', ['upheld', 'partly', 'not_upheld', 'not_established'])), name='complaint_finding_outcome_known')],
            },
        ),
        migrations.CreateModel(
            name='Interview',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('spoken_with', models.CharField(choices=[('complainant', 'The complainant'), ('worker', 'Another worker'), ('supervisor', 'A supervisor'), ('management', 'Management'), ('other', 'Somebody else')], max_length=20, verbose_name='with whom')),
                ('place', models.CharField(choices=[('away', 'Away from work'), ('phone', 'By telephone'), ('at_work', 'At the workplace'), ('other', 'Somewhere else')], default='away', max_length=20, verbose_name='where')),
                ('held_on', models.DateField(verbose_name='when')),
                ('noted_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='complaints.complaint')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'ordering': ('held_on', 'noted_at', 'pk'),
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('spoken_with__in', ['complainant', 'worker', 'supervisor', 'management', 'other'])), name='complaint_interview_with_known'), models.CheckConstraint(condition=models.Q(('place__in', ['away', 'phone', 'at_work', 'other'])), name='complaint_interview_place_known')],
            },
        ),
        migrations.CreateModel(
            name='Investigation',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('way', models.CharField(choices=[('monitor', 'By the program alone'), ('joint', 'Together with representatives of the employer')], max_length=20, verbose_name='who investigates')),
                ('begun_at', models.DateTimeField()),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='complaints.complaint')),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('program', 'complaint'), name='investigation_once'), models.CheckConstraint(condition=models.Q(('way__in', ['monitor', 'joint'])), name='investigation_way_known')],
            },
        ),
        migrations.CreateModel(
            name='PlanStep',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('due_on', models.DateField(verbose_name='due')),
                ('planned_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('dropped_at', models.DateTimeField(null=True)),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='complaints.complaint')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'ordering': ('ordinal',),
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('program', 'complaint', 'ordinal'), name='plan_step_once'), models.CheckConstraint(condition=models.Q(('done_at', None), models.Q(('done_by__isnull', False), ('dropped_at', None)), _connector='OR'), name='plan_step_ends_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.UniqueConstraint(fields=('program', 'complaint', 'ordinal'), name='remedy_once'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['money', 'reinstatement', 'apology', 'repair', 'training', 'discipline', 'other'])), name='remedy_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('owed_by__in', ['employer', 'contractor', 'brand', 'other'])), name='remedy_owed_by_known'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('worker_count__gt', 0)), name='remedy_of_workers'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('kind', 'money'), ('currency__regex', '^[A-Z]{3}$')), models.Q(models.Q(('kind', 'money'), _negated=True), ('amount', None), ('currency', '')), _connector='OR'), name='remedy_money_has_amount'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paid_at', None), ('paid_by', None)), models.Q(('paid_at__isnull', False), ('paid_by__isnull', False)), _connector='OR'), name='remedy_paid_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dropped_at', None), ('dropped_by', None)), models.Q(('dropped_at__isnull', False), ('dropped_by__isnull', False)), _connector='OR'), name='remedy_dropped_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='remedyshare',
            constraint=models.UniqueConstraint(fields=('program', 'remedy', 'ordinal'), name='remedy_share_once'),
        ),
        migrations.AddConstraint(
            model_name='remedyshare',
            constraint=models.UniqueConstraint(condition=models.Q(('complainant__isnull', False)), fields=('program', 'remedy', 'complainant'), name='remedy_share_of_complainant_once'),
        ),
        migrations.AddConstraint(
            model_name='remedyshare',
            constraint=models.CheckConstraint(condition=models.Q(('amount', None), ('amount__gt', 0), _connector='OR'), name='remedy_share_positive'),
        ),
        migrations.AddConstraint(
            model_name='remedyshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('got', '')), models.Q(('answered_at__isnull', False), ('got__in', ['yes', 'no'])), _connector='OR'), name='remedy_share_answered'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
