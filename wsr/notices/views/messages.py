"""Messages of a program that did not leave the house: seen, and sent again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.notices import operations, queries
from wsr.notices.models import Outbox
from wsr.notices.tables import MessageTable, kind_label, reader_of


@requires(Permission.DELIVERY_CHANGE)
@require_GET
def undelivered(request: HttpRequest) -> HttpResponseBase:
    """What was given up, and what is late."""
    now = timezone.now()
    rows = queries.undelivered_messages(at=now).select_related("person")
    context = {"late": queries.late(at=now).count(), "given_up": Outbox.objects.given_up().count()}
    return MessageTable(request, rows).response("notices/undelivered.html", context)


@requires(Permission.DELIVERY_CHANGE)
@require_GET
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message that did not leave: to whom, how often, why not."""
    row = get_object_or_404(Outbox.objects.select_related("person"), pk=message_id)
    context = {"message": row, "what": kind_label(row), "to": reader_of(row)}
    return render(request, "notices/message.html", context)


@requires(Permission.DELIVERY_CHANGE)
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Try one given-up message (`message`) or all of them again."""
    wanted = request.POST.get("message") or None
    row = get_object_or_404(Outbox, pk=_uuid(wanted)) if wanted else None
    count = operations.retry(message_id=row.pk if row else None, by=request.user, at=timezone.now())
    if count:
        sentence = ngettext("%(n)s message is tried again.", "%(n)s messages are tried again.", count)
        messages.success(request, sentence % {"n": count})
    else:
        messages.info(request, _("Nothing was given up any more."))
    return redirect("notices:undelivered", request.program.slug)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
