"""Two questions that are answered and forgotten: whom on my list does the record know, and what did this label stand for on a day."""

from datetime import date
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from wsr import languages
from wsr.accounts.doors import public_page
from wsr.cache import count_up
from wsr.files.uploads import take_in_memory
from wsr.registry import documents, pages, search, sourcing
from wsr.registry.forms import LabelForm, SourcingForm
from wsr.registry.models import Listing
from wsr.registry.views import known_on, registry_page
from wsr.tenancy import public_scope

MAX_BYTES = 5 * 1024 * 1024
TRIES, WINDOW_SECONDS = 60, 300
OUTCOMES = ("stops", "found", "several", "alike", "none")
NAMED = 20  # brands and suppliers that the answer to a label follows


# ── A list of suppliers ──────────────────────────────────────────────────────────────────────────


@csrf_exempt  # it changes nothing and knows nobody, so it needs no cookie
@public_page
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "POST"])
def check_list(request: HttpRequest) -> HttpResponse:
    """Compare a list with the record; the answer on a page, or as a signed statement. Nothing is kept."""
    with languages.speaking(request) as language:
        response = _check_list(request)
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = language
    return response


@sensitive_variables()
def _check_list(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _page(request, {"form": SourcingForm()})
    if refusal := _refusal(request):
        return _page(request, {"form": SourcingForm(), "refusal": refusal[1]}, status=refusal[0])
    take_in_memory(request)
    form = SourcingForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, {"form": form}, status=422)
    try:
        file = form.cleaned_data["file"]
        lines = sourcing.uploaded(file.read()) if file else sourcing.pasted(form.cleaned_data["names"])
    except sourcing.CannotCheck as error:
        form.add_error(None, str(error))
        return _page(request, {"form": form}, status=422)
    at = timezone.now()
    with public_scope():
        answers = sourcing.check(lines)
        text = sourcing.statement(answers, at)
        if "signed" in request.POST:
            packed = sourcing.signed(text)
            return HttpResponse(
                packed,
                content_type="application/zip",
                headers={"Content-Disposition": 'attachment; filename="sourcing-check.zip"'},
            )
        context = {"form": form, "groups": _groups(answers), "at": at, "again": _again(lines)}
        return _page(request, context)


def _again(lines: list[sourcing.Line]) -> str:
    """The list as text, for the button that asks for the statement: the page keeps it, the server does not."""
    head = "name\tcountry\tos id"
    return "\n".join([head, *(f"{line.name}\t{line.country}\t{line.identifier}" for line in lines)])


def _groups(answers: list[sourcing.Answer]) -> list[dict[str, Any]]:
    titles = {
        "stops": (_("Brands must stop buying"), "bad"),
        "found": (_("In the record"), "ok"),
        "several": (_("Several records fit: tell them apart by place or number"), "warn"),
        "alike": (_("Not found; these are spelled alike"), "warn"),
        "none": (_("Not in the record"), ""),
    }
    by_outcome: dict[str, list[sourcing.Answer]] = {}
    for answer in answers:
        by_outcome.setdefault("stops" if answer.stops else answer.outcome, []).append(answer)
    return [
        {"title": titles[key][0], "tone": titles[key][1], "answers": by_outcome[key]}
        for key in OUTCOMES
        if key in by_outcome
    ]


def _refusal(request: HttpRequest) -> tuple[int, str] | None:
    """Status and sentence where the request is too large or one of too many; before any of it is read."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        return 413, _("The list is larger than 5 MB. Check it in parts.")
    digest = salted_hmac("wsr.registry.checks", get_ip(request), algorithm="sha256").hexdigest()[:32]
    if (
        count_up(f"sourcing-check:{digest}", WINDOW_SECONDS) > TRIES
    ):  # no address is kept, for five minutes neither
        return 429, _("Many lists were checked from your network just now. Try again in five minutes.")
    return None


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context["lang"] = translation.get_language()
    return render(request, "registry/sourcing.html", context, status=status)


@registry_page
def key(request: HttpRequest) -> HttpResponse:
    """The installation's public key in PEM."""
    return HttpResponse(sourcing.public_key(), content_type="application/x-pem-file")


# ── A label ──────────────────────────────────────────────────────────────────────────────────────


@registry_page
def check_label(request: HttpRequest) -> HttpResponse:
    """What the record says of a number on a label or an invoice, of its supplier and its buyers, on a day."""
    form = LabelForm(request.GET if "number" in request.GET else None)
    context: dict[str, Any] = {"form": form, "lang": translation.get_language()}
    if form.is_bound and form.is_valid():
        day = form.cleaned_data["on"] or timezone.now().date()
        context |= {"on": day, "found": label(form.cleaned_data["number"], day), "is_asked": True}
    is_wrong = form.is_bound and bool(form.errors)
    return render(request, "registry/label.html", context, status=422 if is_wrong else 200)


def label(number: str, day: date) -> list[dict[str, Any]]:
    """Each record with this number or identifier as it was on that day, with those that it names: supplier and brands."""
    rows = Listing.objects.select_related("program")
    if public_id := search.exact_id(number):
        rows = rows.filter(public_id=public_id)
    else:
        code = search.compact(number)
        rows = rows.filter(identifiers__overlap=[f"{kind}:{code}" for kind in ("os_id", "lei")])
    found = []
    for row in rows.order_by("public_id")[:NAMED]:
        then = known_on(row.program, day)
        own = on_day(row, then)
        version = own["true_then"] or own["known_then"] or {}
        named = [
            value["public_id"]
            for one in version.get("fields", [])
            for value in one["values"]
            if isinstance(value, dict) and value.get("public_id")
        ]
        others = Listing.objects.select_related("program").filter(public_id__in=named[:NAMED])
        others = others.order_by("-kind", "name_key", "public_id")
        found.append({"own": own, "others": [on_day(other, then) for other in others]})
    return found


def on_day(row: Listing, then: pages.AsOf) -> dict[str, Any]:
    """One record as it was on a day: what is known of it today, and what was published by then."""
    document = documents.documents([row.public_id], row.program.slug)[row.public_id]
    context = pages.record_context(document, row.program, then)
    then_versions = []
    for name in ("true_then", "known_then"):
        version = context[name]
        if version and not version["is_erased"]:
            said = {one["name"]: one for one in version["fields"]}
            standing, stops = said.get("standing", {}), said.get("purchases_stopped", {})
            words = ", ".join(map(str, standing.get("values", []))) or standing.get("reason", "")
            version |= {"standing": words, "stopped": stops.get("values") == [_("Yes")]}
        then_versions.append(version)
    return {**context, "listing": row, "then": then_versions}
