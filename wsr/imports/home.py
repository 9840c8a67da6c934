"""What imports say on the first page of a program."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wsr.accounts.grants import Permission
from wsr.imports.enums import State
from wsr.imports.models import Batch
from wsr.ui.home import Step


def waiting(request: HttpRequest) -> Step | None:
    """The newest import that was checked and waits to be applied, or the invitation to begin."""
    if Permission.IMPORT_APPLY not in request.permissions:
        return None
    slug = request.program.slug
    batch = Batch.objects.filter(state=State.CHECKED).order_by("-uploaded_at").first()
    if batch:
        label = _("Finish importing %(list)s") % {"list": batch.source}
        return Step(
            label,
            reverse("imports:detail", args=[slug, batch.pk]),
            why=_("It was checked and waits for you."),
            order=20,
        )
    if Batch.objects.exists():
        return None
    return Step(
        _("Import a list"),
        reverse("imports:upload", args=[slug]),
        why=_("Factories or farms, as you got them."),
        order=10,
    )


TILES = [waiting]
