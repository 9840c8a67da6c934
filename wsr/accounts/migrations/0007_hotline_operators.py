from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_passwords_apart'),
        ('tenancy', '0004_what_is_in_use'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='invitation',
            name='invitation_role_known',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_role_known',
        ),
        migrations.AlterField(
            model_name='invitation',
            name='role',
            field=models.CharField(choices=[('director', 'Program director'), ('publisher', 'Publisher'), ('case_handler', 'Complaint handler'), ('hotline_operator', 'Hotline operator'), ('inspector_in_charge', 'Inspector in charge'), ('educator', 'Educator'), ('finance', 'Finance'), ('observer', 'Observer'), ('committee_member', 'Steering-committee member'), ('auditor', 'Auditor'), ('brand_officer', 'Brand compliance officer'), ('brand_signatory', 'Brand signatory'), ('brand_finance', 'Brand finance'), ('supplier_manager', 'Supplier manager')], max_length=30, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('director', 'Program director'), ('publisher', 'Publisher'), ('case_handler', 'Complaint handler'), ('hotline_operator', 'Hotline operator'), ('inspector_in_charge', 'Inspector in charge'), ('educator', 'Educator'), ('finance', 'Finance'), ('observer', 'Observer'), ('committee_member', 'Steering-committee member'), ('auditor', 'Auditor'), ('brand_officer', 'Brand compliance officer'), ('brand_signatory', 'Brand signatory'), ('brand_finance', 'Brand finance'), ('supplier_manager', 'Supplier manager')], max_length=30, verbose_name='role'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['director', 'publisher', 'case_handler', 'hotline_operator', 'inspector_in_charge', 'educator', 'finance', 'observer', 'committee_member', 'auditor', 'brand_officer', 'brand_signatory', 'brand_finance', 'supplier_manager'])), name='invitation_role_known'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['director', 'publisher', 'case_handler', 'hotline_operator', 'inspector_in_charge', 'educator', 'finance', 'observer', 'committee_member', 'auditor', 'brand_officer', 'brand_signatory', 'brand_finance', 'supplier_manager'])), name='membership_role_known'),
        ),
    ]
