"""The rules of the program with their provenance, and its ladder of standing."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from programs import queries
from programs.blueprints.words import in_words
from programs.forms import RuleForm, RungForm
from programs.models import Rule, Rung, Severity
from programs.operations import rules as operations
from programs.sections import COMPARED, title_of
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission


@requires(Permission.RULE_READ)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule as it is today; with `?missing=1` only those nobody has filled in."""
    rows = queries.rules(on=queries.today(timezone.now())).order_by("position", "key")
    shown = [queries.shown_rule(rule) for rule in rows]
    missing = [entry for entry in shown if entry.rule.is_missing and entry.rule.section not in COMPARED]
    wanted = missing if request.GET.get("missing") else shown
    context = {
        "sections": [
            (title_of(key), list(group))
            for key, group in groupby(wanted, key=lambda entry: entry.rule.section)
        ],
        "missing_total": len(missing),
        "only_missing": bool(request.GET.get("missing")),
        "rungs": Rung.objects.all(),
        "severities": Severity.objects.all(),
    }
    return render(request, "programs/rules.html", context)


@requires(Permission.RULE_READ)
@require_GET
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: its value over time, the blueprint's beside it."""
    rows = list(Rule.objects.filter(key=key).select_related("set_by").order_by("-valid_from"))
    if not rows:
        raise Http404
    context = {
        "rule": rows[0],
        "values": [queries.shown_rule(row) for row in rows],
        "section": title_of(rows[0].section),
    }
    return render(request, "programs/rule.html", context)


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_rule(request: HttpRequest, key: str) -> HttpResponse:
    """Give a rule a value from a day on."""
    found = operations.last_rule(key, on=queries.today(timezone.now()))
    if found is None:
        raise Http404
    page = reverse("programs:rule", args=[request.program.slug, key])
    return answer(
        request,
        bound(RuleForm, request, rule=found, initial={"valid_from": queries.today(timezone.now())}),
        lambda data: operations.set_rule(key=key, by=request.user, at=timezone.now(), **data),
        done=lambda made: _("Set by the program, from %(day)s.") % {"day": made.valid_from},
        goes_to=lambda made: page,
        title=in_words(found.label),
        back_url=page,
        beside=queries.shown_rule(found),
        template="programs/set_rule.html",
    )


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_rung(request: HttpRequest, key: str) -> HttpResponse:
    """Say what a rung of the ladder means."""
    found = get_object_or_404(Rung, key=key)
    page = reverse("programs:rules", args=[request.program.slug])
    said = {"label": found.label, "stops_purchases": found.stops_purchases, "is_public": found.is_public}
    return answer(
        request,
        bound(RungForm, request, initial=said),
        lambda data: operations.set_rung(rung_key=key, by=request.user, at=timezone.now(), **data),
        done=_("The change is on record."),
        goes_to=lambda made: page,
        title=in_words(found.label),
        back_url=page,
    )
