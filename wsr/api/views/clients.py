"""The director sees who reaches the program through the API, makes clients for firms, and ends access."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.api.forms import ClientForm
from wsr.api.models import Grant
from wsr.api.operations import grants
from wsr.api.operations.clients import make_client
from wsr.api.queries import grants_of_program
from wsr.errors import DomainError


@requires(Permission.API_CLIENT_CHANGE)
@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """Devices and clients that reach this program."""
    return render(request, "api/access.html", {"grants": list(grants_of_program())})


@requires(Permission.API_CLIENT_CHANGE)
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Make a client; its secret is shown once, on this page."""
    form = ClientForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        now, chosen = timezone.now(), form.cleaned_data
        try:
            grant, secret = make_client(
                name=chosen["name"],
                membership_id=chosen["membership"].pk,
                scopes=chosen["scopes"],
                expires_at=now + timedelta(days=chosen["days"]),
                by=request.user,
                at=now,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "api/client_made.html", {"grant": grant, "secret": secret})
    return render(request, "api/add_client.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Permission.API_CLIENT_CHANGE)
@require_POST
def end(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """End access to this program."""
    try:
        grant = grants.end(grant_id=grant_id, by=request.user, at=timezone.now())
    except Grant.DoesNotExist:
        raise Http404("No such access to this program.") from None
    messages.success(request, _("%(name)s is out, from now on.") % {"name": grant.name})
    return redirect("api:access", request.program.slug)
