"""The watch on a worker's own page: one question with two answers, what follows from it, and who asked to give her name away."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import wording
from complaints.enums import Basis, Channel, Recipient, ReleaseState, Said
from complaints.forms.watch import Worse
from complaints.models import Complaint, Release, WorkerKey
from complaints.operations import access, watch
from complaints.operations.access import Entry
from complaints.queries import watch as queries
from complaints.views.worker import show
from wsr.errors import DomainError

ACTS = ("fine", "worse")
_CASE = "/report/case/"


def goes_to(request: HttpRequest, key: WorkerKey) -> Entry | None:
    """The other complaint of hers that she wants to open; None where she wants nothing of that, or there is no way for her."""
    if request.method != "POST" or "go" not in request.POST or key.must_change:
        return None
    try:
        return access.linked_entry(key, UUID(request.POST["go"]), at=timezone.now())
    except (ValueError, Complaint.DoesNotExist):
        return None


def act(request: HttpRequest, key: WorkerKey) -> HttpResponse:
    """She answers how she is treated."""
    at = timezone.now()
    if request.POST["act"] == "fine":
        watch.tell_fine(key=key, channel=Channel.WEB, at=at)
        return redirect(f"{_CASE}?done=fine")
    form = Worse(request.POST)
    if not form.is_valid():
        return worse(request, form, status=422)
    try:
        watch.tell_worse(key=key, channel=Channel.WEB, at=at, **form.cleaned_data)
    except DomainError as error:
        return worse(request, form, said=str(error), status=422)
    return redirect(f"{_CASE}?done=worse")


def worse(
    request: HttpRequest, form: Worse | None = None, *, said: str = "", status: int = 200
) -> HttpResponse:
    """What do they do to her?"""
    return show(request, "worse", {"form": form or Worse(), "said": said}, status=status)


def thanks() -> dict[str, str]:
    """What she reads after her answer."""
    return {
        "fine": _("Thank you. We will ask you again. Tell us at any time if that changes."),
        "worse": _("We have it. People who must protect you were told at once."),
    }


def context(key: WorkerKey, words: Mapping[str, str]) -> dict[str, Any]:
    """What her page shows of all that. In her scope."""
    return {
        "is_asked": queries.is_asked(key.complainant_id, at=timezone.now()),
        "linked": [
            {
                "id": one.id,
                "plain": words[wording.state(one.state)],
                "received_at": one.received_at,
                "is_before": one.is_before,
            }
            for one in queries.linked(key)
        ],
        "is_joined": bool(access.joined_from(key.complainant_id)),
        "corrected": queries.corrected(key.complaint_id),
        "releases": [_told(row) for row in queries.releases_about(key.complainant_id)],
    }


def _told(row: Release) -> dict[str, Any]:
    """A release in words for her."""
    names = {"who": row.asked_name, "to": _to_whom(row.recipient), "what": _what(row.said)}
    asked = _("%(who)s asked to tell %(to)s %(what)s.") % names
    now = {
        ReleaseState.ASKED: _("Another person has not decided yet."),
        ReleaseState.REFUSED: _("%(who)s refused it. Nothing was told.") % {"who": row.decided_name},
        ReleaseState.ENDED: _("It has ended. From now on nothing more is told."),
    }.get(ReleaseState(row.state))
    if now is None:
        now = (
            _("%(who)s approved it, because a law commands it.") % {"who": row.decided_name}
            if row.basis == Basis.LEGAL_DUTY
            else _("%(who)s approved it, because you allow it.") % {"who": row.decided_name}
        )
    return {
        "at": row.asked_at,
        "asked": asked,
        "now": now,
        "ends_at": row.ends_at if not row.ended_at else None,
    }


def _to_whom(recipient: str) -> str:
    return {
        Recipient.EMPLOYER: _("your employer"),
        Recipient.BRANDS: _("brands that buy from your employer"),
        Recipient.AUTHORITY: _("an authority"),
        Recipient.PARTNER: _("an organization that can help you"),
    }[Recipient(recipient)]


def _what(said: str) -> str:
    return _("your name") if said == Said.NAME else _("your name and how to reach you")
