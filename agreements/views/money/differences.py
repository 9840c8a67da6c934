"""Differences as work, and other financial support."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.forms.money import ExplainForm, ReasonForm, SupportRecordForm
from agreements.models.money import Difference, Support
from agreements.money.enums import DifferenceKind, DifferenceState, ReportSide
from agreements.operations.money import differences as operations
from agreements.operations.money import support as supporting
from agreements.templatetags.money import money
from agreements.views.money import people
from agreements.views.money.pages import address, asked, listed
from agreements.views.money.tables import DifferenceTable, SupportTable
from programs import queries
from programs.views.answering import bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission

# What the two figures of a difference are, by its kind and side.
FIGURES = {
    (DifferenceKind.VOLUME, ReportSide.BRAND): gettext_lazy("Bought, says the brand"),
    (DifferenceKind.VOLUME, ReportSide.SUPPLIER): gettext_lazy("Sold, says the supplier"),
    (DifferenceKind.NO_RATE, ReportSide.BRAND): gettext_lazy("Bought"),
    (DifferenceKind.RECEIVED, ReportSide.BRAND): gettext_lazy("Paid, says the brand"),
    (DifferenceKind.RECEIVED, ReportSide.SUPPLIER): gettext_lazy("Received"),
    (DifferenceKind.PASSED_ON, ReportSide.BRAND): gettext_lazy("Received for workers"),
    (DifferenceKind.PASSED_ON, ReportSide.SUPPLIER): gettext_lazy("Paid to workers, says the payroll"),
}


@requires(Permission.MONEY_READ)
@require_GET
def differences(request: HttpRequest) -> HttpResponseBase:
    """Every difference; a portal's own."""
    rows = Difference.objects.select_related("brand", "supplier")
    lede = _("Figures that should agree and do not. Each is explained by one person and decided by another.")
    return listed(DifferenceTable(request, rows), _("Differences"), lede)


@requires(Permission.MONEY_READ)
@require_GET
def difference(request: HttpRequest, difference_id: UUID) -> HttpResponse:
    """One difference: the figures this reader may see, what was said, what can be done."""
    found = get_object_or_404(Difference.objects.select_related("brand", "supplier"), pk=difference_id)
    own = people.own_part(request)
    figures: dict[str, Decimal] = {one.side: one.figure for one in found.figures.all()}
    kind = DifferenceKind(found.kind)
    shown = [
        (FIGURES[kind, ReportSide(side)], figures[side]) for side in ("brand", "supplier") if side in figures
    ]
    gap = abs(figures["brand"] - figures["supplier"]) if len(figures) == 2 else None
    context = {
        "difference": found,
        "figures": shown,
        "gap": gap,
        "is_money": kind in (DifferenceKind.RECEIVED, DifferenceKind.PASSED_ON),
        "hides_other": own is not None and len(figures) == 1 and found.brand_id and found.supplier_id,
        "notes": found.notes.select_related("participation"),
        "may_explain": found.is_open and people.may_report(request),
        "may_decide": found.state == DifferenceState.EXPLAINED
        and people.may_keep(request)
        and found.explained_by_id != request.user.pk,
        "may_disclose": people.may_keep(request) and found.is_open and found.brand_id and found.supplier_id,
        "needs_other": found.state == DifferenceState.EXPLAINED and found.explained_by_id == request.user.pk,
    }
    return render(request, "agreements/money/difference.html", context)


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, difference_id: UUID) -> HttpResponse:
    """Say why the figures differ."""
    found = get_object_or_404(Difference, pk=difference_id)
    if not people.may_report(request):
        raise Http404
    own = people.own_part(request)
    page = address(request, "difference", found.pk)
    return asked(
        request,
        bound(ExplainForm, request),
        lambda data: operations.explain(
            difference_id=found.pk,
            participation_id=own.pk if own else None,
            by=request.user,
            at=timezone.now(),
            **data,
        ),
        title=_("Explain the difference"),
        lede=_(
            "The program reads it; the other side does not. Where a report was wrong, correct the report instead."
        ),
        done=_("The explanation is on record; somebody in the program decides on it."),
        goes_to=page,
        back_url=page,
    )


@requires(Permission.MONEY_CHANGE)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, difference_id: UUID, what: str) -> HttpResponse:
    """Settle a difference, write it off, or send the explanation back."""
    acts = {
        "settle": (operations.settle, _("Settle the difference"), _("The difference is settled."), "primary"),
        "write-off": (
            operations.write_off,
            _("Write the difference off"),
            _("The difference is written off."),
            "danger",
        ),
        "send-back": (
            operations.send_back,
            _("Send the explanation back"),
            _("The difference is open again."),
            "",
        ),
    }
    found = get_object_or_404(Difference, pk=difference_id)
    if what not in acts:
        raise Http404
    act, title, done, tone = acts[what]
    page = address(request, "difference", found.pk)
    return asked(
        request,
        bound(ReasonForm, request),
        lambda data: act(difference_id=found.pk, by=request.user, at=timezone.now(), **data),
        title=title,
        lede=_("The reason stays on record."),
        done=done,
        goes_to=page,
        back_url=page,
        button=title,
        tone=tone,
    )


@requires(Permission.MONEY_CHANGE)
@require_POST
def disclose(request: HttpRequest, difference_id: UUID) -> HttpResponse:
    """Show each side the other's figure."""
    found = get_object_or_404(Difference, pk=difference_id)
    if not (found.brand_id and found.supplier_id):
        raise Http404
    operations.disclose(difference_id=found.pk, by=request.user, at=timezone.now())
    return redirect("agreements:difference", request.program.slug, found.pk)


# ── Other support ────────────────────────────────────────────────────────────────────────────────


@requires(Permission.MONEY_READ)
@require_GET
def supports(request: HttpRequest) -> HttpResponseBase:
    """Every record of support; a portal's own."""
    rows = Support.objects.select_related("brand", "supplier").annotate(confirmed=Count("confirmations"))
    actions = (
        [(_("Record support"), address(request, "record_support"), "primary")]
        if people.may_report(request)
        else []
    )
    lede = _(
        "Loans, prepayments, better prices, commitments to orders. Private to the two sides and the program, until both agree otherwise."
    )
    return listed(SupportTable(request, rows), _("Other financial support"), lede, actions)


@requires(Permission.MONEY_READ)
@require_GET
def support(request: HttpRequest, support_id: UUID) -> HttpResponse:
    """One record of support."""
    found = get_object_or_404(Support.objects.select_related("brand", "supplier"), pk=support_id)
    own = people.own_part(request)
    confirmations = list(found.confirmations.select_related("participation").order_by("confirmed_at"))
    facts = [
        (_("Brand"), found.brand.name),
        (_("Supplier"), found.supplier.name),
        (_("Amount"), money(found.amount, found.currency)),
        (_("From"), found.starts_on),
        (_("Until"), found.ends_on or _("No end agreed")),
        (_("Terms"), found.terms),
    ]
    may_confirm = (
        own is not None
        and people.may_report(request)
        and own.pk not in {one.participation_id for one in confirmations}
    )
    context = {"support": found, "facts": facts, "confirmations": confirmations, "may_confirm": may_confirm}
    return render(request, "agreements/money/support.html", context)


@requires(Permission.MONEY_READ)
@require_http_methods(["GET", "POST"])
def record_support(request: HttpRequest) -> HttpResponse:
    """Record support that one side gives or gets."""
    if not people.may_report(request):
        raise Http404
    own = people.own_part(request)

    def act(data: dict[str, object]) -> Support:
        sides = {f"{side}_id": UUID(str(data.pop(side))) for side in ("brand", "supplier") if side in data}
        if own is not None:
            sides[f"{own.part}_id"] = own.pk
        return supporting.start(
            for_id=own.pk if own else None, by=request.user, at=timezone.now(), **sides, **data
        )

    return asked(
        request,
        bound(SupportRecordForm, request, own=own, initial={"starts_on": queries.today(timezone.now())}),
        act,
        title=_("Record support"),
        lede=_("It holds once both sides have confirmed it."),
        done=_("The support is on record and waits for the other side."),
        goes_to=lambda made: address(request, "support", made.pk),
        back_url=address(request, "supports"),
    )


@requires(Permission.MONEY_READ)
@require_POST
def confirm_support(request: HttpRequest, support_id: UUID) -> HttpResponse:
    """One side says that the record is true."""
    own = people.own_part(request)
    found = get_object_or_404(Support, pk=support_id)
    if own is None or not people.may_report(request):
        raise Http404
    try:
        supporting.confirm(support_id=found.pk, participation_id=own.pk, by=request.user, at=timezone.now())
    except supporting.CannotSupport as error:
        messages.error(request, str(error))
    return redirect("agreements:support", request.program.slug, found.pk)
