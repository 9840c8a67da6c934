"""Pages of handing over: what one person holds, what nobody holds, what was given; and who is away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import AUDIENCE_OF, Permission
from wsr.accounts.models import Membership, Person
from wsr.errors import DomainError
from wsr.handover import operations, queries
from wsr.handover.forms import AbsenceForm, WishesForm
from wsr.handover.models import Absence
from wsr.tenancy import Audience

MOST = 500
GIVE = "give"


@requires(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Everything that one person holds, and who gets it; first tried, then done."""
    rows = Membership.objects.active().select_related("person", "organization")
    membership = get_object_or_404(rows, pk=membership_id)
    now = timezone.now()
    found = queries.leaving(membership.person_id, request.program, at=now)
    piles = queries.piles_of(found, day=_today(request))
    context = {
        "membership": membership,
        "counted": queries.counted_of(found),
        "is_inside": membership.audience in (Audience.STAFF, Audience.AUDITOR),
        "here": reverse("handover:person", args=[request.program.slug, membership_id]),
    }
    return _hand_over(request, piles, context)


@requires(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "POST"])
def nobody(request: HttpRequest) -> HttpResponse:
    """What nobody holds any more, and who gets it."""
    piles = queries.held_by_nobody(request.program, at=timezone.now(), day=_today(request))
    return _hand_over(request, piles, {"here": reverse("handover:nobody", args=[request.program.slug])})


def _hand_over(request: HttpRequest, piles: list[queries.Pile], context: dict[str, Any]) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    forms = [WishesForm(data, pile=pile) for pile in piles]
    given: list[operations.Given] = []
    checked = [form.is_valid() for form in forms]  # every form, so that each shows what is wrong with it
    if data is not None and all(checked):
        wishes = [wish for form in forms for wish in form.wishes()]
        act = operations.hand_over if data.get("act") == GIVE else operations.tried
        given = act(wishes=wishes, by=request.user, at=timezone.now())
        if data.get("act") == GIVE and given:
            return _told(request, given, context["here"])
        if not given:
            messages.info(request, _("Choose who gets what first."))
    context |= {
        "forms": forms,
        "given": [one for one in given if not one.refusal],
        "refused": [one for one in given if one.refusal],
        "may_give": any(not one.refusal for one in given),
    }
    is_bad = data is not None and not given
    return render(request, "handover/hand_over.html", context, status=422 if is_bad else 200)


def _told(request: HttpRequest, given: list[operations.Given], here: str) -> HttpResponse:
    done = [one for one in given if not one.refusal]
    if done:
        text = ngettext(
            "%(n)s thing was handed over. The new holder is told.",
            "%(n)s things were handed over. The new holders are told.",
            len(done),
        )
        messages.success(request, text % {"n": len(done)})
    for one in given:
        if one.refusal:
            messages.error(request, f"{one.item.title}: {one.refusal}")
    return redirect(here)


@requires(Permission.PROGRAM_READ)
@require_GET
def given(request: HttpRequest) -> HttpResponse:
    """What the reader gave and got, newest first."""
    return render(request, "handover/given.html", {"rows": queries.given_and_got()[:MOST]})


@requires(Permission.PROGRAM_READ)
@require_http_methods(["GET", "POST"])
def away(request: HttpRequest) -> HttpResponseBase:
    """Who is or will be away; one's own absence, and for who changes members everybody's."""
    staff = _staff()
    may_all = Permission.MEMBER_CHANGE in request.permissions
    people = staff if may_all else [one for one in staff if one.pk == request.user.pk]
    data = request.POST if request.method == "POST" else None
    form = AbsenceForm(
        data,
        people=people,
        staff=staff,
        initial={"person": str(request.user.pk), "starts_on": _today(request)},
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            operations.be_away(
                person_id=UUID(said["person"]),
                starts_on=said["starts_on"],
                ends_on=said["ends_on"],
                stand_in_id=UUID(said["stand_in"]) if said["stand_in"] else None,
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The absence is entered; it ends by itself."))
            return redirect("handover:away", request.program.slug)
    context = {
        "form": form,
        "rows": queries.absences(day=_today(request)),
        "may_enter": bool(people),
        "may_all": may_all,
    }
    return render(request, "handover/away.html", context, status=422 if form.is_bound else 200)


@requires(Permission.PROGRAM_READ)
@require_POST
def back(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """Back sooner, or not away after all: she herself, or who changes members."""
    rows = Absence.objects.all()
    if Permission.MEMBER_CHANGE not in request.permissions:
        rows = rows.filter(person=request.user)
    absence = get_object_or_404(rows, pk=absence_id)
    try:
        operations.be_back(absence_id=absence.pk, today=_today(request), by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The absence is over."))
    return redirect("handover:away", request.program.slug)


def _staff() -> list[Person]:
    rows = Membership.objects.active().filter(person__is_active=True).select_related("person")
    people = {row.person_id: row.person for row in rows if AUDIENCE_OF[row.role] == Audience.STAFF}
    return sorted(people.values(), key=lambda one: (str(one).casefold(), str(one.pk)))


def _today(request: HttpRequest) -> Any:
    return queries.day_of(request.program, timezone.now())
