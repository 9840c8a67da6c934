"""The public page that says what a PDF is: nobody signs in, nothing is kept."""

import hashlib

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agreements.enums import Side
from agreements.forms.agreements import VerifyForm
from agreements.models import PublicDocument
from wsr.accounts.doors import public_page
from wsr.tenancy import public_scope
from wsr.tenancy.models import Program

MAX_BYTES = 20 * 1024 * 1024
TRIES, WINDOW_SECONDS = 60, 300


@csrf_exempt  # it changes nothing and knows nobody, so it needs no cookie
@public_page
@require_http_methods(["GET", "POST"])
def verify_document(request: HttpRequest) -> HttpResponse:
    """Say whether a PDF, or its hash, is a document of this installation, and who signed it when."""
    asked = request.GET.get("lang", "")
    with translation.override(asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    refusal = _refusal(request)
    if refusal:
        form = VerifyForm()
        return _page(request, {"form": form, "refusal": refusal[1]}, status=refusal[0])
    typed = request.GET if "sha256" in request.GET else None
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm(typed)
    if not form.is_bound or not form.is_valid():
        return _page(request, {"form": form}, status=422 if form.is_bound else 200)
    document = form.cleaned_data["document"]
    if document:
        digest = hashlib.sha256()
        for chunk in document.chunks():
            digest.update(chunk)
        sha256 = digest.hexdigest()
    else:
        sha256 = form.cleaned_data["sha256"].strip().lower()
    with public_scope():
        found = [
            _said(row) for row in PublicDocument.objects.filter(sha256=sha256).order_by("proposed_on", "pk")
        ]
    return _page(request, {"form": VerifyForm(), "sha256": sha256, "found": found, "is_asked": True})


def _said(row: PublicDocument) -> dict[str, object]:
    named = [f"{party['name']} ({Side(party['side']).label})" for party in row.parties]
    return {
        "row": row,
        "program": Program.objects.get(pk=row.program_id),
        "parties": named or [str(Side(side).label) for side in row.sides],
        "is_signed": row.signed_on is not None,
    }


def _refusal(request: HttpRequest) -> tuple[int, str] | None:
    """Status and sentence where the request is too large or one of too many; before any of it is read."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES + 64 * 1024:
        return 413, _("The file is larger than 20 MB. Type its SHA-256 instead.")
    if request.method == "GET" and "sha256" not in request.GET:
        return None
    key = f"verify-document:{get_ip(request)}"
    cache.add(key, 0, WINDOW_SECONDS)
    if cache.incr(key) > TRIES:
        return 429, _("Many documents were checked from your network just now. Try again in five minutes.")
    return None


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, "agreements/verify_document.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
