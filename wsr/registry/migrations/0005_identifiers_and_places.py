"""Listings know the identifiers that others give a site, and are counted by place from one index."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_reasons_may_lose_names")]
    operations = [
        migrations.AddField(
            model_name="listing",
            name="identifiers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120),
                default=list,
                help_text="What others call it: OS ID, LEI, company number, each as kind:value.",
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=django.contrib.postgres.indexes.GinIndex("identifiers", name="listing_identifiers"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                fields=["longitude", "latitude"],
                include=("public_id", "program"),
                condition=models.Q(is_shown=True, latitude__isnull=False),
                name="listing_by_point",
            ),
        ),
    ]
