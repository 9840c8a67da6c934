"""How pages write amounts and volumes."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

from agreements.money.amounts import minor_units

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """1,234.50 USD: as many decimals as the currency has, and its code."""
    if amount is None:
        return ""
    return f"{number_format(amount, minor_units(currency), force_grouping=True)}\u00a0{currency}"


@register.filter
def plain(value: Decimal | str | None) -> str:
    """A volume or rate without zeros at its end."""
    if value in (None, ""):
        return ""
    return number_format(format(Decimal(str(value)).normalize(), "f"), force_grouping=True)
