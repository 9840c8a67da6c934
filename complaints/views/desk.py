"""The list of complaints, and one complaint: its facts for everybody at the desk, its words for those with a part in it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from complaints.enums import HANDLED_STATES, NEXT, AssignmentState, ComplaintState, Scope
from complaints.forms.desk import AnswerForm, TextForm
from complaints.models import Complaint
from complaints.operations import answering, reading, respondents
from complaints.operations.states import ACKNOWLEDGED, CLOSED
from complaints.queries import desk as queries
from complaints.queries import inquiry, outcome, summaries, texting
from complaints.queries import measures as measure_queries
from complaints.queries import releases as release_queries
from complaints.queries import visits as visit_queries
from complaints.queries import watch as watch_queries
from complaints.queries.respondents import named
from complaints.tables import ComplaintTable, state_tone
from programs.queries import rule_value, today
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.deadlines.kinds import kind_of
from wsr.deadlines.models import Clock
from wsr.ui.answering import answer, bound
from wsr.vault.numbers import shown


@requires(Permission.COMPLAINT_READ)
@require_GET
def complaints(request: HttpRequest) -> HttpResponseBase:
    """The list: where each stands and who has it."""
    with timezone.override(request.program.time_zone):  # days of the filters are days there
        return ComplaintTable(request, queries.complaints()).response("complaints/list.html", {})


@requires(Permission.COMPLAINT_READ)
@never_cache
@require_GET
def complaint(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """One complaint. Opened with a part in it, the reading stands in history."""
    row = get_object_or_404(queries.complaints(), pk=complaint_id)
    own = list(queries.own_parts(row.pk, request.user.pk))
    is_inside = any(part.state == AssignmentState.ACCEPTED for part in own)
    clocks = list(Clock.objects.of(row).order_by("due_at", "pk"))
    context = {
        "complaint": row,
        "number": shown(row.number),
        "tone": state_tone(row),
        "own": own,
        "asked": [part for part in own if part.state == AssignmentState.ASKED],
        "is_inside": is_inside,
        "parts": list(queries.parts(row.pk)),
        "clocks": [(kind_of(clock.kind).label, clock) for clock in clocks],
        "outside_name": rule_value("complaints.out_of_scope_name", on=today(timezone.now()))
        if row.scope == Scope.OUTSIDE
        else None,
        "next": NEXT.get(ComplaintState(row.state), ""),
        "unset": _unset(row, {clock.kind for clock in clocks}),
        "language": language_name(row.language),
        "may": _may(request, row, is_inside),
        "crumbs": crumbs(request),
    }
    if is_inside:
        reading.read(complaint_id=row.pk, by=request.user, at=timezone.now())
        context |= {
            "lines": queries.thread(row.pk),
            "known": queries.complainants(row.pk),
            "texts": texting.texts(row.pk),
            "referrals": queries.referrals(row.pk),
            "respondents": named(row),
            "may_name": respondents.may_be_named(timezone.now())
            and Permission.COMPLAINT_HANDLE in request.permissions,
            "inquiry": inquiry.section(row, own, at=timezone.now()),
            "form": AnswerForm(people=queries.to_choose(row.pk)),
            **watch_sections(request, row),
            **outcome.section(row, request.user, at=timezone.now()),
            **summaries.section(row, request.user, timezone.now()),
        }
    with timezone.override(request.program.time_zone):  # days and hours are those of the worker
        return render(request, "complaints/complaint.html", context)


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def answer_worker(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Write to the worker, or to one of several."""
    form = bound(AnswerForm, request, people=queries.to_choose(complaint_id))
    return step(
        request,
        complaint_id,
        form,
        lambda data: answering.answer(
            complaint_id=complaint_id,
            text=data["text"],
            to=form.recipient,
            by=request.user,
            at=timezone.now(),
        ),
        done=_("The worker reads it when she comes back."),
        title=_("Write to the worker"),
        button=_("Send"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """A note for those on the complaint."""
    return step(
        request,
        complaint_id,
        bound(TextForm, request),
        lambda data: answering.note(
            complaint_id=complaint_id, text=data["text"], by=request.user, at=timezone.now()
        ),
        done=_("Noted. The worker does not see it."),
        title=_("Note"),
        button=_("Keep"),
    )


def crumbs(request: HttpRequest) -> list[tuple[str, str]]:
    """The way back to the list."""
    return [(_("Complaints"), reverse("complaints:complaints", args=[request.program.slug]))]


def page_of(request: HttpRequest, complaint_id: UUID) -> str:
    """The address of a complaint's page."""
    return reverse("complaints:complaint", args=[request.program.slug, complaint_id])


def step(
    request: HttpRequest,
    complaint_id: UUID,
    form: object,
    act: object,
    *,
    done: str | Callable[[Any], str],
    title: str,
    button: str,
    template: str = "complaints/step.html",
    **context: object,
) -> HttpResponse:
    """A page with one form that does one thing to a complaint and goes back to it."""
    row = get_object_or_404(Complaint, pk=complaint_id)
    page = page_of(request, complaint_id)
    response = answer(
        request,
        form,
        act,
        done=done,
        goes_to=lambda made: page,
        template=template,
        title=title,
        lede=_("Complaint %(number)s") % {"number": shown(row.number)},
        button=button,
        back_url=page,
        crumbs=[*crumbs(request), (shown(row.number), page)],
        **context,
    )
    add_never_cache_headers(response)  # names, and words that wait, may stand in the form
    return response


def language_name(code: str) -> str:
    """The name of a language, in the reader's own; its code where nobody knows it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _unset(row: Complaint, running: set[str]) -> list[str]:
    """Clocks that this complaint should run on and does not, because the program has set no length."""
    wanted = {ComplaintState.RECEIVED: ACKNOWLEDGED, **dict.fromkeys(HANDLED_STATES, CLOSED)}
    kind = wanted.get(ComplaintState(row.state))
    return [str(kind_of(kind).label)] if kind and kind not in running else []


def watch_sections(request: HttpRequest, row: Complaint) -> dict[str, object]:
    """The watch, what was sent to the employer, and what was given away; for those inside."""
    at, has = timezone.now(), request.permissions
    return {
        "watch": watch_queries.section(row, at=at),
        "visits": visit_queries.section(row, request.user),
        "may_ask_visit": Permission.COMPLAINT_HANDLE in has and row.state in HANDLED_STATES,
        "measures": measure_queries.measures(row),
        "may_measure": {Permission.COMPLAINT_HANDLE, Permission.ACTION_CHANGE} <= has,
        "releases": release_queries.releases(
            row.pk, reader_id=request.user.pk, may_decide=Permission.COMPLAINT_RELEASE in has, at=at
        ),
    }


def _may(request: HttpRequest, row: Complaint, is_inside: bool) -> dict[str, bool]:
    """What the page offers; the operations decide."""
    has = request.permissions
    is_new = row.state == ComplaintState.RECEIVED
    works = is_inside and Permission.COMPLAINT_HANDLE in has
    return {
        "take": Permission.COMPLAINT_TRIAGE in has and row.is_open and not row.is_handled and not is_inside,
        "open": Permission.COMPLAINT_TRIAGE in has and row.is_handled and not is_inside,
        "write": works,
        "ask": works,
        "accept": works and row.may_become(ComplaintState.ACCEPTED) and row.state != ComplaintState.CLOSED,
        "refer": works and row.may_become(ComplaintState.REFERRED),
        "set_aside": works and is_new,
        "bring_back": works and row.state in (ComplaintState.SET_ASIDE, ComplaintState.ABUSE),
        "join": Permission.COMPLAINT_ENTER in has and row.is_open,
        "history": Permission.HISTORY_READ in has,
    }
