"""Tables that are counted once for the public, and summaries of single complaints that a second person clears."""

import django.db.models.deletion
import django.db.models.functions.uuid
import wsr.tenancy.models
from django.conf import settings
from django.db import migrations, models


PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"

# A summary is cleared by somebody inside, in person, who did not write it; of a closed complaint that is in no table; and then stays as it is.
FORWARD = f"""
CREATE FUNCTION complaints_keep_summary() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.written_by_id IS DISTINCT FROM {PERSON} OR NEW.cleared_at IS NOT NULL THEN
      RAISE EXCEPTION 'whoever writes a summary says so, and another one clears it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.taken_back_at IS NOT NULL OR (OLD.cleared_at IS NOT NULL AND
      (NEW.cleared_at, NEW.cleared_by_id, NEW.description, NEW.outcome)
        IS DISTINCT FROM (OLD.cleared_at, OLD.cleared_by_id, OLD.description, OLD.outcome)) THEN
    RAISE EXCEPTION 'a summary that was cleared or taken back stays as it is' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF OLD.cleared_at IS NULL AND NEW.cleared_at IS NOT NULL THEN
    IF NEW.cleared_by_id IS DISTINCT FROM {PERSON} OR NEW.cleared_by_id = NEW.written_by_id OR NOT EXISTS (
        SELECT FROM complaints_assignment a WHERE a.program_id = NEW.program_id AND a.complaint_id = NEW.complaint_id
          AND a.person_id = NEW.cleared_by_id AND a.state = 'accepted' AND a.part <> 'emergency') THEN
      RAISE EXCEPTION 'a second person with a part in it clears a summary' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM complaints_complaint c WHERE c.program_id = NEW.program_id AND c.id = NEW.complaint_id
          AND c.state IN ('closed', 'referred', 'not_covered'))
        OR EXISTS (SELECT FROM complaints_counted k WHERE k.program_id = NEW.program_id AND k.complaint_id = NEW.complaint_id) THEN
      RAISE EXCEPTION 'only a closed complaint that was not counted is told' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_summary BEFORE INSERT OR UPDATE ON complaints_casesummary
  FOR EACH ROW EXECUTE FUNCTION complaints_keep_summary();
-- How many investigations are closed and how many of them found a violation: numbers alone, since findings are for the circle of each complaint.
CREATE FUNCTION complaints_findings_counted(begins timestamptz, until timestamptz) RETURNS TABLE (closed bigint, violations bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*), count(*) FILTER (WHERE found.is_violation)
  FROM complaints_complaint c, LATERAL (
    SELECT bool_or(f.outcome IN ('upheld', 'partly')) AS is_violation FROM complaints_finding f
    WHERE f.program_id = c.program_id AND f.complaint_id = c.id AND f.ended_at IS NULL) found
  WHERE c.program_id = nullif(current_setting('wsr.program', true), '')::uuid AND c.state = 'closed' AND c.filed_by <> 'program'
    AND NOT c.is_retaliation AND c.received_at >= begins AND c.received_at < until AND c.id <> ALL (complaints_walled())
    AND found.is_violation IS NOT NULL
$$;
CREATE FUNCTION complaints_retaliation_counted(begins timestamptz, until timestamptz) RETURNS TABLE (reported bigint, confirmed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM complaints_finding f WHERE f.program_id = c.program_id AND f.complaint_id = c.id AND f.ended_at IS NULL
      AND f.outcome IN ('upheld', 'partly')))
  FROM complaints_complaint c
  WHERE c.program_id = nullif(current_setting('wsr.program', true), '')::uuid AND c.is_retaliation
    AND c.received_at >= begins AND c.received_at < until AND c.id <> ALL (complaints_walled())
$$;
REVOKE EXECUTE ON FUNCTION complaints_keep_summary(), complaints_findings_counted(timestamptz, timestamptz),
  complaints_retaliation_counted(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complaints_findings_counted(timestamptz, timestamptz), complaints_retaliation_counted(timestamptz, timestamptz) TO wsr_staff;
ALTER FUNCTION complaints_findings_counted(timestamptz, timestamptz) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_retaliation_counted(timestamptz, timestamptz) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_keep_summary() OWNER TO wsr_searcher;
"""
BACKWARD = """
DROP TRIGGER keep_summary ON complaints_casesummary;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_retaliation_counted(timestamptz, timestamptz);
DROP FUNCTION complaints_findings_counted(timestamptz, timestamptz);
DROP FUNCTION complaints_keep_summary();
SET LOCAL ROLE wsr_owner;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0011_ended_by_another'),
        ('programs', '0009_ask_about_old_rungs'),
        ('tenancy', '0004_what_is_in_use'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicTable',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('topic', models.CharField(choices=[('received', 'Received'), ('issue', 'What they are about'), ('severity', 'How grave they are'), ('channel', 'How they came'), ('speed', 'How soon they were resolved'), ('supplier', 'At which supplier'), ('outcome', 'How they ended'), ('retaliation', 'Retaliation')], max_length=20)),
                ('begins_on', models.DateField(help_text="First day of a month, in the program's time zone.", verbose_name='from')),
                ('ends_on', models.DateField(help_text='Last day of a month.', verbose_name='until')),
                ('total', models.PositiveIntegerField(verbose_name='complaints')),
                ('cells', models.JSONField(default=list)),
                ('together', models.JSONField(default=list)),
                ('together_count', models.PositiveIntegerField(null=True)),
                ('workers', models.PositiveIntegerField(help_text='On the day of counting, of topic received.', null=True)),
                ('due_on', models.DateField(help_text='The fixed day from which it was to be counted.')),
                ('counted_at', models.DateTimeField()),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'ordering': ('ends_on', 'topic'),
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Counted',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.complaint')),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('table', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.publictable')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SupplierCount',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField(verbose_name='complaints')),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('supplier', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.participation')),
                ('table', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='suppliers', to='complaints.publictable')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CaseSummary',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('log_number', models.CharField(max_length=12, verbose_name='number in the public log')),
                ('names_workplace', models.BooleanField(default=False, verbose_name='names the workplace')),
                ('description', models.TextField(blank=True, verbose_name='what it was about')),
                ('outcome', models.TextField(blank=True, verbose_name='how it ended')),
                ('written_at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(null=True)),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('cleared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complaint', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='complaints.complaint')),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('program', 'log_number'), name='summary_number_once'), models.UniqueConstraint(condition=models.Q(('taken_back_at', None)), fields=('program', 'complaint'), name='summary_once'), models.CheckConstraint(condition=models.Q(('cleared_by', None), models.Q(('cleared_by', models.F('written_by')), _negated=True), _connector='OR'), name='summary_cleared_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('cleared_at', None), ('cleared_by', None), ('description', ''), ('outcome', '')), models.Q(('cleared_at__isnull', False), ('cleared_by__isnull', False), models.Q(('description', ''), _negated=True), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='summary_words_when_cleared')],
            },
        ),
        migrations.AddConstraint(
            model_name='publictable',
            constraint=models.UniqueConstraint(fields=('program', 'topic', 'begins_on'), name='public_table_once'),
        ),
        migrations.AddConstraint(
            model_name='publictable',
            constraint=models.CheckConstraint(condition=models.Q(('topic__in', ['received', 'issue', 'severity', 'channel', 'speed', 'supplier', 'outcome', 'retaliation'])), name='public_table_topic_known'),
        ),
        migrations.AddConstraint(
            model_name='publictable',
            constraint=models.CheckConstraint(condition=models.Q(('total__gte', 10)), name='public_table_enough'),
        ),
        migrations.AddConstraint(
            model_name='publictable',
            constraint=models.CheckConstraint(condition=models.Q(('together_count', None), ('together_count__gte', 10), _connector='OR'), name='public_table_rest_enough'),
        ),
        migrations.AddConstraint(
            model_name='publictable',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('ends_on'))), name='public_table_after_end'),
        ),
        migrations.AddConstraint(
            model_name='counted',
            constraint=models.UniqueConstraint(fields=('program', 'complaint'), name='counted_once'),
        ),
        migrations.AddConstraint(
            model_name='suppliercount',
            constraint=models.UniqueConstraint(fields=('program', 'table', 'supplier'), name='supplier_count_once'),
        ),
        migrations.AddConstraint(
            model_name='suppliercount',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 10)), name='supplier_count_enough'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
