"""One version: its text as a page and as PDF, what differs in it, and its way to a proposal."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.clauses import wording
from agreements.documents import agreements as documents
from agreements.enums import Side, VersionState
from agreements.forms.agreements import DraftForm, ReasonForm
from agreements.models import AgreementVersion
from agreements.operations import agreements as operations
from agreements.operations import proposing
from agreements.queries import agreements as queries
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.models import content_path


def find(version_id: UUID) -> AgreementVersion:
    """A version with its agreement, or 404."""
    return get_object_or_404(AgreementVersion.objects.select_related("agreement__parent"), pk=version_id)


def page(request: HttpRequest, version_id: UUID) -> str:
    """The address of a version, within its program."""
    return reverse("agreements:version", args=[request.program.slug, version_id])


@requires(Permission.AGREEMENT_READ)
@require_GET
def version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The text of a version, and the next step."""
    found = find(version_id)
    may_change = Permission.AGREEMENT_CHANGE in request.permissions
    is_draft = found.state == VersionState.DRAFT
    is_open = found.state == VersionState.PROPOSED
    to_sign = queries.parties_to_sign_for(found) if is_open else []
    declines = list(found.declines.select_related("party"))
    signatures = list(found.signatures.select_related("party"))
    former = queries.before(found)
    context = {
        "version": found,
        "agreement": found.agreement,
        "parties": [(Side(party.side).label, party) for party in documents.parties_of(found)],
        "clauses": [
            {
                "clause": clause,
                "said": wording.parameters_of(clause, with_missing=is_draft),
                "words": wording.definitions(clause),
                "missing": wording.missing_of(clause) if is_draft else [],
            }
            for clause in documents.clauses_of(found)
        ],
        "problems": proposing.problems_of(found) if is_draft and may_change else [],
        "signatures": signatures,
        "declines": declines,
        "former": former,
        "changes": queries.compared(former, found) if former else [],
        "may_edit": may_change and is_draft,
        "may_withdraw": may_change and (is_draft or is_open),
        "may_take_back": may_change and is_open,
        "may_sign": Permission.AGREEMENT_SIGN in request.permissions and bool(to_sign) and not declines,
        "may_decline": Permission.AGREEMENT_SIGN in request.permissions
        and any(party.side in (Side.BRAND, Side.SUPPLIER) for party in to_sign)
        and not declines,
    }
    return render(request, "agreements/version.html", context)


@requires(Permission.AGREEMENT_READ)
@require_GET
def compare(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """What differs from the version before, word by word."""
    found = find(version_id)
    former = queries.before(found)
    if former is None:
        raise Http404("There is nothing to compare it with.")
    context = {
        "version": found,
        "agreement": found.agreement,
        "former": former,
        "changes": queries.compared(former, found),
    }
    return render(request, "agreements/compare.html", context)


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Write what stands around the clauses of a draft."""
    found = find(version_id)
    if found.state != VersionState.DRAFT:
        messages.error(request, _("Only a draft is changed. What was proposed stays as it is."))
        return redirect(page(request, version_id))
    said = {
        name: getattr(found, name)
        for name in ("preamble", "governing_law", "starts_on", "ends_on", "change_note")
    }
    said |= {"title": found.agreement.title, "is_text_public": found.agreement.is_text_public}
    return answer(
        request,
        bound(DraftForm, request, initial=said),
        lambda data: operations.change_draft(
            version_id=version_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("The draft is changed."),
        goes_to=lambda made: page(request, version_id),
        title=_("Title, dates and preamble of %(number)s") % {"number": found.agreement.number},
        back_url=page(request, version_id),
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_POST
def propose(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Fix the text and put it before the parties."""
    try:
        proposing.propose(version_id=version_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The text is fixed and before the parties. They are told."))
    return redirect(page(request, version_id))


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Take a proposal back to revise it."""
    return _with_reason(
        request,
        version_id,
        proposing.take_back,
        _("Take back and revise"),
        _("The proposal is taken back. This draft says the same; change it and propose it again."),
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Give up a draft or a proposal."""
    return _with_reason(
        request, version_id, proposing.withdraw, _("Withdraw for good"), _("The version is withdrawn.")
    )


@requires(Permission.AGREEMENT_READ)
@require_GET
def text_file(request: HttpRequest, version_id: UUID) -> HttpResponseBase:
    """The bytes that are signed; of a draft a preview that says so."""
    found = find(version_id)
    if found.text_sha256:
        return _file(found, found.text_sha256, complete=False)
    content = documents.text_pdf(found, at=timezone.now(), is_draft=True)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="draft-{documents.file_name(found, complete=False)}"'
        },
    )


@requires(Permission.AGREEMENT_READ)
@require_GET
def complete_file(request: HttpRequest, version_id: UUID) -> HttpResponseBase:
    """The text with its certificate page."""
    found = find(version_id)
    if not found.complete_sha256:
        raise Http404("Not everyone has signed.")
    return _file(found, found.complete_sha256, complete=True)


def _file(found: AgreementVersion, sha256: str, *, complete: bool) -> FileResponse:
    return FileResponse(
        Path(content_path(sha256)).open("rb"),
        as_attachment=True,
        filename=documents.file_name(found, complete=complete),
        content_type="application/pdf",
    )


def _with_reason(request: HttpRequest, version_id: UUID, act: Any, title: str, done: str) -> HttpResponse:
    found = find(version_id)
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: act(version_id=version_id, by=request.user, at=timezone.now(), **data),
        done=done,
        goes_to=lambda made: page(request, made.pk),
        title=f"{found.agreement.number}: {title}",
        back_url=page(request, version_id),
    )
