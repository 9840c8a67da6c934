"""The rules of the program with their provenance, and its ladder of standing."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs import queries
from programs.blueprints.words import in_words
from programs.forms import RuleForm
from programs.models import Rule, Rung, Severity
from programs.operations import rules as operations
from programs.sections import COMPARED, title_of
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError


@requires(Permission.RULE_READ)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule as it is today; with `?missing=1` only those nobody has filled in."""
    day = queries.today(timezone.now())
    planned = queries.planned_rules(on=day)
    plans = queries.plans_of_steps(planned)
    rows = queries.rules(on=day).order_by("position", "key")
    shown = [queries.shown_rule(rule, planned.get(rule.key)) for rule in rows]
    missing = [entry for entry in shown if entry.rule.is_missing and entry.rule.section not in COMPARED]
    wanted = missing if request.GET.get("missing") else shown
    context = {
        "sections": [
            (title_of(key), list(group))
            for key, group in groupby(wanted, key=lambda entry: entry.rule.section)
        ],
        "missing_total": len(missing),
        "only_missing": bool(request.GET.get("missing")),
        "rungs": [(step, plans["ladder", step.key]) for step in Rung.objects.all()],
        "severities": [(step, plans["severity", step.key]) for step in Severity.objects.all()],
    }
    return render(request, "programs/rules.html", context)


@requires(Permission.RULE_READ)
@require_GET
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: its value over time, the blueprint's beside it."""
    rows = list(Rule.objects.filter(key=key).select_related("set_by").order_by("-valid_from", "-set_at"))
    if not rows:
        raise Http404
    context = {
        "rule": rows[0],
        "values": [queries.shown_rule(row) for row in rows],
        "section": title_of(rows[0].section),
        "today": queries.today(timezone.now()),
        "last": next((row for row in rows if not row.is_canceled), rows[0]),
    }
    return render(request, "programs/rule.html", context)


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_rule(request: HttpRequest, key: str) -> HttpResponse:
    """Give a rule a value from a day on."""
    day = queries.today(timezone.now())
    found = operations.last_rule(key, on=day)
    if found is None:
        raise Http404
    page = reverse("programs:rule", args=[request.program.slug, key])
    return answer(
        request,
        bound(RuleForm, request, rule=found, initial={"valid_from": day}),
        lambda data: operations.set_rule(key=key, by=request.user, at=timezone.now(), **data),
        done=lambda made: _("Set by the program, from %(day)s.") % {"day": made.valid_from},
        goes_to=lambda made: page,
        title=in_words(found.label),
        back_url=page,
        beside=queries.shown_rule(found),
        plans=[queries.shown_rule(row) for row in queries.planned_rules(on=day).get(key, [])],
        template="programs/set_rule.html",
    )


@requires(Permission.RULE_CHANGE)
@require_POST
def cancel_plan(request: HttpRequest, key: str) -> HttpResponse:
    """Take back the last planned change of a rule."""
    try:
        plan = operations.cancel_plan(key=key, by=request.user, at=timezone.now())
    except Rule.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, str(error))
    else:
        day = {"day": date_format(plan.valid_from, "DATE_FORMAT")}
        messages.success(request, _("The change planned from %(day)s is canceled.") % day)
    return redirect("programs:rule", request.program.slug, key)
