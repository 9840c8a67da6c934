"""The clauses of a draft."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agreements.clauses import TYPES, wording
from agreements.enums import ClauseKind
from agreements.forms.clauses import ClauseForm, NewClauseForm
from agreements.models import Clause
from agreements.operations import agreements as operations
from agreements.views.versions import find, page
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Add a clause to a draft, then fill in what its kind asks."""
    find(version_id)
    return answer(
        request,
        bound(NewClauseForm, request),
        lambda data: operations.add_clause(version_id=version_id, by=request.user, at=timezone.now(), **data),
        done=lambda made: (
            _("Clause %(reference)s is in the draft. Fill in what it needs.") % {"reference": made.reference}
        ),
        goes_to=lambda made: f"{page(request, version_id)}#clause-{made.pk}",
        title=_("Add a clause"),
        back_url=page(request, version_id),
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, clause_id: UUID) -> HttpResponse:
    """Change a clause of a draft; the fields follow from its kind."""
    found = get_object_or_404(Clause, pk=clause_id)
    kind = ClauseKind(found.kind)
    return answer(
        request,
        bound(ClauseForm, request, clause=found),
        lambda data: operations.change_clause(
            clause_id=clause_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("The clause is changed."),
        goes_to=lambda made: f"{page(request, found.version_id)}#clause-{clause_id}",
        template="agreements/clause_form.html",
        title=_("Clause %(reference)s: %(kind)s") % {"reference": found.reference, "kind": kind.label},
        purpose=TYPES[kind].purpose,
        marks=[said for said in wording.parameters_of(found, with_missing=True) if said.certainty],
        back_url=page(request, found.version_id),
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_POST
def move(request: HttpRequest, clause_id: UUID) -> HttpResponse:
    """Let a clause change places with its neighbor."""
    return _act(
        request, clause_id, lambda **said: operations.move_clause(up=request.POST.get("to") == "up", **said)
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_POST
def remove(request: HttpRequest, clause_id: UUID) -> HttpResponse:
    """Take a clause out of a draft."""
    return _act(request, clause_id, operations.remove_clause)


def _act(request: HttpRequest, clause_id: UUID, act: Callable[..., object]) -> HttpResponse:
    found = get_object_or_404(Clause, pk=clause_id)
    try:
        act(clause_id=clause_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(f"{page(request, found.version_id)}#clauses")
