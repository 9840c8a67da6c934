"""Premium and invoices, and the program fee."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.clauses import BOUNDARIES
from agreements.enums import ClauseKind
from agreements.forms.money import FeeForm
from agreements.models import Clause
from agreements.models.money import Accrual, Invoice
from agreements.operations.money import invoices as operations
from agreements.operations.money import settling
from agreements.operations.money.payments import left_to_claim
from agreements.queries.money_terms import money_rules
from agreements.templatetags.money import plain
from agreements.views.money import people
from agreements.views.money.pages import address, asked, listed
from agreements.views.money.tables import AccrualTable, InvoiceTable
from programs import queries
from programs.enums import Part
from programs.models import Participation
from programs.views.answering import bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError


def _refuse_suppliers(request: HttpRequest) -> Participation | None:
    """Premium and invoices say what a brand bought, which is not the supplier's to read. Raises Http404; returns the brand of a portal."""
    own = people.own_part(request)
    if own is not None and own.part != Part.BRAND:
        raise Http404
    return own


def _invoices() -> QuerySet[Invoice]:
    return Invoice.objects.select_related("brand", "supplier", "file")


@requires(Permission.MONEY_READ)
@require_GET
def premium(request: HttpRequest) -> HttpResponseBase:
    """What was worked out, by brand, supplier and period."""
    _refuse_suppliers(request)
    rows = Accrual.objects.select_related("brand", "supplier")
    lede = _("What brands owe by what they report. After a correction the difference is a line of its own.")
    return listed(AccrualTable(request, rows), _("Premium"), lede)


@requires(Permission.MONEY_READ)
@require_GET
def invoices(request: HttpRequest) -> HttpResponseBase:
    """Every invoice; a brand's own."""
    _refuse_suppliers(request)
    actions = (
        [(_("Ask for a program fee"), address(request, "issue_fee"), "")] if people.may_keep(request) else []
    )
    return listed(
        InvoiceTable(request, _invoices()),
        _("Invoices"),
        _("What brands are asked to pay, and whether it came."),
        actions,
    )


@requires(Permission.MONEY_READ)
@require_GET
def invoice(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice: every line and why, and what was paid on it."""
    own = _refuse_suppliers(request)
    found = get_object_or_404(_invoices(), pk=invoice_id)
    left = left_to_claim(found)
    may_claim = left > 0 and (
        people.may_keep(request) or (own is not None and Permission.PURCHASE_REPORT in request.permissions)
    )
    lines = [
        {**line, "boundary_words": BOUNDARIES.get(line.get("boundary", ""), "")} for line in found.explained
    ]
    context = {
        "invoice": found,
        "lines": lines,
        "left": left,
        "payments": found.payments.order_by("-claimed_at", "-pk"),
        "may_claim": may_claim,
    }
    return render(request, "agreements/money/invoice.html", context)


@requires(Permission.MONEY_READ)
@require_GET
def invoice_pdf(request: HttpRequest, invoice_id: UUID) -> FileResponse:
    """The paper as it was issued."""
    _refuse_suppliers(request)
    found = get_object_or_404(_invoices(), pk=invoice_id)
    return FileResponse(
        found.file.path.open("rb"),
        as_attachment=True,
        filename=found.file.name,
        content_type="application/pdf",
    )


@requires(Permission.MONEY_CHANGE)
@require_POST
def issue(request: HttpRequest, brand_id: UUID, supplier_id: UUID, currency: str) -> HttpResponse:
    """Ask a brand for what was worked out and not asked for."""
    rules = money_rules(on=queries.today(timezone.now()))
    try:
        made = operations.issue(
            brand_id=brand_id,
            supplier_id=supplier_id,
            currency=currency,
            rules=rules,
            by=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("agreements:money", request.program.slug)
    except Participation.DoesNotExist as error:
        raise Http404 from error
    messages.success(
        request, _("Invoice %(number)s is issued and the brand is told.") % {"number": made.number}
    )
    return redirect("agreements:invoice", request.program.slug, made.pk)


@requires(Permission.MONEY_CHANGE)
@require_http_methods(["GET", "POST"])
def issue_fee(request: HttpRequest) -> HttpResponse:
    """Ask a brand for the program fee of a year."""

    def act(data: dict[str, Any]) -> Invoice:
        return operations.issue_fee(
            brand_id=UUID(data["brand"]),
            year=data["year"],
            volume=data["volume"],
            by=request.user,
            at=timezone.now(),
        )

    today = queries.today(timezone.now())
    rules = money_rules(on=today)
    clauses = (
        Clause.objects.in_force(on=today).of_kind(ClauseKind.PROGRAM_FEE).select_related("version__agreement")
    )
    tables = [
        {
            "name": f"{clause.version.agreement}, {clause.reference}",
            "currency": clause.parameters["currency"],
            "bands": _shown(clause.parameters["bands"]),
            "boundary": BOUNDARIES[clause.parameters["boundary"]],
        }
        for clause in clauses
    ]
    return asked(
        request,
        bound(FeeForm, request, initial={"year": today.year}),
        act,
        title=_("Ask for a program fee"),
        lede=_("The fee follows from the brand's yearly volume, by the bands of its agreement."),
        done=lambda made: _("Invoice %(number)s is issued and the brand is told.") % {"number": made.number},
        goes_to=lambda made: address(request, "invoice", made.pk),
        back_url=address(request, "invoices"),
        button=_("Issue the invoice"),
        fee_tables=tables,
        program_bands=_shown(rules.fee_bands or []),
        fee_boundary=BOUNDARIES.get(rules.fee_boundary or "", ""),
    )


@requires(Permission.MONEY_CHANGE)
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Work out premium and compare figures now, without waiting."""
    done = settling.settle(by=request.user, at=timezone.now())
    words = {"accruals": done["accruals"], "differences": done["differences"]}
    messages.success(
        request,
        _("Everything is worked out. New lines of premium: %(accruals)s. New differences: %(differences)s.")
        % words,
    )
    return redirect("agreements:money", request.program.slug)


def _shown(bands: list[dict[str, str | None]]) -> list[tuple[str, str, str]]:
    """From, to and fee of each band in the reader's figures."""
    found = []
    for band in bands:
        start, end = band.get("from", band.get("volume_from")), band.get("to", band.get("volume_to"))
        found.append((plain(start or Decimal(0)), plain(end), plain(band["fee"])))
    return found
