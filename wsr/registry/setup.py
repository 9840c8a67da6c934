"""The essentials of a program, and its first publication."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wsr.registry import gates
from wsr.registry.models import Publication
from wsr.ui.navigation import url_or_nothing
from wsr.ui.setup import Part


def essentials(request: HttpRequest) -> list[Part]:
    """Each essential of Worker-driven Social Responsibility, with what is missing for it."""
    slug = request.program.slug
    console = reverse("registry:console", args=[slug])
    pages = {key: gate.page for key, gate in gates.declared().items() if gate.page}
    return [
        Part(
            state.label,
            url_or_nothing(pages[state.key], program_slug=slug) if state.key in pages else console,
            _("An essential of the model: the public record opens when all of them stand."),
            state.is_open,
            "" if state.is_open else state.missing,
            order=70,
        )
        for state in gates.states(request.program.pk)
    ]


def publication(request: HttpRequest) -> Part:
    """The first publication."""
    return Part(
        _("Publish for the first time"),
        reverse("registry:console", args=[request.program.slug]),
        _("From then on anyone can check who takes part and what was promised."),
        Publication.objects.exists(),
        order=90,
    )


SETUP = [essentials, publication]
