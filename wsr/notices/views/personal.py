"""Pages of a person's own notices: the list, how she is told, and the link that stops mails."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import public_page, signed_in
from wsr.accounts.models import Person
from wsr.accounts.queries import programs_of
from wsr.notices import personal, queries
from wsr.notices.forms import ChoicesForm, HoursForm
from wsr.notices.hours import ways_of
from wsr.notices.models import Way
from wsr.notices.previewing import Preview, preview
from wsr.tenancy.models import Program

PAGE = 50


@signed_in
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Her notices of all programs she is in, newest first; `?show=unread` leaves out what she has read."""
    request.standings = programs_of(request.user)
    programs = {standing.program.pk: standing.program for standing in request.standings}
    only_unread = request.GET.get("show") == "unread"
    page = queries.page_of_notices(
        request.user.pk,
        list(programs),
        only_unread=only_unread,
        number=request.GET.get("page", "1"),
        size=PAGE,
    )
    for notice in page:
        notice.program_name = programs[notice.program_id].name
        notice.program_slug = programs[notice.program_id].slug
    context = {"page": page, "only_unread": only_unread, "unread": queries.unread_total(request.standings)}
    return render(request, "notices/list.html", context | _neighbors(page, only_unread))


def _neighbors(page: Paginator, only_unread: bool) -> dict[str, str]:
    show = "&show=unread" if only_unread else ""
    previous, following = page.has_previous(), page.has_next()
    return {
        "previous_url": f"?page={page.previous_page_number()}{show}" if previous else "",
        "next_url": f"?page={page.next_page_number()}{show}" if following else "",
    }


@signed_in
@require_GET
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark a notice as read and go where it points."""
    notice = queries.notice_of(request.user.pk, notice_id)
    if notice is None:
        raise Http404("No such notice of this person.")
    personal.mark_read(person=request.user, notice_id=notice_id, at=timezone.now())
    if url_has_allowed_host_and_scheme(notice.url, None):
        return redirect(notice.url)
    return redirect("notices:list")


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice (`notice`) or all as read."""
    try:
        notice_id = UUID(request.POST["notice"]) if request.POST.get("notice") else None
    except ValueError:
        raise Http404("No such notice.") from None
    count = personal.mark_read(person=request.user, notice_id=notice_id, at=timezone.now())
    if not notice_id and count:
        messages.success(request, _("All notices are marked as read."))
    return redirect("notices:list")


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How she is told of each kind in each program; quiet hours, time zone and phone. `act=preview` only shows last week as it would have been."""
    person = request.user
    data = request.POST if request.method == "POST" else None
    request.standings = programs_of(person)
    fields = ("quiet_from", "quiet_until", "time_zone", "phone")
    hours = HoursForm(data, initial={name: getattr(person, name) for name in fields})
    chosen, ways = queries.choices_of(person.pk), queries.ways_kept(person.pk)
    by_program = {standing.program.pk: standing for standing in reversed(request.standings)}
    programs = [
        ChoicesForm(data, standing=standing, chosen=chosen, own=ways.get(standing.program.pk))
        for standing in reversed(by_program.values())
    ]
    context: dict[str, object] = {"hours": hours, "programs": programs}
    is_valid = all([hours.is_valid(), *[form.is_valid() for form in programs]])
    if is_valid and request.POST.get("act") == "preview":
        context["preview"] = _last_week(person, hours, programs)
    elif is_valid:
        _keep(person, hours, programs)
        messages.success(request, _("From now on you are told like this."))
        return redirect("notices:preferences")
    is_bad = data is not None and not is_valid
    return render(request, "notices/preferences.html", context, status=422 if is_bad else 200)


def _keep(person: Person, hours: HoursForm, programs: list[ChoicesForm]) -> None:
    personal.keep_hours(person=person, **hours.cleaned_data)
    for form in programs:
        personal.choose(person_id=person.pk, program_id=form.program.pk, choices=form.choices())
        personal.keep_way(person_id=person.pk, program_id=form.program.pk, **form.way.cleaned_data)


def _last_week(person: Person, hours: HoursForm, programs: list[ChoicesForm]) -> Preview:
    """Last week with what is in the forms, which is not kept."""
    said = {name: hours.cleaned_data[name] for name in ("time_zone", "quiet_from", "quiet_until")}
    as_if = Person(language=person.language, **said)
    by_id = {form.program.pk: form for form in programs}
    return preview(
        queries.last_week(person.pk, at=timezone.now()),
        programs={pk: form.program for pk, form in by_id.items()},
        ways={pk: ways_of(as_if, form.program, Way(**form.way.cleaned_data)) for pk, form in by_id.items()},
        choice_of=lambda program, kind: kind.choice(by_id[program.pk].choices().get(kind.name)),
    )


@public_page
@never_cache
@csrf_exempt  # mail programs send it by themselves (RFC 8058); the signed address is the right to do it
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail: a page with one button; the button, or the mail program, sends a POST, and only that changes anything."""
    program_id = personal.program_of_token(token)
    program = Program.objects.filter(pk=program_id).first() if program_id else None
    if program is None:
        raise Http404("No such link.")
    is_done = request.method == "POST" and personal.stop(token)
    context = {"program": program, "is_done": is_done, "site": settings.BASE_URL}
    return render(request, "notices/stop.html", context)
