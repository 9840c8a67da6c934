"""Members of a program: who they are, inviting, changing and ending, and what each role may do."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts import operations
from wsr.accounts.doors import requires
from wsr.accounts.forms import HandoverForm, InviteForm, RoleForm
from wsr.accounts.grants import Permission, Role
from wsr.accounts.labels import grants_table
from wsr.accounts.models import Invitation, Membership
from wsr.accounts.operations.invitations import notice_key
from wsr.accounts.queries import members as members_query
from wsr.accounts.queries import pending_invitations
from wsr.errors import DomainError
from wsr.notices.queries import delivery_by_key


@requires(Permission.MEMBER_READ)
@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """Members with role, organization, second factor and last sign-in; invitations that wait."""
    waiting = list(pending_invitations())
    deliveries = delivery_by_key([notice_key(invitation) for invitation in waiting])
    now = timezone.now()
    context = {
        "members": members_query(),
        "waiting": [
            {
                "invitation": row,
                "delivery": deliveries.get(notice_key(row)),
                "has_expired": row.expires_at <= now,
            }
            for row in waiting
        ],
        "may_change": Permission.MEMBER_CHANGE in request.permissions,
    }
    return render(request, "accounts/members.html", context)


@requires(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite an address to a role."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            invitation = operations.invite(by=request.user, at=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("%(email)s is invited. The link holds for 14 days.") % {"email": invitation.email}
            )
            return redirect("accounts:members", request.program.slug)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Permission.MEMBER_CHANGE)
@require_POST
def resend(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send an invitation again, with a new link."""
    try:
        invitation = operations.resend(invitation_id=invitation_id, by=request.user, at=timezone.now())
    except Invitation.DoesNotExist:
        raise Http404("No such invitation in this program.") from None
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("A new link is on its way to %(email)s; the old one no longer works.")
        messages.success(request, text % {"email": invitation.email})
    return redirect("accounts:members", request.program.slug)


@requires(Permission.MEMBER_CHANGE)
@require_POST
def revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    try:
        invitation = operations.revoke(invitation_id=invitation_id, by=request.user, at=timezone.now())
    except Invitation.DoesNotExist:
        raise Http404("No such invitation in this program.") from None
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The invitation of %(email)s is taken back.") % {"email": invitation.email}
        )
    return redirect("accounts:members", request.program.slug)


@requires(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "POST"])
def change_role(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Give a member another role on the same side."""
    membership = _active(membership_id)
    form = RoleForm(request.POST if request.method == "POST" else None, now=Role(membership.role))
    if form.is_valid():
        try:
            operations.change_role(
                membership_id=membership_id, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The role is changed, from now on."))
            return redirect("accounts:members", request.program.slug)
    context = {"form": form, "membership": membership}
    return render(request, "accounts/change_role.html", context, status=422 if form.is_bound else 200)


@requires(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "POST"])
def end_membership(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """End a membership, with a note on who takes over."""
    membership = _active(membership_id)
    form = HandoverForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            text = _end(request, membership_id, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, text)
            return redirect("accounts:members", request.program.slug)
    context = {"form": form, "membership": membership}
    return render(request, "accounts/end_membership.html", context, status=422 if form.is_bound else 200)


@requires(Permission.PROGRAM_READ)
@require_GET
def grants(request: HttpRequest) -> HttpResponse:
    """Which role may do what: the table the platform itself obeys."""
    context = {"roles": [role.label for role in Role], "rows": grants_table()}
    return render(request, "accounts/grants.html", context)


def _end(request: HttpRequest, membership_id: UUID, *, ends_on: date | None, handover: str) -> str:
    """Now, or planned for a day; returns what to say."""
    who = {"membership_id": membership_id, "handover": handover, "by": request.user, "at": timezone.now()}
    if ends_on is None:
        operations.end_membership(**who)
        return _("The membership has ended. The handover note is in the history.")
    operations.plan_end(ends_on=ends_on, **who)
    return _("The membership ends after %(day)s. Hand over until then what she holds.") % {
        "day": date_format(ends_on, "DATE_FORMAT")
    }


@requires(Permission.MEMBER_CHANGE)
@require_POST
def keep(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Take back a planned end."""
    _active(membership_id)
    try:
        operations.keep_membership(membership_id=membership_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The membership goes on without an end."))
    return redirect("accounts:members", request.program.slug)


def _active(membership_id: UUID) -> Membership:
    return get_object_or_404(
        Membership.objects.active().select_related("person", "organization"), pk=membership_id
    )
