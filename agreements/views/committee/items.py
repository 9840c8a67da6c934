"""One item of an agenda: read, vote, declare an interest, decide; and the minutes of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.enums import PLAIN_CHOICES, Choice, ItemKind, ItemState, MinutesState, SittingState
from agreements.forms import committee as forms
from agreements.models import AgendaItem, Minutes, Vote
from agreements.operations.committee import agenda, voting
from agreements.operations.committee import minutes as operations
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
from wsr.ui.answering import bound


@requires(Permission.COMMITTEE_SIT)
@in_program_time
@require_GET
def item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One item: what it is about, papers, votes, decision, what was said."""
    found = item_of(request, item_id)
    seat, prepares = own_seat(request), may_prepare(request)
    sitting = found.sitting
    is_open = found.state == ItemState.OPEN and sitting.state in (SittingState.CALLED, SittingState.HELD)
    mine = _votes(found).filter(seat=seat).first() if seat else None
    minutes = queries.minutes_of(sitting)
    papers = found.papers.select_related("file")
    context = {
        "item": found,
        "sitting": sitting,
        "papers": papers.filter(participation=None) if queries.is_staff() else papers,
        "resolution": found.resolutions.first(),
        "votes": [(vote, _words(found, vote)) for vote in _votes(found).select_related("seat", "person")]
        if queries.is_staff()
        else [],
        "mine": _words(found, mine) if mine else "",
        "former": found.former_texts.select_related("replaced_by") if prepares else [],
        "crumbs": crumbs(
            request, (sitting.number, to(request, "sitting", sitting.pk)), (str(found.position), "")
        ),
        "may": {
            "vote": is_open and seat is not None and seat.has_vote and mine is None,
            "declare": is_open and seat is not None,
            "enter": is_open and prepares and sitting.state == SittingState.HELD,
            "decide": is_open and prepares and sitting.state == SittingState.HELD,
            "change": prepares and sitting.state in (SittingState.PLANNED, SittingState.CALLED),
            "remove": prepares and sitting.state == SittingState.PLANNED,
            "write": prepares
            and minutes is not None
            and minutes.state in (MinutesState.DRAFT, MinutesState.APPROVED),
        },
        "tally": queries.tally_lines(found.resolutions.first().votes) if found.resolutions.exists() else [],
    }
    return render(request, "agreements/committee/item.html", context)


@requires(Permission.COMMITTEE_SIT)
@require_http_methods(BOTH)
def vote(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """A member's own vote."""
    found = item_of(request, item_id)
    form = bound(forms.ItemVoteForm, request, is_petition=found.kind == ItemKind.PETITION)

    def act(data: dict[str, Any]) -> Vote:
        return voting.vote(
            item_id=item_id,
            choice=Choice(data["choice"]),
            reason=data["reason"],
            by=request.user,
            at=timezone.now(),
        )

    return _page(request, found, form, act, title=_("Vote"), done=_("Your vote is on record."))


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def enter_votes(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Write down the votes given in the room."""
    found = item_of(request, item_id)
    voted = set(_votes(found).values_list("seat_id", flat=True))
    rows = found.sitting.attendances.filter(was_present=True, seat__has_vote=True).select_related("seat")
    rows = rows.exclude(seat__in=found.interests.values("seat_id"))  # nobody asks them
    seats = [row.seat for row in rows.order_by("seat__side", "seat__name") if row.seat_id not in voted]
    form = bound(forms.VotesForm, request, seats=seats, is_petition=found.kind == ItemKind.PETITION)

    def act(data: dict[str, Any]) -> list[Vote]:
        choices = {UUID(key.removeprefix("seat-")): Choice(value) for key, value in data.items() if value}
        return voting.enter_votes(item_id=item_id, choices=choices, by=request.user, at=timezone.now())

    return _page(request, found, form, act, title=_("Votes in the room"), done=_("The votes are on record."))


@requires(Permission.COMMITTEE_SIT)
@require_http_methods(BOTH)
def declare_interest(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """A member has an interest in it."""
    found = item_of(request, item_id)
    return form_page(
        request,
        bound(forms.InterestForm, request),
        lambda data: agenda.declare_interest(item_id=item_id, by=request.user, at=timezone.now(), **data),
        title=_("Declare an interest"),
        done=_("On record. You do not vote on this item, and you read nothing more about it."),
        back=to(request, "sitting", found.sitting_id),
        lede=found.title,
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def decide(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Record what the votes say."""
    found, at = item_of(request, item_id), timezone.now()
    form = bound(
        forms.DecideForm, request, today=queries.today(at), concerns=found.participation_id is not None
    )
    return _page(
        request,
        found,
        form,
        lambda data: voting.decide(item_id=item_id, by=request.user, at=at, **data),
        title=_("Record the decision"),
        done=_("The decision is on record. The members are told."),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def note(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Taken note of."""
    return _without_decision(request, item_id, voting.note, _("Take note"), _("Noted."))


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def adjourn(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Left for another meeting."""
    return _without_decision(
        request, item_id, voting.adjourn, _("Leave for another meeting"), _("Left for another meeting.")
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def change(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Reword it, or move it."""
    found = item_of(request, item_id)
    initial = {"title": found.title, "text": found.text, "position": found.position}
    form = bound(forms.ChangeItemForm, request, initial=initial)
    if found.kind != ItemKind.FREE:
        del form.fields["title"], form.fields["text"]

    def act(data: dict[str, Any]) -> AgendaItem:
        return agenda.change(
            item_id=item_id, by=request.user, at=timezone.now(), **({"title": "", "text": ""} | data)
        )

    return _page(request, found, form, act, title=_("Change the item"), done=_("Changed."))


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def remove(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take it off the agenda."""
    found = item_of(request, item_id)
    return form_page(
        request,
        bound(forms.forms.Form, request),
        lambda _data: agenda.remove(item_id=item_id, by=request.user, at=timezone.now()),
        title=_("Take it off the agenda"),
        done=_("It is off the agenda. The records put it on the next one again, where it came from them."),
        back=to(request, "sitting", found.sitting_id),
        lede=found.title,
    )


# ── Minutes ──────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def write(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """What the minutes say of it."""
    found = item_of(request, item_id)
    minutes = get_object_or_404(Minutes, sitting_id=found.sitting_id)
    form = forms.CorrectionForm if minutes.state == MinutesState.APPROVED else forms.MinutesForm
    names = ("discussion", "public_text", "is_withheld")
    return _page(
        request,
        found,
        bound(form, request, initial={name: getattr(found, name) for name in names}),
        lambda data: operations.write(item_id=item_id, by=request.user, at=timezone.now(), **data),
        title=_("Minutes of this item"),
        done=_("Written."),
        action=_("Save"),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_POST
def circulate(request: HttpRequest, minutes_id: UUID) -> HttpResponse:
    """Put the minutes before the members."""
    found = get_object_or_404(Minutes, pk=minutes_id)
    return form_page(
        request,
        bound(forms.forms.Form, request),
        lambda _data: operations.circulate(minutes_id=minutes_id, by=request.user, at=timezone.now()),
        title=_("Send the minutes to the members"),
        done=_("The minutes are before the members."),
        back=to(request, "sitting", found.sitting_id),
    )


@requires(Permission.COMMITTEE_SIT)
@require_http_methods(BOTH)
def answer_minutes(request: HttpRequest, minutes_id: UUID) -> HttpResponse:
    """A member approves in writing, or objects."""
    found = get_object_or_404(Minutes, pk=minutes_id)
    sitting_of(request, found.sitting_id)
    return form_page(
        request,
        bound(forms.AnswerMinutesForm, request),
        lambda data: operations.answer(
            minutes_id=minutes_id, objection=data["objection"], by=request.user, at=timezone.now()
        ),
        title=_("Answer on the minutes"),
        done=_("Your answer is on record."),
        back=to(request, "sitting", found.sitting_id),
        action=_("Send"),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def enter_answer(request: HttpRequest, minutes_id: UUID) -> HttpResponse:
    """The written answer of a member who has no account."""
    found = get_object_or_404(Minutes.objects.select_related("sitting"), pk=minutes_id)
    return form_page(
        request,
        bound(forms.EnterAnswerForm, request, seats=queries.without_account(found)),
        lambda data: operations.enter_answer(
            minutes_id=minutes_id,
            seat_id=UUID(data["seat_id"]),
            objection=data["objection"],
            by=request.user,
            at=timezone.now(),
        ),
        title=_("Write down an answer"),
        done=_("The answer is on record."),
        back=to(request, "sitting", found.sitting_id),
        action=_("Save"),
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def take_back(request: HttpRequest, minutes_id: UUID) -> HttpResponse:
    """Change the minutes after an objection."""
    return _with_reason(
        request, minutes_id, operations.take_back, _("Take the minutes back"), _("They are a draft again.")
    )


@requires(Permission.COMMITTEE_CHANGE)
@require_http_methods(BOTH)
def withdraw(request: HttpRequest, minutes_id: UUID) -> HttpResponse:
    """Take approved minutes back in public."""
    return _with_reason(
        request,
        minutes_id,
        operations.withdraw,
        _("Withdraw the minutes"),
        _("Withdrawn. The next publication shows the reason in place of the text."),
    )


def _with_reason(
    request: HttpRequest, minutes_id: UUID, operation: Any, title: str, done: str
) -> HttpResponse:
    found = get_object_or_404(Minutes, pk=minutes_id)
    return form_page(
        request,
        bound(forms.ReasonForm, request),
        lambda data: operation(minutes_id=minutes_id, by=request.user, at=timezone.now(), **data),
        title=title,
        done=done,
        back=to(request, "sitting", found.sitting_id),
    )


def _without_decision(
    request: HttpRequest, item_id: UUID, operation: Any, title: str, done: str
) -> HttpResponse:
    found = item_of(request, item_id)
    return _page(
        request,
        found,
        bound(forms.DiscussionForm, request),
        lambda data: operation(item_id=item_id, by=request.user, at=timezone.now(), **data),
        title=title,
        done=done,
    )


def _page(request: HttpRequest, found: AgendaItem, form: Any, act: Any, **more: Any) -> HttpResponse:
    return form_page(request, form, act, back=to(request, "item", found.pk), lede=found.title, **more)


def _votes(found: AgendaItem) -> Any:
    """All votes on an item; those on a petition are the petition's own."""
    return Vote.objects.filter(dispute_id=found.dispute_id) if found.dispute_id else found.votes.all()


def _words(found: AgendaItem, cast: Vote) -> str:
    choice = Choice(cast.choice)
    return str(choice.label if found.kind == ItemKind.PETITION else PLAIN_CHOICES[choice])
