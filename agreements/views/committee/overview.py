"""The committee's own page: who sits on it, what comes next, what waits; and its seats."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.enums import SeatSide
from agreements.forms import committee as forms
from agreements.models import Dispute, Resolution, Seat
from agreements.operations import disputes as deciding
from agreements.operations.committee import seats, voting
from agreements.queries import committee as queries
from agreements.queries import disputes
from agreements.views.committee.common import BOTH, crumbs, form_page, may_prepare, own_seat, to
from programs.queries import rule_value
from programs.views.education import in_program_time
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import bound

SIZE = 50


@requires(Permission.COMMITTEE_SIT)
@in_program_time
@require_GET
def committee(request: HttpRequest) -> HttpResponse:
    """Members, the next meeting, what waits, and the meetings so far."""
    at = timezone.now()
    on, seat, prepares = queries.today(at), own_seat(request), may_prepare(request)
    rows = (
        queries.sittings(may_prepare=prepares)
        if seat or prepares
        else queries.sittings(may_prepare=False).none()
    )
    if not prepares:
        rows = rows.filter(attendances__seat=seat)
    judges = Permission.DISPUTE_DECIDE in request.permissions
    context = {
        "seat": seat,
        "benches": queries.benches(on=on),
        "next": rows.filter(state__in=["planned", "called"]).order_by("starts_at", "pk").first(),
        "sittings": rows.exclude(state="planned")[:SIZE] if not prepares else rows[:SIZE],
        "petitions": _petitions(request) if judges else [],
        "resolutions": queries.open_resolutions()[:SIZE],
        "to_approve": queries.to_approve(seat) if seat else [],
        "may_prepare": prepares,
        "governance": rule_value("program.governance", on=on) if queries.is_staff() else "",
    }
    return render(request, "agreements/committee/committee.html", context)


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def appoint(request: HttpRequest) -> HttpResponse:
    """Give somebody a seat."""
    at = timezone.now()

    def act(data: dict[str, Any]) -> Seat:
        return seats.appoint(**(data | {"side": SeatSide(data["side"])}), by=request.user, at=at)

    return form_page(
        request,
        bound(forms.SeatForm, request, today=queries.today(at)),
        act,
        title=_("Appoint a member"),
        done=lambda made: _("%(name)s sits on the committee.") % {"name": made.name},
        back=to(request, "committee"),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def set_term(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """End a term, or lengthen it."""
    found = get_object_or_404(Seat, pk=seat_id)
    return form_page(
        request,
        bound(forms.TermForm, request, initial={"ends_on": found.ends_on}),
        lambda data: seats.set_term(seat_id=seat_id, by=request.user, at=timezone.now(), **data),
        title=_("Term of %(name)s") % {"name": found.name},
        done=_("The term is set."),
        back=to(request, "committee"),
        action=_("Save"),
    )


@requires(Permission.DISPUTE_DECIDE)
@in_program_time
@require_GET
def petition(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """One petition as it is before the committee: what is asked, the facts, the clause, the votes. Not for who has an interest in it."""
    dispute = get_object_or_404(Dispute.objects.select_related("breach__participation"), pk=dispute_id)
    breach = get_object_or_404(disputes.breaches(), pk=dispute.breach_id)
    if is_barred(request, dispute):
        raise Http404("Has an interest in it.")
    seat, at = own_seat(request), timezone.now()
    waits = dispute.may_become("decided")
    has_voted = dispute.votes.filter(person=request.user).exists() or (
        seat is not None and dispute.votes.filter(seat=seat).exists()
    )
    context = {
        "dispute": dispute,
        "breach": breach,
        "votes": dispute.votes.select_related("seat", "person"),
        "clocks": disputes.clocks_of(breach, dispute),
        "items": dispute.items.select_related("sitting").order_by("-sitting__starts_at"),
        "crumbs": crumbs(request, (breach.number, "")),
        "may_vote": waits
        and not has_voted
        and (seat.has_vote if seat else not queries.is_composed(on=queries.today(at))),
        "may_decide": waits,
        "may_read_breach": Permission.DISPUTE_READ in request.permissions,
    }
    return render(request, "agreements/committee/petition.html", context)


@requires(Permission.COMMITTEE_SIT)
@require_GET
def resolution(request: HttpRequest, resolution_id: UUID) -> HttpResponse:
    """One decision, for members and for the participant that must act on it."""
    found = get_object_or_404(Resolution.objects.all(), pk=resolution_id)
    obligation = queries.obligation_of(found)
    context = {
        "resolution": found,
        "obligation": obligation if Permission.OBLIGATION_READ in request.permissions else None,
        "tally": queries.tally_lines(found.votes),
        "may_finish": found.is_open
        and obligation is None
        and Permission.COMMITTEE_CHANGE in request.permissions,
        "crumbs": crumbs(request, (found.number, "")),
    }
    return render(request, "agreements/committee/resolution.html", context)


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def carry_out(request: HttpRequest, resolution_id: UUID) -> HttpResponse:
    """What was decided is done."""
    found = get_object_or_404(Resolution.objects.all(), pk=resolution_id)
    return form_page(
        request,
        bound(forms.DoneForm, request),
        lambda data: voting.carry_out(
            resolution_id=resolution_id, by=request.user, at=timezone.now(), **data
        ),
        title=_("Carried out: %(number)s") % {"number": found.number},
        done=_("On record as carried out."),
        back=to(request, "resolution", resolution_id),
        action=_("Save"),
        text=found.text,
    )


def is_barred(request: HttpRequest, dispute: Dispute) -> bool:
    """Whether the reader sits for a party of it, or has declared an interest."""
    return deciding.is_barred(dispute, request.user)


def _petitions(request: HttpRequest) -> list[queries.Waiting]:
    return [one for one in queries.petitions() if not is_barred(request, one.dispute)]
