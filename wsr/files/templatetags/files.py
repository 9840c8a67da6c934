"""Links to files in templates."""

from typing import Any

from django import template
from django.utils import timezone

from wsr.files.links import link_to
from wsr.files.models import StoredFile

register = template.Library()


@register.simple_tag(takes_context=True)
def file_link(context: Any, file: StoredFile) -> str:
    """A sealed link for the person who looks at the page, good for a few minutes."""
    return link_to(file, person=context.request.user, at=timezone.now())
