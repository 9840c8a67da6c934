"""Sites that end, housing that belongs to them, and the dated tree of who works for whom there.

A trigger keeps the tree a tree, whoever writes: it locks the site, and refuses a second place at the same time and a circle at any time.
Whoever is above somebody in it is a partner: it sees those below by name, with their standing.
"""

import django.db.models.deletion
import django.db.models.functions.uuid
import wsr.tenancy.models
from django.db import migrations, models

TREE = """
CREATE FUNCTION programs_engagement_is_tree() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM programs_workplace w
    WHERE w.program_id = NEW.program_id AND w.id = NEW.site_id AND w.type = 'site' FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'people are hired on sites' USING ERRCODE = 'check_violation', CONSTRAINT = 'engagement_on_site';
  END IF;
  IF EXISTS (
    SELECT FROM programs_engagement e
      WHERE e.program_id = NEW.program_id AND e.site_id = NEW.site_id AND e.contractor_id = NEW.contractor_id AND e.id <> NEW.id
        AND daterange(e.started_on, e.ended_on) && daterange(NEW.started_on, NEW.ended_on)
  ) THEN
    RAISE EXCEPTION 'has a place on the site already' USING ERRCODE = 'check_violation', CONSTRAINT = 'engagement_once_at_a_time';
  END IF;
  IF EXISTS (
    WITH RECURSIVE above (node, period) AS (
      SELECT NEW.hired_by_id, daterange(NEW.started_on, NEW.ended_on)
      UNION
      SELECT e.hired_by_id, a.period * daterange(e.started_on, e.ended_on)
        FROM above a JOIN programs_engagement e
          ON e.program_id = NEW.program_id AND e.site_id = NEW.site_id AND e.contractor_id = a.node
         AND daterange(e.started_on, e.ended_on) && a.period
        WHERE a.node <> NEW.contractor_id
    )
    SELECT FROM above WHERE node = NEW.contractor_id AND NOT isempty(period)
  ) THEN
    RAISE EXCEPTION 'would work for itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'engagement_without_circle';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER engagement_is_tree AFTER INSERT OR UPDATE ON programs_engagement
  FOR EACH ROW EXECUTE FUNCTION programs_engagement_is_tree();
"""
NO_TREE = """
DROP TRIGGER engagement_is_tree ON programs_engagement;
DROP FUNCTION programs_engagement_is_tree();
"""

_HEAD = """
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION wsr_own_partners() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH RECURSIVE own AS (
    SELECT id, program_id FROM programs_participation
      WHERE program_id = nullif(current_setting('wsr.program', true), '')::uuid
        AND organization_id = nullif(current_setting('wsr.organization', true), '')::uuid
  )"""
_TAIL = """
  SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT id FROM own
    UNION SELECT s.supplier_id FROM programs_sourcing s JOIN own ON s.program_id = own.program_id AND s.brand_id = own.id
    UNION SELECT s.brand_id FROM programs_sourcing s JOIN own ON s.program_id = own.program_id AND s.supplier_id = own.id
    %s
  ) AS partners
$$;
SET LOCAL ROLE wsr_owner;
"""
BELOW = (
    "SET LOCAL check_function_bodies = off;"
    + _HEAD
    + """, below AS (
    SELECT e.site_id, e.contractor_id AS id, e.program_id
      FROM programs_engagement e JOIN own ON e.program_id = own.program_id AND e.hired_by_id = own.id
    UNION SELECT e.site_id, e.contractor_id, e.program_id
      FROM programs_engagement e JOIN below b ON e.program_id = b.program_id AND e.site_id = b.site_id AND e.hired_by_id = b.id
  )"""
    + _TAIL % "UNION SELECT id FROM below"
)
NOT_BELOW = _HEAD + _TAIL % ""


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0013_ask_which_brands_must_stop'),
        ('tenancy', '0005_circles_of_a_person'),
    ]

    operations = [
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('developer', 'Developer'), ('general_contractor', 'General contractor'), ('subcontractor', 'Subcontractor'), ('labor_broker', 'Labor broker')], max_length=20, verbose_name='as')),
                ('started_on', models.DateField(verbose_name='since')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('end_reason', models.TextField(blank=True, verbose_name='reason')),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['started_on', 'id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SiteExtension',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('before_on', models.DateField()),
                ('ends_on', models.DateField(verbose_name='planned last day')),
                ('reason', models.TextField(verbose_name='reason')),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['recorded_at', 'id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='workplace',
            name='ends_on',
            field=models.DateField(blank=True, null=True, verbose_name='planned last day'),
        ),
        migrations.AddField(
            model_name='workplace',
            name='site',
            field=wsr.tenancy.models.ProgramForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='housing', to='programs.workplace'),
        ),
        migrations.AddField(
            model_name='workplace',
            name='type',
            field=models.CharField(choices=[('lasting', 'Lasting workplace'), ('site', 'Site with an end'), ('housing', 'Housing provided at a site')], db_default='lasting', default='lasting', max_length=10, verbose_name='what it is'),
        ),
        migrations.AddIndex(
            model_name='workplace',
            index=models.Index(condition=models.Q(('site__isnull', False)), fields=['program', 'site'], name='workplace_housing_of_site'),
        ),
        migrations.AddConstraint(
            model_name='workplace',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['lasting', 'site', 'housing'])), name='workplace_type_known'),
        ),
        migrations.AddConstraint(
            model_name='workplace',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_on__gte', models.F('opened_on')), ('opened_on__isnull', False), ('type', 'site')), models.Q(models.Q(('type', 'site'), _negated=True), ('ends_on', None)), _connector='OR'), name='workplace_site_has_dates'),
        ),
        migrations.AddConstraint(
            model_name='workplace',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('site__isnull', False), ('type', 'housing')), models.Q(models.Q(('type', 'housing'), _negated=True), ('site', None)), _connector='OR'), name='workplace_housing_has_site'),
        ),
        migrations.AddField(
            model_name='engagement',
            name='contractor',
            field=wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='programs.participation'),
        ),
        migrations.AddField(
            model_name='engagement',
            name='hired_by',
            field=wsr.tenancy.models.ProgramForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hired', to='programs.participation'),
        ),
        migrations.AddField(
            model_name='engagement',
            name='program',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program'),
        ),
        migrations.AddField(
            model_name='engagement',
            name='site',
            field=wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='programs.workplace'),
        ),
        migrations.AddField(
            model_name='siteextension',
            name='program',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program'),
        ),
        migrations.AddField(
            model_name='siteextension',
            name='site',
            field=wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='programs.workplace'),
        ),
        migrations.AddIndex(
            model_name='engagement',
            index=models.Index(fields=['program', 'site'], name='engagement_of_site'),
        ),
        migrations.AddIndex(
            model_name='engagement',
            index=models.Index(fields=['program', 'contractor'], name='engagement_of_contractor'),
        ),
        migrations.AddIndex(
            model_name='engagement',
            index=models.Index(fields=['program', 'hired_by'], name='engagement_of_hirer'),
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['developer', 'general_contractor', 'subcontractor', 'labor_broker'])), name='engagement_role_known'),
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='engagement_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hired_by', None), ('role__in', ['developer', 'general_contractor'])), models.Q(('hired_by__isnull', False), models.Q(('role', 'developer'), _negated=True)), _connector='OR'), name='engagement_hired_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='siteextension',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', models.F('before_on')), _negated=True), name='site_extension_moves'),
        ),
        migrations.AddConstraint(
            model_name='siteextension',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='site_extension_has_reason'),
        ),
        migrations.RunSQL(TREE, NO_TREE),
        migrations.RunSQL(BELOW, NOT_BELOW),
    ]
