"""Reports of purchases: the list, one with its corrections, reporting, correcting, withdrawing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.forms.money import OwnerForm, PurchaseForm, ReasonForm
from agreements.models.money import Purchase
from agreements.money.enums import ReportSide
from agreements.operations.money import purchases as operations
from agreements.views.money import people
from agreements.views.money.pages import address, asked, listed
from agreements.views.money.tables import PurchaseTable
from programs.views.answering import bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission


@requires(Permission.MONEY_READ)
@require_GET
def purchases(request: HttpRequest) -> HttpResponseBase:
    """Every report; a portal's own."""
    rows = Purchase.objects.select_related("brand", "supplier", "workplace")
    if not request.GET.get("ended"):
        rows = rows.current()
    actions = []
    if people.may_report(request):
        actions = [
            (_("Report"), address(request, "report_purchase"), "primary"),
            (_("Send a file"), address(request, "send_purchases"), ""),
        ]
    actions.append((_("Files"), address(request, "purchase_files"), "quiet"))
    lede = _(
        "What brands bought and suppliers sold, as each side reports it. A correction is a new report; the old one stays on record."
    )
    return listed(PurchaseTable(request, rows), _("Purchases"), lede, actions)


@requires(Permission.MONEY_READ)
@require_GET
def purchase(request: HttpRequest, purchase_id: UUID) -> HttpResponse:
    """One report, and the reports it replaced or that replaced it."""
    rows = Purchase.objects.select_related("brand", "supplier", "workplace", "file")
    found = get_object_or_404(rows, pk=purchase_id)
    chain, earlier = [found], found
    while earlier.replaces_id:
        earlier = rows.get(pk=earlier.replaces_id)
        chain.append(earlier)
    later = found
    while (later := rows.filter(replaces=later).first()) is not None:
        chain.insert(0, later)
    context = {
        "purchase": found,
        "chain": chain,
        "may_change": found.ended_at is None and _may_change(request, found),
    }
    return render(request, "agreements/money/purchase.html", context)


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report one purchase or sale. Staff first say for whom."""
    if not people.may_report(request):
        raise Http404
    if people.own_part(request) is None and "owner" not in request.GET:
        return choose(request, "report_purchase", _("Report a purchase"))
    owner = people.reporter(request, request.GET.get("owner", ""))
    side = people.side_of(owner)
    form = bound(PurchaseForm, request, desk=operations.desk_of(side, owner.pk, at=timezone.now()))
    return _answered(
        request,
        form,
        lambda: operations.report(
            side=side, owner_id=owner.pk, values=form.values(), by=request.user, at=timezone.now()
        ),
        title=_("Report a purchase") if side == ReportSide.BRAND else _("Report a sale"),
        done=_("The report is on record. What follows from it is worked out now."),
        goes_to=address(request, "purchases"),
        lede=_("For %(name)s. One line for each product and period.") % {"name": owner.name},
    )


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, purchase_id: UUID) -> HttpResponse:
    """Replace a report by a new one."""
    found = _changeable(request, purchase_id)
    owner = found.brand if found.side == ReportSide.BRAND else found.supplier
    said = {
        "partner": str(found.supplier_id if found.side == ReportSide.BRAND else found.brand_id),
        "workplace": found.workplace.name if found.workplace else "",
        "product": found.product,
        "volume": format(found.volume.normalize(), "f"),
        "unit": found.unit,
        "starts_on": found.starts_on.isoformat(),
        "ends_on": found.ends_on.isoformat(),
        "value": format(found.value.normalize(), "f") if found.value else "",
        "currency": found.currency,
    }
    desk = operations.desk_of(ReportSide(found.side), owner.pk, at=timezone.now())
    form = bound(PurchaseForm, request, desk=desk, with_reason=True, initial=said)
    return _answered(
        request,
        form,
        lambda: operations.correct(
            purchase_id=found.pk,
            values=form.values(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        ),
        title=_("Correct a report"),
        done=_("The correction is on record; what it changes comes on the next invoice."),
        goes_to=address(request, "purchase", found.pk),
        lede=_("The report as it stands stays on record, marked as replaced."),
    )


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, purchase_id: UUID) -> HttpResponse:
    """Take a report back."""
    found = _changeable(request, purchase_id)
    page = address(request, "purchase", found.pk)
    return asked(
        request,
        bound(ReasonForm, request),
        lambda data: operations.withdraw(purchase_id=found.pk, by=request.user, at=timezone.now(), **data),
        title=_("Take the report back"),
        lede=_("It no longer counts, and stays on record."),
        done=_("The report no longer counts."),
        goes_to=page,
        back_url=page,
        button=_("Take it back"),
        tone="danger",
    )


def _answered(
    request: HttpRequest, form: Any, act: Callable[[], Any], *, done: str, goes_to: str, **context: Any
) -> HttpResponse:
    """The form; what the desk refuses stands at its field."""

    if form.is_bound and form.is_valid():
        try:
            act()
        except operations.CannotReport as error:
            for field, sentence in error.problems.items():
                form.add_error(field if field in form.fields else None, sentence)
        else:
            messages.success(request, done)
            return redirect(goes_to)
    page = {"form": form, "back_url": goes_to, **context}
    return render(request, "agreements/money/form.html", page, status=422 if form.is_bound else 200)


def choose(request: HttpRequest, page: str, title: str) -> HttpResponse:
    """Staff say whose report it is."""
    form = OwnerForm(request.GET if "choose" in request.GET else None)
    context = {"title": title, "form": form, "back_url": address(request, "purchases")}
    return render(request, "agreements/money/choose.html", context)


def _may_change(request: HttpRequest, row: Purchase) -> bool:
    own = people.own_part(request)
    if own is None:
        return people.may_keep(request)
    return people.may_report(request) and row.side == people.side_of(own)


def _changeable(request: HttpRequest, purchase_id: UUID) -> Purchase:
    found = get_object_or_404(
        Purchase.objects.select_related("brand", "supplier", "workplace"), pk=purchase_id
    )
    if not _may_change(request, found):
        raise Http404
    return found
