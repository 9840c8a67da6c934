"""The public page that says what a PDF is: nobody signs in, nothing is kept.

A room says what it knows in its `verifying.py`: `PAPERS = [function]`, each `function(sha256) -> Iterable[Paper]`, run with the public's
login. It tells no more than the program has decided to publish; that bytes are a document of a program may be said of all.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.apps import apps
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wsr import languages
from wsr.accounts.doors import public_page
from wsr.registry.forms import VerifyForm
from wsr.tenancy import public_scope

MAX_BYTES = 20 * 1024 * 1024
TRIES, WINDOW_SECONDS = 60, 300


@dataclass(frozen=True)
class Paper:
    """What is said of one document. `facts`: pairs of a label and the lines of its value."""

    tag: str
    tone: str
    title: str
    sentence: str
    facts: list[tuple[str, list[Any]]] = field(default_factory=list)
    url: str = ""


@csrf_exempt  # it changes nothing and knows nobody, so it needs no cookie
@public_page
@require_http_methods(["GET", "POST"])
def verify_document(request: HttpRequest) -> HttpResponse:
    """Say whether a PDF, or its hash, is a document of this installation, and what may be said of it."""
    with languages.speaking(request) as language:
        response = _answer(request)
        response["Content-Language"] = language
        return response


def papers(sha256: str) -> list[Paper]:
    """What all rooms know of these bytes. Own transaction, with the public's login."""
    with public_scope():
        return [paper for ask in _asked() for paper in ask(sha256)]


def _asked() -> Iterable[Any]:
    for config in apps.get_app_configs():
        name = f"{config.name}.verifying"
        if config.name != "wsr.registry" and find_spec(name):
            yield from import_module(name).PAPERS


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
    context = {"form": VerifyForm(), "sha256": sha256, "found": papers(sha256), "is_asked": True}
    return _page(request, context)


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
    response = render(request, "registry/verify_document.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
