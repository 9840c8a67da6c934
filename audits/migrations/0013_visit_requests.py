"""Somebody asks the inspectors for a visit; known to whoever asked and to them."""

import django.db.models.deletion
import django.db.models.functions.uuid
import uuid
import wsr.tenancy.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audits', '0012_name_decisions'),
        ('programs', '0012_education'),
        ('tenancy', '0005_circles_of_a_person'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='VisitRequest',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('secret_of', models.UUIDField(db_default=uuid.UUID('00000000-0000-0000-0000-000000000000'), default=uuid.UUID('00000000-0000-0000-0000-000000000000'), editable=False)),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('taken', 'An inspector sees to it'), ('declined', 'Declined')], default='asked', max_length=10)),
                ('words', models.TextField(verbose_name='what to look at')),
                ('wanted_by', models.DateField(null=True, verbose_name='at the latest on')),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True, verbose_name='why not')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('supplier', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.participation')),
                ('workplace', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.workplace')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['program', 'workplace', '-asked_at'], name='visit_request_of_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('state', 'asked')), models.Q(('answered_at__isnull', False), ('state__in', ('taken', 'declined'))), _connector='OR'), name='visit_request_answered'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='visit_request_declined_says_why')],
            },
        ),
    ]
