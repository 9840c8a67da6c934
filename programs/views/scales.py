"""Adding, naming, ordering and removing rungs, severities and rules."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from programs import queries
from programs.blueprints.words import in_words
from programs.forms import NewSeverityForm, RuleOfOwnForm, RungForm, SeverityForm, StepForm
from programs.models import Rung, Severity
from programs.operations import scales as operations
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError

SCALES = {"standings": Rung, "severities": Severity}


def _page(request: HttpRequest) -> str:
    return reverse("programs:rules", args=[request.program.slug]) + "#scales"


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_rung(request: HttpRequest) -> HttpResponse:
    """Add a rung at the end of the ladder."""
    return answer(
        request,
        bound(StepForm, request),
        lambda data: operations.add_rung(by=request.user, at=timezone.now(), **data),
        done=lambda made: _("%(name)s is the last rung now. Say what it means.") % {"name": made.label},
        goes_to=lambda made: reverse("programs:set_rung", args=[request.program.slug, made.key]),
        title=_("Add a rung to the ladder"),
        back_url=_page(request),
    )


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_severity(request: HttpRequest) -> HttpResponse:
    """Add a severity at the end of the scale."""
    return answer(
        request,
        bound(NewSeverityForm, request),
        lambda data: operations.add_severity(by=request.user, at=timezone.now(), **data),
        done=lambda made: _("%(name)s is on the list, as the mildest.") % {"name": made.label},
        goes_to=lambda made: _page(request),
        title=_("Add a severity"),
        back_url=_page(request),
    )


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_rung(request: HttpRequest, key: str) -> HttpResponse:
    """Say what a rung of the ladder means, from a day on."""
    found = get_object_or_404(Rung, key=key)
    said = {"label": found.label, "stops_purchases": found.stops_purchases, "is_public": found.is_public}
    return _set(
        request,
        RungForm,
        found,
        said,
        lambda data: operations.set_rung(rung_key=key, by=request.user, at=timezone.now(), **data),
        _(
            "What came before that day stays as it was: standings on record and documents keep the words of their day, and duties that run go on. "
            "Where brands must stop buying from that day on, those that buy from a supplier on this rung get the duty then."
        ),
    )


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_severity(request: HttpRequest, key: str) -> HttpResponse:
    """Rename a severity or say what follows from it, from a day on."""
    found = get_object_or_404(Severity, key=key)
    return _set(
        request,
        SeverityForm,
        found,
        {"label": found.label, "consequence": found.consequence},
        lambda data: operations.set_severity(key=key, by=request.user, at=timezone.now(), **data),
        _(
            "What came before that day stays as it was: findings of earlier visits and complaints received before keep the words of their day."
        ),
    )


def _set(
    request: HttpRequest,
    form: type[forms.Form],
    found: Rung | Severity,
    said: dict[str, object],
    act: Callable[[dict[str, Any]], Any],
    explanation: str,
) -> HttpResponse:
    day = queries.today(timezone.now())
    section = "ladder" if isinstance(found, Rung) else "severity"
    plans = queries.plans_of_steps(queries.planned_rules(on=day))
    return answer(
        request,
        bound(form, request, initial={**said, "valid_from": day}),
        act,
        done=_("The change is on record."),
        goes_to=lambda made: _page(request),
        title=in_words(found.label),
        back_url=_page(request),
        template="programs/set_step.html",
        explanation=explanation,
        plans=plans[section, found.key],
    )


@requires(Permission.RULE_CHANGE)
@require_POST
def move(request: HttpRequest, scale: str, key: str) -> HttpResponse:
    """One place up or down."""
    try:
        operations.move(
            scale=SCALES[scale], key=key, up="up" in request.POST, by=request.user, at=timezone.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(_page(request))


@requires(Permission.RULE_CHANGE)
@require_POST
def remove(request: HttpRequest, scale: str, key: str) -> HttpResponse:
    """Remove what nothing uses."""
    found = get_object_or_404(SCALES[scale], key=key)
    try:
        operations.remove(scale=SCALES[scale], key=key, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s was removed.") % {"name": found.label})
    return redirect(_page(request))


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_rule(request: HttpRequest) -> HttpResponse:
    """Add a rule: one that another blueprint asks, or one of the program's own."""
    return answer(
        request,
        bound(RuleOfOwnForm, request),
        lambda data: (
            operations.add_known_rule(key=data["known"], by=request.user, at=timezone.now())
            if data["known"]
            else operations.add_rule(
                section=data["section"],
                label=data["label"],
                unit=data["unit"],
                by=request.user,
                at=timezone.now(),
            )
        ),
        done=_("The rule is there. Now give it a value."),
        goes_to=lambda made: reverse("programs:set_rule", args=[request.program.slug, made.key]),
        title=_("Add a rule"),
        back_url=reverse("programs:rules", args=[request.program.slug]),
    )
