"""Meetings of the committee: prepare, call, hold, read the pack."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.documents import committee as documents
from agreements.enums import MinutesState, SittingState
from agreements.forms import committee as forms
from agreements.forms.proofs import kept
from agreements.models import AgendaItem, AgendaPaper, Sitting
from agreements.operations.committee import agenda, sittings
from agreements.queries import committee as queries
from agreements.views.committee.common import (
    BOTH,
    crumbs,
    form_page,
    item_of,
    may_prepare,
    own_seat,
    sitting_of,
    to,
)
from programs.views.education import in_program_time
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.forms import bound_with_files
from wsr.files.serving import as_download
from wsr.ui.answering import bound


@requires(Permission.COMMITTEE_SIT)
@in_program_time
@require_GET
def sitting(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """One meeting: agenda, who was called, minutes, and what comes next."""
    found = sitting_of(request, sitting_id)
    seat, items = own_seat(request), queries.items_of(found)
    minutes = queries.minutes_of(found)
    quorum = queries.kept_quorum(found)
    mine = found.attendances.filter(seat=seat).first() if seat else None
    context = {
        "sitting": found,
        "items": items,
        "left_out": queries.left_out(items),
        "attendances": queries.invited(found) if queries.is_staff() else [],
        "quorum": quorum.lines if quorum else [],
        "has_no_quorum": quorum is not None and quorum.is_met is False,
        "minutes": minutes,
        "approvals": queries.approvals_of(minutes) if minutes else [],
        "publicity": queries.publicity(minutes, on=queries.today(timezone.now())) if minutes else None,
        "mine": mine,
        "crumbs": crumbs(request, (found.number, "")),
        "may": _may(request, found, minutes, mine),
    }
    return render(request, "agreements/committee/sitting.html", context)


@requires(Permission.COMMITTEE_CHANGE)
@in_program_time
@require_http_methods(BOTH)
def plan(request: HttpRequest) -> HttpResponse:
    """Prepare a meeting."""
    form = bound(forms.SittingForm, request, zone=ZoneInfo(request.program.time_zone))
    made: list[Sitting] = []

    def act(data: dict[str, Any]) -> Sitting:
        made.append(sittings.plan(by=request.user, at=timezone.now(), **data))
        return made[0]

    answered = form_page(
        request,
        form,
        act,
        title=_("Prepare a meeting"),
        done=_("The agenda is made from the records. Add what else belongs on it, then call the members."),
        back=to(request, "committee"),
    )
    return redirect("agreements:sitting", request.program.slug, made[0].pk) if made else answered


@requires(Permission.COMMITTEE_CHANGE)
@in_program_time
@require_http_methods(BOTH)
def change(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Another time or place."""
    found = sitting_of(request, sitting_id)
    begins = timezone.localtime(found.starts_at)
    initial = {"day": begins.date(), "hour": begins.time(), "place": found.place, "note": found.note}
    form = bound(forms.SittingForm, request, zone=ZoneInfo(request.program.time_zone), initial=initial)
    return form_page(
        request,
        form,
        lambda data: sittings.change(sitting_id=sitting_id, by=request.user, at=timezone.now(), **data),
        title=_("Change %(number)s") % {"number": found.number},
        done=_("Changed. Members who were called are told."),
        back=to(request, "sitting", sitting_id),
        action=_("Save"),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_POST
def collect(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Bring the agenda up to date with the records."""
    return _act(
        request,
        sitting_id,
        lambda: agenda.collect(sitting_id=sitting_id, by=request.user, at=timezone.now()),
        _("The agenda is up to date with the records."),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_POST
def call(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Call the members."""
    return _act(
        request,
        sitting_id,
        lambda: sittings.call(sitting_id=sitting_id, by=request.user, at=timezone.now()),
        _("The members are called. They read the agenda and the pack from now on."),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_POST
def close(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Leave what is open for another meeting."""
    return _act(
        request,
        sitting_id,
        lambda: sittings.close(sitting_id=sitting_id, by=request.user, at=timezone.now()),
        _("What was open is left for another meeting."),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def cancel(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """It does not take place."""
    found = sitting_of(request, sitting_id)
    return form_page(
        request,
        bound(forms.CancelForm, request),
        lambda data: sittings.cancel(sitting_id=sitting_id, by=request.user, at=timezone.now(), **data),
        title=_("Cancel %(number)s") % {"number": found.number},
        done=_("Cancelled. Members who were called are told."),
        back=to(request, "sitting", sitting_id),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def hold(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Who is there."""
    found = sitting_of(request, sitting_id)
    called = queries.invited(found)
    coming = [str(row.seat_id) for row in called if row.comes]

    def act(data: dict[str, Any]) -> Sitting:
        present = {UUID(key) for key in data["present"]}
        return sittings.hold(
            sitting_id=sitting_id,
            present=present,
            opening=data["opening"],
            by=request.user,
            at=timezone.now(),
        )

    return form_page(
        request,
        bound(forms.HoldForm, request, called=called, initial={"present": coming}),
        act,
        title=_("Who is there"),
        done=_("On record. Go through the agenda; the minutes are drafted from it."),
        back=to(request, "sitting", sitting_id),
        action=_("Begin the meeting"),
    )


@requires(Permission.COMMITTEE_SIT)
@require_POST
def answer_call(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """A member says whether she comes."""
    sitting_of(request, sitting_id)
    comes = request.POST.get("comes") == "yes"
    return _act(
        request,
        sitting_id,
        lambda: sittings.answer_call(sitting_id=sitting_id, comes=comes, by=request.user, at=timezone.now()),
        _("Thank you. You are expected.")
        if comes
        else _("Noted. Your alternate, where you have one, can come."),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def add_item(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Put an item of one's own on the agenda."""
    sitting_of(request, sitting_id)
    form = bound_with_files(forms.ItemForm, request, "files")

    def act(data: dict[str, Any]) -> AgendaItem:
        at = timezone.now()
        papers = kept(data.pop("files"), by=request.user, at=at)
        return agenda.add(sitting_id=sitting_id, papers=papers, by=request.user, at=at, **data)

    return form_page(
        request,
        form,
        act,
        title=_("Add an item"),
        done=_("It is on the agenda."),
        back=to(request, "sitting", sitting_id),
    )


@requires(Permission.COMMITTEE_SIT)
@require_GET
def pack(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """The meeting pack of this reader as PDF."""
    found = sitting_of(request, sitting_id)
    content = documents.pack(found, queries.items_of(found), reader=own_seat(request), at=timezone.now())
    return _pdf(content, f"committee-{found.number}-pack.pdf")


@requires(Permission.COMMITTEE_SIT)
@require_GET
def minutes_file(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """The minutes as this reader may see them, as PDF."""
    found = sitting_of(request, sitting_id)
    minutes = get_object_or_404(found.minutes.all())
    if minutes.state == MinutesState.DRAFT and not may_prepare(request):
        return redirect("agreements:sitting", request.program.slug, sitting_id)
    content = documents.minutes(minutes, queries.items_of(found), reader=own_seat(request), at=timezone.now())
    return _pdf(content, f"committee-{found.number}-minutes.pdf")


@requires(Permission.COMMITTEE_SIT)
@require_GET
def paper(request: HttpRequest, item_id: UUID, file_id: UUID) -> FileResponse:
    """A paper of an item."""
    item_of(request, item_id)
    row = get_object_or_404(AgendaPaper.objects.select_related("file"), item_id=item_id, file_id=file_id)
    return as_download(row.file)


def _act(request: HttpRequest, sitting_id: UUID, act: Any, done: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("agreements:sitting", request.program.slug, sitting_id)


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _may(request: HttpRequest, found: Sitting, minutes: Any, mine: Any) -> dict[str, bool]:
    """What this person can do now."""
    prepares = may_prepare(request)
    coming = found.state in (SittingState.PLANNED, SittingState.CALLED)
    open_items = found.state == SittingState.HELD and any(
        state == "open" for state in found.items.values_list("state", flat=True)
    )
    state = minutes.state if minutes else ""
    return {
        "prepare": prepares,
        "change": prepares and coming,
        "call": prepares and found.state == SittingState.PLANNED,
        "hold": prepares and found.state == SittingState.CALLED and found.starts_at <= timezone.now(),
        "add": prepares and found.state != SittingState.CANCELLED and state in ("", MinutesState.DRAFT),
        "close": prepares and open_items,
        "answer": mine is not None and found.state == SittingState.CALLED,
        "circulate": prepares and state == MinutesState.DRAFT and not open_items,
        "enter": prepares and state == MinutesState.CIRCULATED and bool(queries.without_account(minutes)),
        "take_back": prepares and state == MinutesState.CIRCULATED,
        "withdraw": prepares and state == MinutesState.APPROVED,
        "read_minutes": bool(state) and (state != MinutesState.DRAFT or prepares),
        "approve": mine is not None
        and state == MinutesState.CIRCULATED
        and not queries.approvals_of(minutes).filter(seat_id=mine.seat_id).exists(),
    }
