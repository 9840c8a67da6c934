"""Writing a summary of a complaint for the public, clearing one, taking one back."""

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from complaints.forms.desk import ReasonForm
from complaints.forms.public import SummaryForm
from complaints.models import CaseSummary
from complaints.operations import giveaways, summaries
from complaints.queries.summaries import summary_of
from complaints.views.desk import step
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import bound


@requires(Permission.COMPLAINT_HANDLE)
@never_cache
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Write it, or write it anew while nobody has cleared it."""
    return step(
        request,
        complaint_id,
        bound(SummaryForm, request, initial=_initial(complaint_id)),
        lambda data: summaries.write(complaint_id=complaint_id, **data, by=request.user, at=timezone.now()),
        done=_("Written. Somebody else who works on this complaint clears it."),
        title=_("Summary for the public"),
        button=_("Give it to a second person"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@never_cache
@require_http_methods(["GET", "POST"])
def clear(request: HttpRequest, complaint_id: UUID, summary_id: UUID) -> HttpResponse:
    """Read every word once more and agree."""
    summary = get_object_or_404(CaseSummary, pk=summary_id, complaint_id=complaint_id)
    words = summaries.words_of(summary)
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: summaries.clear(summary_id=summary_id, by=request.user, at=timezone.now()),
        done=_("Cleared. Everybody can read it with the next publication."),
        title=_("Clear the summary for the public"),
        button=_("Clear it for everybody to read"),
        template="complaints/clear_summary.html",
        summary=summary,
        words=words,
        found=giveaways.found_in("\n".join(words.values()), summary.complaint),
    )


@requires(Permission.COMPLAINT_HANDLE)
@never_cache
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, complaint_id: UUID, summary_id: UUID) -> HttpResponse:
    """No longer told; what was published is redacted."""
    get_object_or_404(CaseSummary, pk=summary_id, complaint_id=complaint_id)
    return step(
        request,
        complaint_id,
        bound(ReasonForm, request),
        lambda data: summaries.take_back(
            summary_id=summary_id, reason=data["reason"], by=request.user, at=timezone.now()
        ),
        done=_("Taken back. What was published disappears with the next publication."),
        title=_("Take the summary back"),
        button=_("Take it back"),
    )


def _initial(complaint_id: UUID) -> dict[str, Any]:
    found = summary_of(complaint_id)
    return {**found.words, "names_workplace": found.row.names_workplace} if found else {}
