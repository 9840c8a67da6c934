"""The seasons of the program."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs import queries
from programs.forms import SeasonForm
from programs.models import Season
from programs.operations import seasons as operations
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError


@requires(Permission.RULE_READ)
@require_GET
def seasons(request: HttpRequest) -> HttpResponse:
    """All seasons, the latest first."""
    context = {
        "seasons": Season.objects.order_by("-starts_on", "pk"),
        "today": queries.today(timezone.now()),
        "may_change": Permission.RULE_CHANGE in request.permissions,
    }
    return render(request, "programs/seasons.html", context)


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_season(request: HttpRequest, season_id: UUID | None = None) -> HttpResponse:
    """Enter a season, or change one."""
    found = get_object_or_404(Season, pk=season_id) if season_id else None
    said = {"name": found.name, "starts_on": found.starts_on, "ends_on": found.ends_on} if found else None
    page = reverse("programs:seasons", args=[request.program.slug])
    return answer(
        request,
        bound(SeasonForm, request, initial=said),
        lambda data: operations.set_season(season_id=season_id, by=request.user, at=timezone.now(), **data),
        done=_("The season is on record."),
        goes_to=lambda made: page,
        title=_("Season"),
        back_url=page,
    )


@requires(Permission.RULE_CHANGE)
@require_POST
def remove_season(request: HttpRequest, season_id: UUID) -> HttpResponse:
    """Take a season away."""
    get_object_or_404(Season, pk=season_id)
    try:
        operations.remove_season(season_id=season_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("programs:seasons", request.program.slug)
