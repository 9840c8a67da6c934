"""On the page of her case: she wants to be called, or nobody shall call her any more; and a one-time code in the hands of staff."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from complaints.forms.hotline import CallMe
from complaints.models import WorkerKey
from complaints.operations import callbacks
from complaints.views.callme import once, wanted_by
from complaints.views.worker import show

ACTS = ("call", "nocall")


def page(request: HttpRequest, form: CallMe | None = None, *, status: int = 200) -> HttpResponse:
    """The question when and where."""
    context = {"form": form or CallMe(), "once": once(request.POST.get("once", "")), "is_case": True}
    return show(request, "call_me", context, status=status)


def act(request: HttpRequest, key: WorkerKey, *, at: datetime) -> HttpResponse | None:
    """One press; None where it is done. Raises CannotCall."""
    if request.POST.get("act") == "nocall":
        callbacks.do_not_call(key=key, at=at)
        return None
    form = CallMe(request.POST)
    if not form.is_valid():
        return page(request, form, status=422)
    wanted_by(form, key, request.POST.get("once", ""), at=at)
    return None


def thanks() -> dict[str, str]:
    """What the page says of an act."""
    return {"call": _("We will call you."), "nocall": _("We will not call you.")}
