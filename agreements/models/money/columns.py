"""The columns that every table of money shares."""

from typing import Any

from django.db import models
from django.db.models import Q


def amount(label: Any = "", **kwargs: Any) -> models.DecimalField:
    """An amount in its currency's own unit; up to four decimals, as many as any currency has."""
    return models.DecimalField(label, max_digits=20, decimal_places=4, **kwargs)


def volume(label: Any = "", **kwargs: Any) -> models.DecimalField:
    """A volume in its unit."""
    return models.DecimalField(label, max_digits=20, decimal_places=6, **kwargs)


def currency(**kwargs: Any) -> models.CharField:
    """An ISO 4217 code."""
    return models.CharField("currency", max_length=3, **kwargs)


def is_currency(name: str = "currency") -> Q:
    """Three capital letters."""
    return Q(**{f"{name}__regex": "^[A-Z]{3}$"})
