"""Reads of agreements."""

from django.db.models import QuerySet, TextField, Value
from django.db.models.aggregates import StringAgg
from django.db.models.functions import Coalesce

from agreements.models import Agreement


def agreements() -> QuerySet[Agreement]:
    """Agreements of the active program with `party_names`, in the order of the parties."""
    return Agreement.objects.annotate(
        party_names=Coalesce(
            StringAgg("parties__name", Value(", "), order_by=["parties__position", "parties__pk"]),
            Value(""),
            output_field=TextField(),
        )
    )
