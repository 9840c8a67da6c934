"""Filters of the sign-in pages: `{% load accounts %}`."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from wsr.accounts.devices import device_name
from wsr.ui.navigation import url_or_nothing

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """JSON for a data attribute; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def device(user_agent: str) -> str:
    """Browser and system in words."""
    return device_name(user_agent)


@register.simple_tag
def demo_code_url() -> str:
    """Of the page that stands in for the authenticator app; empty outside a demo."""
    return url_or_nothing("programs:demo_code") if settings.DEMO else ""
