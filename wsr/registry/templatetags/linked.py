"""`{% linked_data said %}`: a block of JSON-LD. It is data and never runs, so that the page still has no script."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.simple_tag
def linked_data(said: dict[str, Any] | None) -> SafeString | str:
    """The data as a page holds it; nothing where there is none."""
    if not said:
        return ""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 -- every < > & is written as its code
