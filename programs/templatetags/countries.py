"""Countries in templates: `{% load countries %}`."""

from django import template

from programs import countries

register = template.Library()


@register.filter
def country_name(code: str) -> str:
    """“BD” → “Bangladesh”, in the reader's language."""
    return countries.name_of(code)
