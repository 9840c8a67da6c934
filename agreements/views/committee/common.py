"""What these pages share."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.models import AgendaItem, Seat, Sitting
from agreements.queries import committee as queries
from wsr.ui.answering import answer

FORM = "agreements/form.html"
BOTH = ["GET", "POST"]


def own_seat(request: HttpRequest) -> Seat | None:
    """The reader's seat today."""
    return queries.seat_of(request.user.pk, on=queries.today(timezone.now()))


def may_prepare(request: HttpRequest) -> bool:
    """Whether the reader prepares meetings."""
    return queries.may_prepare(request.permissions)


def sitting_of(request: HttpRequest, sitting_id: UUID) -> Sitting:
    """The meeting, for who prepares it and for who was called. 404 for everybody else."""
    found: Sitting = get_object_or_404(queries.sittings(may_prepare=may_prepare(request)), pk=sitting_id)
    if not may_prepare(request):
        seat = own_seat(request)
        if seat is None or not found.attendances.filter(seat=seat).exists():
            raise Http404("Not called to this meeting.")
    return found


def item_of(request: HttpRequest, item_id: UUID) -> AgendaItem:
    """The item, for the same; 404 where the reader has an interest in it."""
    found: AgendaItem = get_object_or_404(AgendaItem.objects.select_related("sitting"), pk=item_id)
    sitting_of(request, found.sitting_id)
    return found


def to(request: HttpRequest, name: str, *args: Any) -> str:
    """An address of this program."""
    return reverse(f"agreements:{name}", args=[request.program.slug, *args])


def form_page(
    request: HttpRequest, form: Any, act: Any, *, title: str, done: Any, back: str, **more: Any
) -> HttpResponse:
    """A form that leads back to where it came from."""
    return answer(
        request,
        form,
        act,
        done=done,
        goes_to=lambda _made: back,
        template=FORM,
        title=title,
        action=more.pop("action", title),
        back_url=back,
        **more,
    )


def crumbs(request: HttpRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The trail from the committee's page."""
    return [(_("Committee"), to(request, "committee")), *more]
