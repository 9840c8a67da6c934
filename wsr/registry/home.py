"""What the registry says on the first page of a program."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wsr.accounts.grants import Permission
from wsr.registry.models import Publication
from wsr.ui.home import Step


def first_publication(request: HttpRequest) -> Step | None:
    """The way to the list of what is needed, until the program has published."""
    if Permission.RULE_CHANGE not in request.permissions or Publication.objects.exists():
        return None
    return Step(
        _("Set up the program"),
        reverse("ui:set_up", args=[request.program.slug]),
        why=_("What is done and what is missing until the first publication."),
        order=5,
    )


TILES = [first_publication]
