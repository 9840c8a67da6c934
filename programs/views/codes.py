"""The code of conduct and its versions."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs import queries
from programs.forms import DraftForm, ForceForm, NewProvisionForm, ProvisionForm
from programs.models import CodeVersion, Provision
from programs.operations import codes as operations
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError


@requires(Permission.CODE_READ)
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first."""
    return render(request, "programs/codes.html", {"codes": CodeVersion.objects.order_by("-number")})


@requires(Permission.CODE_READ)
@require_GET
def code(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """One version: its provisions, and what differs from the version before."""
    found = get_object_or_404(CodeVersion, pk=code_id)
    former = CodeVersion.objects.filter(number__lt=found.number).order_by("-number").first()
    provisions = queries.provisions_of(found)
    context = {
        "code": found,
        "provisions": [(row, queries.source_lines(row.source)) for row in provisions],
        "former": former,
        "changes": queries.compared(queries.provisions_of(former), provisions) if former else [],
        "may_edit": found.state == "draft" and Permission.CODE_CHANGE in request.permissions,
    }
    return render(request, "programs/code.html", context)


@requires(Permission.CODE_CHANGE)
@require_http_methods(["GET", "POST"])
def draft_code(request: HttpRequest) -> HttpResponse:
    """Begin a new version with the provisions of the newest."""
    newest = CodeVersion.objects.order_by("-number").first()
    return answer(
        request,
        bound(DraftForm, request, initial={"title": newest.title if newest else _("Code of conduct")}),
        lambda data: operations.draft_version(by=request.user, at=timezone.now(), **data),
        done=_("The draft is ready to be edited. Nothing changes for anybody until it is put in force."),
        goes_to=lambda made: _page(request, made.pk),
        title=_("Begin a new version of the code"),
        back_url=reverse("programs:codes", args=[request.program.slug]),
    )


@requires(Permission.CODE_CHANGE)
@require_http_methods(["GET", "POST"])
def put_in_force(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """Put a draft in force."""
    found = get_object_or_404(CodeVersion, pk=code_id)
    return answer(
        request,
        bound(ForceForm, request, initial={"on": queries.today(timezone.now())}),
        lambda data: operations.put_in_force(code_id=code_id, by=request.user, at=timezone.now(), **data),
        done=lambda made: (
            _("Version %(number)s is in force from %(day)s.")
            % {"number": made.number, "day": made.in_force_on}
        ),
        goes_to=lambda made: _page(request, code_id),
        title=_("Put version %(number)s in force") % {"number": found.number},
        back_url=_page(request, code_id),
    )


@requires(Permission.CODE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_provision(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """Add a provision to a draft."""
    get_object_or_404(CodeVersion, pk=code_id)
    return answer(
        request,
        bound(NewProvisionForm, request),
        lambda data: operations.add_provision(code_id=code_id, by=request.user, at=timezone.now(), **data),
        done=lambda made: _("Provision %(reference)s is in the draft.") % {"reference": made.reference},
        goes_to=lambda made: _page(request, code_id),
        title=_("Add a provision"),
        back_url=_page(request, code_id),
    )


@requires(Permission.CODE_CHANGE)
@require_http_methods(["GET", "POST"])
def edit_provision(request: HttpRequest, provision_id: UUID) -> HttpResponse:
    """Change a provision of a draft."""
    found = get_object_or_404(Provision, pk=provision_id)
    said = {"title": found.title, "text": found.text, "severity_id": found.severity_id}
    return answer(
        request,
        bound(ProvisionForm, request, initial=said),
        lambda data: operations.change_provision(
            provision_id=provision_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("The draft is changed."),
        goes_to=lambda made: _page(request, found.code_id),
        title=_("Provision %(reference)s") % {"reference": found.reference},
        back_url=_page(request, found.code_id),
    )


@requires(Permission.CODE_CHANGE)
@require_POST
def remove_provision(request: HttpRequest, provision_id: UUID) -> HttpResponse:
    """Take a provision out of a draft."""
    found = get_object_or_404(Provision, pk=provision_id)
    try:
        operations.remove_provision(provision_id=provision_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Provision %(reference)s is out of the draft.") % {"reference": found.reference}
        )
    return redirect(_page(request, found.code_id))


def _page(request: HttpRequest, code_id: UUID) -> str:
    return reverse("programs:code", args=[request.program.slug, code_id])
