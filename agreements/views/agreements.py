"""Agreements: the list, and one with its versions."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from agreements import tables
from agreements.queries import agreements as queries
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission


@requires(Permission.AGREEMENT_READ)
@require_GET
def agreements(request: HttpRequest) -> HttpResponseBase:
    """Every agreement; a portal's own."""
    return tables.AgreementTable(request, queries.agreements()).response("agreements/agreements.html")


@requires(Permission.AGREEMENT_READ)
@require_GET
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement."""
    found = get_object_or_404(queries.agreements(), pk=agreement_id)
    return render(request, "agreements/agreement.html", {"agreement": found})
