"""Recording from whom a brand buys."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from programs import queries
from programs.forms import EndForm, SourcingForm
from programs.models import Participation, Sourcing
from programs.operations import sourcing as operations
from programs.views.answering import answer
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError


@requires(Permission.SOURCING_CHANGE)
@require_http_methods(["GET", "POST"])
def add_sourcing(request: HttpRequest, participation_id: UUID) -> HttpResponse:
    """Look for suppliers and workplaces, choose several, record them. Looking keeps what is chosen."""
    brand = get_object_or_404(Participation.objects.brands(), pk=participation_id)
    is_looking = request.method == "GET" or "look" in request.POST
    if request.method == "POST":
        form = SourcingForm(request.POST)
    else:
        form = SourcingForm(
            initial={"started_on": queries.today(timezone.now()), "q": request.GET.get("q", "")}
        )
    if not is_looking and form.is_valid() and (made := _record(request, form, brand)) is not None:
        messages.success(request, made)
        return redirect("programs:brand", request.program.slug, brand.pk)
    typed = form.data.get("q", "") if form.is_bound else form.initial["q"]
    chosen = (
        queries.Chosen.of(form.data.getlist("suppliers"), form.data.getlist("workplaces"))
        if form.is_bound
        else None
    )
    context = {"brand": brand, "form": form, "found": queries.to_source_from(typed, chosen), "typed": typed}
    return render(request, "programs/add_sourcing.html", context, status=200 if is_looking else 422)


@requires(Permission.SOURCING_CHANGE)
@require_http_methods(["GET", "POST"])
def end_sourcing(request: HttpRequest, sourcing_id: UUID) -> HttpResponse:
    """Record that a brand no longer buys there."""
    row = get_object_or_404(Sourcing.objects.select_related("brand", "supplier", "workplace"), pk=sourcing_id)
    back_url = reverse("programs:brand", args=[request.program.slug, row.brand_id])
    form = EndForm(
        request.POST if request.method == "POST" else None,
        initial={"ended_on": queries.today(timezone.now())},
    )
    names = {"brand": row.brand.name, "place": (row.workplace or row.supplier).name}
    return answer(
        request,
        form,
        lambda data: operations.end(sourcing_id=sourcing_id, by=request.user, at=timezone.now(), **data),
        done=_("%(brand)s no longer buys from %(place)s.") % names,
        goes_to=lambda made: back_url,
        title=_("%(brand)s no longer buys from %(place)s") % names,
        back_url=back_url,
    )


def _record(request: HttpRequest, form: SourcingForm, brand: Participation) -> str | None:
    """What to say once it is on record; None when the form now carries the reason why not."""
    data = form.cleaned_data
    try:
        made = operations.start(
            brand_id=brand.pk,
            supplier_ids=[UUID(key) for key in data["suppliers"]],
            workplace_ids=[UUID(key) for key in data["workplaces"]],
            started_on=data["started_on"],
            tier=data["tier"],
            by=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    except Participation.DoesNotExist as error:
        raise Http404 from error
    if not made:
        return _("All of these were on record already.")
    return ngettext("%(count)s place is on record.", "%(count)s places are on record.", len(made)) % {
        "count": len(made)
    }
