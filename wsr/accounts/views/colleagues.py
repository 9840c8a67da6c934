"""The people of an organization in its portal, and for which organization one acts."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts import operations, queries
from wsr.accounts.doors import ACTING_FOR, requires, signed_in
from wsr.accounts.forms import ColleagueForm
from wsr.accounts.grants import Permission
from wsr.accounts.models import Invitation, Membership
from wsr.errors import DomainError


@requires(Permission.PORTAL_READ)
@require_GET
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who acts for one's organization in this program, and who is invited to."""
    may_change = Permission.CONTACT_CHANGE in request.permissions
    context = {
        "organization_name": request.standing.organization_name,
        "colleagues": queries.colleagues() if may_change else [],
        "waiting": queries.own_invitations() if may_change else [],
        "may_change": may_change,
        "now": timezone.now(),
    }
    return render(request, "accounts/colleagues.html", context)


@requires(Permission.CONTACT_CHANGE)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to act for one's organization."""
    standing = request.standing
    form = ColleagueForm(
        request.POST if request.method == "POST" else None,
        roles=operations.roles_to_give(standing.roles, standing.audience),
    )
    if form.is_valid():
        try:
            made = operations.invite_colleague(
                by=request.user, at=timezone.now(), roles=standing.roles, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("%(email)s is invited. The link holds for 14 days.") % {"email": made.email}
            )
            return redirect("accounts:colleagues", request.program.slug)
    return render(
        request, "accounts/invite_colleague.html", {"form": form}, status=422 if form.is_bound else 200
    )


@requires(Permission.CONTACT_CHANGE)
@require_POST
def revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation of one's organization back."""
    try:
        made = operations.revoke_colleague(invitation_id=invitation_id, by=request.user, at=timezone.now())
    except Invitation.DoesNotExist:
        raise Http404("No such invitation.") from None
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The invitation of %(email)s is taken back.") % {"email": made.email})
    return redirect("accounts:colleagues", request.program.slug)


@requires(Permission.CONTACT_CHANGE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Somebody no longer acts for one's organization; asked once before it is done."""
    found = next((row for row in queries.colleagues() if row.membership.pk == membership_id), None)
    if found is None:
        raise Http404("No such person.")
    if request.method == "GET":
        return render(request, "accounts/end_colleague.html", {"colleague": found})
    try:
        operations.end_colleague(membership_id=membership_id, by=request.user, at=timezone.now())
    except Membership.DoesNotExist:
        raise Http404("No such person.") from None
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s no longer acts for you.") % {"name": found.name or found.email})
    return redirect("accounts:colleagues", request.program.slug)


@signed_in
@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """From now on act for another of the organizations one acts for, and open its portal."""
    for standing in queries.programs_of(request.user):
        chosen = (request.POST.get("program"), request.POST.get("organization"))
        if chosen == (standing.program.slug, str(standing.organization_id or "")):
            request.session[ACTING_FOR] = str(standing.organization_id or "")
            return redirect("ui:program", standing.program.slug)
    raise Http404("No such role of this person.")
