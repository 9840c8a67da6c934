"""Keys of programs and cases, what is sealed under them, and the blind index."""

import django.db.models.deletion
import django.db.models.functions.uuid
import wsr.tenancy.models
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION vault_stay_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a key that was destroyed or retired stays so' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER stay_destroyed BEFORE UPDATE OF wrapped ON vault_casekey FOR EACH ROW
  WHEN (OLD.wrapped IS NULL AND NEW.wrapped IS NOT NULL) EXECUTE FUNCTION vault_stay_destroyed();
CREATE TRIGGER stay_retired BEFORE UPDATE OF wrapped ON vault_programkey FOR EACH ROW
  WHEN (OLD.wrapped IS NULL AND NEW.wrapped IS NOT NULL) EXECUTE FUNCTION vault_stay_destroyed();
"""

BACKWARD = """
DROP TRIGGER stay_retired ON vault_programkey;
DROP TRIGGER stay_destroyed ON vault_casekey;
DROP FUNCTION vault_stay_destroyed();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0004_what_is_in_use'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProgramKey',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('root_key_id', models.CharField(max_length=16)),
                ('wrapped', models.BinaryField(null=True)),
                ('created_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='CaseKey',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('wrapped', models.BinaryField(null=True)),
                ('created_at', models.DateTimeField()),
                ('destroyed_at', models.DateTimeField(null=True)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('program_key', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.programkey')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Sealed',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('table_name', models.CharField(max_length=63)),
                ('column_name', models.CharField(max_length=63)),
                ('row_id', models.UUIDField()),
                ('ciphertext', models.BinaryField()),
                ('updated_at', models.DateTimeField()),
                ('case', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.casekey')),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='BlindIndex',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('digest', models.BinaryField(max_length=32)),
                ('program', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.program')),
                ('case', wsr.tenancy.models.ProgramForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.casekey')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('program', 'kind', 'digest', 'case'), name='vault_blindindex_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='programkey',
            constraint=models.UniqueConstraint(fields=('program', 'number'), name='vault_programkey_number'),
        ),
        migrations.AddConstraint(
            model_name='programkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', False), ('wrapped', None)), models.Q(('retired_at', None), ('wrapped__isnull', False)), _connector='OR'), name='vault_programkey_gone_when_retired'),
        ),
        migrations.AddIndex(
            model_name='casekey',
            index=models.Index(condition=models.Q(('destroyed_at', None)), fields=['program', 'program_key', 'id'], name='vault_casekey_to_wrap'),
        ),
        migrations.AddConstraint(
            model_name='casekey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('destroyed_at__isnull', False), ('wrapped', None)), models.Q(('destroyed_at', None), ('wrapped__isnull', False)), _connector='OR'), name='vault_casekey_gone_when_destroyed'),
        ),
        migrations.AddConstraint(
            model_name='sealed',
            constraint=models.UniqueConstraint(fields=('program', 'case', 'row_id', 'table_name', 'column_name'), name='vault_sealed_place'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
