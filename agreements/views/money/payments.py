"""Payments, escrow, and what payrolls passed on."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.forms.money import ClaimForm, EmptyForm, NoteForm, PayrollForm, ReleaseForm
from agreements.models.money import EscrowAccount, EscrowEntry, Invoice, Payment, PayrollReport
from agreements.money.enums import InvoiceKind, PaymentState, PaymentWay
from agreements.operations.money import escrow, payments, payroll
from agreements.templatetags.money import money
from agreements.views.money import people
from agreements.views.money.pages import address, asked, listed
from agreements.views.money.tables import EscrowTable, PaymentTable, PayrollTable
from programs import queries
from programs.models import Participation
from programs.views.answering import bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.files.forms import bound_with_files
from wsr.files.serving import as_download


@requires(Permission.MONEY_READ)
@require_GET
def payments_list(request: HttpRequest) -> HttpResponseBase:
    """Every payment; a portal's own."""
    rows = Payment.objects.select_related("brand", "supplier")
    lede = _("What brands say they paid, and whether it came. A payment counts once it is received.")
    return listed(PaymentTable(request, rows), _("Payments"), lede)


@requires(Permission.MONEY_READ)
@require_GET
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One payment."""
    found = get_object_or_404(Payment.objects.select_related("brand", "supplier"), pk=payment_id)
    facts = [
        (_("Brand"), found.brand.name),
        (_("Supplier"), found.supplier.name if found.supplier else _("To the program")),
        (_("Paid on"), found.paid_on),
        (_("Way"), found.get_way_display()),
        (_("Reference"), found.reference),
        (_("For workers"), money(found.workers_part, found.currency)),
        (_("Supplier may keep"), money(found.supplier_part, found.currency)),
    ]
    if found.answered_at:
        facts += [(_("Answered"), found.answered_at), (_("Note"), found.answer_note or _("None"))]
    context = {"payment": found, "facts": facts, "may_answer": _may_answer(request, found)}
    return render(request, "agreements/money/payment.html", context)


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """Record a payment on an invoice."""
    own = people.own_part(request)
    if own is not None and own.part != "brand":
        raise Http404
    found = get_object_or_404(Invoice, pk=invoice_id)
    if own is None and not people.may_keep(request):
        raise Http404
    if own is not None and Permission.PURCHASE_REPORT not in request.permissions:
        raise Http404
    page = address(request, "invoice", found.pk)
    first = {"amount": payments.left_to_claim(found).normalize(), "paid_on": queries.today(timezone.now())}
    return asked(
        request,
        bound(ClaimForm, request, is_fee=found.kind == InvoiceKind.FEE, initial=first),
        lambda data: payments.claim(invoice_id=found.pk, by=request.user, at=timezone.now(), **data),
        title=_("Record a payment on invoice %(number)s") % {"number": found.number},
        lede=_("It counts once whoever should have it confirms it."),
        done=_("The payment is on record and waits to be confirmed."),
        goes_to=page,
        back_url=page,
    )


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def answer_payment(request: HttpRequest, payment_id: UUID, what: str) -> HttpResponse:
    """Say that the money came, or that it did not."""
    found = get_object_or_404(Payment, pk=payment_id)
    if what not in ("received", "missing") or not _may_confirm(request, found):
        raise Http404
    page = address(request, "payment", found.pk)
    amount = money(found.amount, found.currency)
    if what == "received":
        return asked(
            request,
            bound(EmptyForm, request),
            lambda data: payments.confirm(payment_id=found.pk, by=request.user, at=timezone.now()),
            title=_("%(amount)s came") % {"amount": amount},
            lede=_("From now on the workers' share must be passed on. This cannot be taken back."),
            done=_("The payment is received."),
            goes_to=page,
            back_url=page,
            button=_("It was received"),
        )
    return asked(
        request,
        bound(NoteForm, request),
        lambda data: payments.deny(payment_id=found.pk, by=request.user, at=timezone.now(), **data),
        title=_("%(amount)s did not come") % {"amount": amount},
        lede=_("The brand is asked again, and the difference becomes work for the program."),
        done=_("On record: the payment did not come."),
        goes_to=page,
        back_url=page,
        button=_("It was not received"),
        tone="danger",
    )


@requires(Permission.MONEY_READ)
@require_GET
def escrow_list(request: HttpRequest) -> HttpResponseBase:
    """Balances, and what went in and out."""
    own = people.own_part(request)
    if own is not None and own.part == "brand":
        raise Http404
    accounts = EscrowAccount.objects.select_related("supplier").order_by("supplier__name", "currency")
    entries = EscrowEntry.objects.select_related("supplier")
    context = {
        "title": _("Escrow"),
        "lede": _("Premium that waits for a supplier's workers. A balance is never below zero."),
        "accounts": accounts,
        "may_keep": people.may_keep(request),
    }
    return EscrowTable(request, entries).response("agreements/money/escrow.html", context)


@requires(Permission.MONEY_CHANGE)
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Pay out of escrow."""
    found = get_object_or_404(EscrowAccount.objects.select_related("supplier"), pk=account_id)
    page = address(request, "escrow")
    return asked(
        request,
        bound(ReleaseForm, request, initial={"on": queries.today(timezone.now())}),
        lambda data: escrow.release(account_id=found.pk, by=request.user, at=timezone.now(), **data),
        title=_("Pay out of escrow to %(name)s") % {"name": found.supplier.name},
        lede=_("In escrow: %(balance)s.") % {"balance": money(found.balance, found.currency)},
        done=_("It is paid out; the supplier must pass on the workers' share."),
        goes_to=page,
        back_url=page,
        button=_("Pay out"),
    )


@requires(Permission.MONEY_READ)
@require_GET
def payroll_list(request: HttpRequest) -> HttpResponseBase:
    """What payrolls passed on; a supplier's own."""
    own = people.own_part(request)
    if own is not None and own.part == "brand":
        raise Http404
    rows = PayrollReport.objects.select_related("supplier")
    actions = (
        [(_("Report a payroll"), address(request, "report_payroll"), "primary")]
        if people.may_report(request)
        else []
    )
    lede = _(
        "What reached workers, in totals of each payroll period. No worker is named and no single wage is kept."
    )
    return listed(PayrollTable(request, rows), _("Passed on to workers"), lede, actions)


@requires(Permission.MONEY_READ)
@require_GET
def payroll_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One payroll report."""
    found = _payroll(request, report_id)
    facts = [
        (_("Supplier"), found.supplier.name),
        (_("Paid out on"), found.paid_on),
        (_("Workers paid"), found.worker_count),
        (_("Premium paid to workers"), money(found.total_paid, found.currency)),
        (_("Kept for taxes and administration"), money(found.share_kept, found.currency)),
        (_("Reported"), found.reported_at),
    ]
    context = {
        "report": found,
        "facts": facts,
        "may_change": people.may_report(request) and found.ended_at is None,
    }
    return render(request, "agreements/money/payroll.html", context)


@requires(Permission.MONEY_READ)
@require_GET
def payroll_proof(request: HttpRequest, report_id: UUID) -> FileResponse:
    """The table that proves it."""
    found = _payroll(request, report_id)
    if found.proof is None:
        raise Http404
    return as_download(found.proof)


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def report_payroll(request: HttpRequest, report_id: UUID | None = None) -> HttpResponse:
    """Report what a payroll passed on, or correct a report."""
    own = people.own_part(request)
    if not people.may_report(request) or (own is not None and own.part == "brand"):
        raise Http404
    old = _payroll(request, report_id) if report_id else None
    names = ("starts_on", "ends_on", "paid_on", "worker_count", "currency", "total_paid", "share_kept")
    said: dict[str, Any] = {name: getattr(old, name) for name in names} if old else {}
    supplier = own or (old.supplier if old else None)
    form = bound_with_files(
        PayrollForm, request, "file", own=supplier, is_correction=old is not None, initial=said
    )
    return asked(
        request,
        form,
        lambda data: _reported(request, data, supplier, old),
        title=_("Correct a payroll report") if old else _("Report a payroll"),
        lede=_("Totals only: how many workers were paid, and how much premium in all."),
        done=_("The report is on record and compared with what was received."),
        goes_to=address(request, "payroll"),
        back_url=address(request, "payroll"),
    )


def _reported(
    request: HttpRequest, data: dict[str, Any], supplier: Participation | None, old: PayrollReport | None
) -> PayrollReport:
    at = timezone.now()
    file = data.pop("file", None)
    supplier_id = supplier.pk if supplier else UUID(data["supplier"])
    data.pop("supplier", None)
    proof = old.proof if old else None
    if file:
        proof = payroll.keep_proof(
            chunks=file.chunks(),
            name=file.name,
            supplier_id=supplier_id,
            by=request.user,
            at=at,
        )
    return payroll.report(
        supplier_id=supplier_id,
        proof=proof,
        replaces_id=old.pk if old else None,
        by=request.user,
        at=at,
        **data,
    )


def _payroll(request: HttpRequest, report_id: UUID) -> PayrollReport:
    own = people.own_part(request)
    if own is not None and own.part == "brand":
        raise Http404
    return get_object_or_404(PayrollReport.objects.select_related("supplier", "proof"), pk=report_id)


def _may_confirm(request: HttpRequest, found: Payment) -> bool:
    own = people.own_part(request)
    if own is None:
        return people.may_keep(request)
    for_supplier = found.way in (PaymentWay.DIRECT, PaymentWay.SUPPLY_CHAIN) and found.supplier_id == own.pk
    return for_supplier and Permission.SALE_REPORT in request.permissions


def _may_answer(request: HttpRequest, found: Payment) -> bool:
    return found.state == PaymentState.CLAIMED and _may_confirm(request, found)
