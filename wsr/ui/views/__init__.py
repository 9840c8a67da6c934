"""The pages that belong to no room: home, inbox, the program's first page, preferences, saved views, style guide."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr import languages
from wsr.accounts.doors import public_page, requires, signed_in
from wsr.accounts.grants import Permission
from wsr.accounts.operations import save_profile
from wsr.accounts.queries import programs_of
from wsr.errors import DomainError
from wsr.ui import help as handbook
from wsr.ui import operations
from wsr.ui import search as finding
from wsr.ui.forms import PreferencesForm, RenameViewForm, SaveViewForm
from wsr.ui.home import home_of
from wsr.ui.models import SavedView
from wsr.ui.navigation import in_language, url_or_nothing
from wsr.ui.queries import all_views_of
from wsr.ui.setup import parts_of
from wsr.ui.style import style_context
from wsr.ui.today import inbox_here, inbox_of

LONGEST = 100  # letters of a search


def safe_next(request: HttpRequest, wanted: str | None) -> str:
    """An address of this site to go back to; the home page for any other."""
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return "/"


@public_page
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this installation is, and the ways on."""
    with languages.speaking(request, languages.guessed(request)) as language:
        context = {
            "registry_url": in_language(url_or_nothing("registry:search")),
            "report_url": in_language(url_or_nothing("complaints:where")),
        }
        response = render(request, "ui/home.html", context)
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@signed_in
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the person today, over all her programs, and the way into each."""
    standings = request.standings = programs_of(request.user)
    context = {
        "standings": standings,
        "several": len({standing.program.pk for standing in standings}) > 1,
        "groups": inbox_of(request.user, standings, at=timezone.now(), whole=request.GET.get("whole", "")),
        "feed_url": url_or_nothing("deadlines:month"),
    }
    return render(request, "ui/inbox.html", context)


@public_page
@require_GET
def help_index(request: HttpRequest) -> HttpResponse:
    """All pages of the handbook, reader by reader."""
    return render(request, "ui/help.html", {"shelves": handbook.shelves()})


@public_page
@require_GET
def help_page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of the handbook."""
    try:
        shown = handbook.page(name)
    except KeyError as missing:
        raise Http404 from missing
    crumbs = [(_("Help"), reverse("ui:help")), (shown.title, "")]
    return render(request, "ui/help_page.html", {"shown": shown, "crumbs": crumbs})


@public_page
@require_GET
def help_picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture of the handbook."""
    found = handbook.picture(name)
    if found is None:
        raise Http404
    return FileResponse(found.open("rb"), content_type="image/png")


@signed_in
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the words find in all programs of the person; for the palette only the list of it."""
    words = request.GET.get("q", "")[:LONGEST]
    standings = programs_of(request.user)
    context = {
        "words": words.strip(),
        "is_short": len(words.strip()) < finding.SHORTEST,
        "found": finding.search(request.user, standings, words),
        "several": len({standing.program.pk for standing in standings}) > 1,
    }
    is_part = request.headers.get("HX-Target", "").endswith("#palette-found")
    response = render(request, "ui/found.html" if is_part else "ui/search.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(Permission.RULE_CHANGE)
@require_GET
def set_up(request: HttpRequest) -> HttpResponse:
    """What a new program needs, and how far each part is."""
    parts = parts_of(request)
    done = sum(part.is_done for part in parts)
    return render(request, "ui/set_up.html", {"parts": parts, "done": done, "total": len(parts)})


@requires()
@require_GET
def program(request: HttpRequest) -> HttpResponse:
    """Numbers of one program, what waits there for the person, and its next steps."""
    tiles, steps = home_of(request)
    groups = inbox_here(request.user, request.standing, at=timezone.now(), whole=request.GET.get("whole", ""))
    return render(request, "ui/program.html", {"tiles": tiles, "steps": steps, "groups": groups})


@signed_in
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the theme or the language of the person."""
    form = PreferencesForm(request.POST)
    response = HttpResponseRedirect(safe_next(request, request.POST.get("next")))
    if form.is_valid():
        chosen = {name: value for name, value in form.cleaned_data.items() if value}
        person = request.user
        kept = {name: getattr(person, name) for name in ("name", "language", "theme", "single_keys")}
        save_profile(person=person, **{**kept, **chosen})
        if "language" in chosen:
            _set_language_cookie(response, chosen["language"])
    return response


@public_page
@require_GET
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the language of this browser and go back; a link, so that public pages need no form and no session."""
    if code not in dict(settings.LANGUAGES):
        raise Http404("No such language.")
    response = HttpResponseRedirect(safe_next(request, request.GET.get("next")))
    _set_language_cookie(response, code)
    return response


def _set_language_cookie(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@requires(Permission.VIEW_SAVE)
@require_http_methods(["GET", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """The saved views of every list; a POST keeps a new one."""
    form = SaveViewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            view = operations.save_view(
                **form.cleaned_data, slug=request.program.slug, by=request.user, at=timezone.now()
            )
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(
                request, _("The view “%(name)s” is saved; find it under Views.") % {"name": view.name}
            )
            return redirect(_address(request, view))
    listed = [
        {"view": view, "url": _address(request, view), "is_mine": view.person_id == request.user.pk}
        for view in all_views_of(request.user)
    ]
    context = {"listed": listed, "form": form, "may_send": Permission.EXPORT in request.permissions}
    return render(request, "ui/views.html", context, status=422 if form.is_bound else 200)


@requires(Permission.VIEW_SAVE)
@require_http_methods(["GET", "POST"])
def rename_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Rename or share an own view."""
    view = _own_view(request, view_id)
    initial = {key: getattr(view, key) for key in ("name", "shared", "is_pinned", "is_default")}
    form = RenameViewForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            operations.rename_view(
                view_id=view_id,
                **form.cleaned_data,
                by=request.user,
                at=timezone.now(),
                may_set_for_all=Permission.PROGRAM_CHANGE in request.permissions,
            )
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(
                request, _("The view “%(name)s” is changed.") % {"name": form.cleaned_data["name"]}
            )
            return redirect("ui:views", request.program.slug)
    status = 422 if form.is_bound else 200
    return render(request, "ui/rename_view.html", {"view": view, "form": form}, status=status)


@requires(Permission.VIEW_SAVE)
@require_POST
def delete_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Delete an own view."""
    view = _own_view(request, view_id)
    operations.delete_view(view_id=view_id, by=request.user, at=timezone.now())
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("ui:views", request.program.slug)


def _own_view(request: HttpRequest, view_id: UUID) -> SavedView:
    view = SavedView.objects.filter(pk=view_id, person=request.user).first()
    if view is None:
        raise Http404("No such view of this person.")
    return view


def _address(request: HttpRequest, view: SavedView) -> str:
    path = reverse(view.page, kwargs={"program_slug": request.program.slug})
    return f"{path}?{view.query}" if view.query else path


@signed_in
@require_http_methods(["GET", "POST"])
def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state. `?dir=rtl` and `?surface=public` show the other ways of writing and of looking."""
    return render(request, "ui/style.html", style_context(request))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, in the reader's language."""
    return _problem(request, partial(defaults.bad_request, request, exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, in the reader's language."""
    return _problem(request, partial(defaults.permission_denied, request, exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, in the reader's language."""
    return _problem(request, partial(defaults.page_not_found, request, exception))


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug, said in the manner of the page that has it: `request.error_page(status)` where its door set one."""
    page = getattr(request, "error_page", None)
    return page(500) if page else _problem(request, partial(defaults.server_error, request))


def _problem(request: HttpRequest, page: Callable[[], HttpResponse]) -> HttpResponse:
    """Whoever reads it may be anybody, so it speaks the languages of the public."""
    with languages.speaking(request, languages.guessed(request)) as language:
        response = page()
        response["Content-Language"] = language
        return response
