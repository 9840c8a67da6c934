"""Words of blueprints in templates: `{% load blueprints %}{{ rule.label|in_words }}`."""

from django import template

from programs.blueprints.words import in_words as _in_words

register = template.Library()


@register.filter
def in_words(label: str | None) -> str:
    """A label in the reader's language where it is the blueprint's."""
    return _in_words(label or "")
