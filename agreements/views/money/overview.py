"""The first page of money: numbers first for staff, what is owed and why for brands, what to pass on for suppliers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agreements.models.money import Difference, Payment
from agreements.money.enums import PaymentState
from agreements.queries import money_overview, watched
from agreements.queries.money_terms import containers, money_rules
from agreements.views.money import people
from programs import queries
from programs.enums import Part
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission


@requires(Permission.MONEY_READ)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Numbers first."""
    today = queries.today(timezone.now())
    rules = money_rules(on=today)
    own = people.own_part(request)
    context = {
        "rules": rules,
        "own": own,
        "open_differences": Difference.objects.open().count(),
        "to_confirm": Payment.objects.filter(state=PaymentState.CLAIMED).count(),
        "may_report": people.may_report(request),
        "may_keep": people.may_keep(request),
        "closures": watched.closures(on=today),
        "containers": containers(rules, on=today),
    }
    if own is None:
        context |= {"chain": money_overview.chain(), "uninvoiced": money_overview.uninvoiced()}
        return render(request, "agreements/money/overview.html", context)
    if own.part == Part.BRAND:
        return render(
            request, "agreements/money/owing.html", context | {"owing": money_overview.owing(own.pk, rules)}
        )
    passing = money_overview.to_pass_on(own.pk, rules, today=today)
    return render(request, "agreements/money/passing_on.html", context | {"passing": passing})


@requires(Permission.MONEY_READ)
@require_GET
def tiers(request: HttpRequest) -> HttpResponse:
    """From which tiers brands bought in a year, against the program's limits; a brand sees its own. Not for suppliers."""
    own = people.own_part(request)
    if own is not None and own.part != Part.BRAND:
        raise Http404
    today = queries.today(timezone.now())
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked) <= today.year else today.year
    limits = watched.tier_limits(on=today)
    context = {
        "own": own,
        "year": str(year),
        "before": str(year - 1),
        "after": str(year + 1) if year < today.year else "",
        "has_limits": any(limit is not None for limit in limits.values()),
        "volumes": watched.tier_volumes(year=year, limits=limits),
    }
    return render(request, "agreements/money/tiers.html", context)
