"""Starting another program."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programs.forms import StartProgramForm
from programs.operations.starting import start_program
from programs.views.answering import answer, bound
from wsr.accounts.doors import signed_in
from wsr.accounts.grants import Role
from wsr.accounts.queries import programs_of


@signed_in
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Start a program as its first director. For the operator, and for directors of a program here."""
    if not request.user.is_staff and not any(
        Role.DIRECTOR in found.roles for found in programs_of(request.user)
    ):
        raise PermissionDenied
    return answer(
        request,
        bound(StartProgramForm, request),
        lambda data: start_program(director=request.user, by=request.user, at=timezone.now(), **data),
        done=lambda made: (
            _("%(program)s has begun. Look at what is missing in its rules.") % {"program": made.name}
        ),
        goes_to=lambda made: reverse("programs:rules", args=[made.slug]),
        title=_("Start a program"),
        back_url=reverse("ui:inbox"),
    )
