"""Webhooks of a program: where they go, their secrets, and the log of what was sent."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.notices.kinds import subscribable
from wsr.notices.models import WebhookDelivery, WebhookEndpoint
from wsr.notices.tables import DeliveryTable, kind_label, state_of
from wsr.notices.webhooks import operations
from wsr.notices.webhooks.addresses import AddressRefused
from wsr.notices.webhooks.forms import EndpointForm


@requires(Permission.WEBHOOK_CHANGE)
@require_GET
def endpoints(request: HttpRequest) -> HttpResponse:
    """Every endpoint of the program and how it is doing."""
    rows = WebhookEndpoint.objects.order_by("label", "pk")
    return render(request, "notices/webhooks.html", {"endpoints": rows})


@requires(Permission.WEBHOOK_CHANGE)
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new endpoint; the answer to a good form is the one page that shows its secret."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = operations.add(**form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("url" if isinstance(error, AddressRefused) else None, str(error))
        else:
            return _secret(request, *made)
    context = {"form": form, "title": _("Add a webhook")}
    return render(request, "notices/webhook_form.html", context, status=422 if form.is_bound else 200)


@requires(Permission.WEBHOOK_CHANGE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Another address, name or choice of kinds."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    initial = {"label": endpoint.label, "url": endpoint.url, "kinds": endpoint.kinds}
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            operations.change(
                endpoint_id=endpoint_id, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except DomainError as error:
            form.add_error("url", str(error))
        else:
            messages.success(request, _("The webhook is changed."))
            return redirect("notices:webhook", request.program.slug, endpoint_id)
    context = {"form": form, "title": endpoint.label, "endpoint": endpoint}
    return render(request, "notices/webhook_form.html", context, status=422 if form.is_bound else 200)


@requires(Permission.WEBHOOK_CHANGE)
@require_GET
def endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponseBase:
    """One endpoint: what it is told, and the log of deliveries."""
    found = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    table = DeliveryTable(request, found.deliveries.all())
    labels = [str(kind.label) for kind in subscribable() if kind.name in found.kinds]
    now = timezone.now()
    context = {
        "endpoint": found,
        "kinds": labels,
        "is_rotating": found.previous_until is not None and now < found.previous_until,
        "is_waiting": found.wait_until is not None and now < found.wait_until,
    }
    return table.response("notices/webhook.html", context)


@requires(Permission.WEBHOOK_CHANGE)
@never_cache
@require_POST
def rotate(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """A new secret, shown once."""
    get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    made = operations.rotate(endpoint_id=endpoint_id, by=request.user, at=timezone.now())
    return _secret(request, *made)


@requires(Permission.WEBHOOK_CHANGE)
@require_POST
def act(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Turn it off or on, or send a test (`act`)."""
    get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    acts = {
        "off": (operations.turn_off, _("Nothing more is sent there. What waits is kept.")),
        "on": (operations.turn_on, _("It is on again and gets what waited for it.")),
        "test": (operations.send_test, _("A test event is on its way; its answer appears below.")),
    }
    if request.POST.get("act") not in acts:
        raise Http404("No such act.")
    operation, sentence = acts[request.POST["act"]]
    done = partial(operation, endpoint_id=endpoint_id, by=request.user, at=timezone.now())
    return _try(request, endpoint_id, done, sentence)


@requires(Permission.WEBHOOK_CHANGE)
@require_GET
def delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """One event: what was sent, and every attempt."""
    row = get_object_or_404(WebhookDelivery.objects.select_related("endpoint"), pk=delivery_id)
    attempts = [{**attempt, "at": dt.datetime.fromisoformat(attempt["at"])} for attempt in row.attempts]
    context = {
        "delivery": row,
        "endpoint": row.endpoint,
        "what": kind_label(row),
        "state": state_of(row),
        "attempts": attempts,
    }
    return render(request, "notices/delivery.html", context)


@requires(Permission.WEBHOOK_CHANGE)
@require_POST
def replay(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Send an event again."""
    row = get_object_or_404(WebhookDelivery, pk=delivery_id)
    again = partial(operations.replay, delivery_id=delivery_id, by=request.user, at=timezone.now())
    return _try(request, row.endpoint_id, again, _("The event is sent again under the same id."))


def _try(request: HttpRequest, endpoint_id: UUID, operate: Callable[[], Any], sentence: str) -> HttpResponse:
    """Do it, say so or why not, and go back to the endpoint."""
    try:
        operate()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence)
    return redirect("notices:webhook", request.program.slug, endpoint_id)


def _secret(request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    return render(request, "notices/webhook_secret.html", {"endpoint": endpoint, "secret": secret})
