"""What surrounds every page: theme, languages, the program switcher and the navigation."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from wsr.accounts.grants import Permission
from wsr.accounts.queries import Standing, programs_of
from wsr.jobs.models import Job
from wsr.notices.queries import unread_total
from wsr.tenancy import Audience
from wsr.ui import help as handbook
from wsr.ui.glossary import Word
from wsr.ui.navigation import Group, Link, discover, groups_for, in_language, url_or_nothing
from wsr.ui.places import Place, place_of

AUTO = "auto"
THEMES = (AUTO, "light", "dark")


@dataclass(frozen=True)
class Choice:
    """One of several settings."""

    value: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class Shell:
    """Everything the console's bar shows. Empty parts are not drawn."""

    home_url: str = "/"
    program_name: str = ""
    person_name: str = ""
    programs: list[Link] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    account_links: list[Link] = field(default_factory=list)
    themes: list[Choice] = field(default_factory=list)
    languages: list[Choice] = field(default_factory=list)
    path: str = "/"
    jobs_url: str = ""
    jobs_running: int = 0
    acting_for: str = ""
    acting_choices: list[Choice] = field(default_factory=list)
    program_slug: str = ""
    notices_url: str = ""
    notices_unread: int = 0
    search_url: str = ""
    help_url: str = ""
    words: list[Word] = field(default_factory=list)
    program_url: str = ""
    single_keys: bool = False


def theme_of(request: HttpRequest | None) -> str:
    """The theme: what the signed-in person chose, `auto`, `light` or `dark`."""
    chosen = getattr(getattr(request, "user", None), "theme", AUTO)
    return chosen if chosen in THEMES else AUTO


def own_name(code: str) -> str:
    """The name of a language in that language: español → Español."""
    return str(get_language_info(code)["name_local"]).capitalize()


def language_links(request: HttpRequest | None) -> list[Link]:
    """One link per language, for pages without a form: they set a cookie and come back."""
    current = get_language()
    back = urlencode({"next": request.get_full_path() if request else "/"})
    return [
        Link(own_name(code), f"{url_or_nothing('ui:language', code=code)}?{back}", code == current, code)
        for code, _name in settings.LANGUAGES
    ]


def theme_choices(request: HttpRequest | None) -> list[Choice]:
    """The three themes."""
    names = {AUTO: _("As on this device"), "light": _("Light"), "dark": _("Dark")}
    current = theme_of(request)
    return [Choice(theme, names[theme], theme == current) for theme in THEMES]


def language_choices() -> list[Choice]:
    """The languages of the installation, each named in its own words."""
    current = get_language()
    return [Choice(code, own_name(code), code == current) for code, _name in settings.LANGUAGES]


def public_links(request: HttpRequest | None) -> list[Link]:
    """The navigation of the public pages: the record, how to check it, what rooms add (`PUBLIC` in `navigation.py`), and the way in."""
    wanted = [(_("Registry"), "registry:search"), (_("Check the record"), "registry:verify")]
    wanted += [(str(label), name) for label, name in discover("navigation", "PUBLIC")]
    path = request.path if request else ""
    links = [
        Link(label, in_language(url), path == url) for label, name in wanted if (url := url_or_nothing(name))
    ]
    login = url_or_nothing("account_login")
    return [*links, Link(_("Sign in"), _keeping_language(login), path == login)]


def _keeping_language(url: str) -> str:
    """An address behind the public record, by way of the link that keeps a language, where the pages behind speak it."""
    language = get_language()
    if language == settings.LANGUAGE_CODE or language not in dict(settings.LANGUAGES):
        return url
    return f"{url_or_nothing('ui:language', code=language)}?{urlencode({'next': url})}"


def surface_of(request: HttpRequest | None) -> str:
    """`portal` where the person is a brand or a supplier in this program, `console` otherwise."""
    standing = getattr(request, "standing", None)
    return "portal" if standing and standing.audience in {Audience.BRAND, Audience.SUPPLIER} else "console"


def shell_for(request: HttpRequest) -> Shell:
    """The bar and the navigation of a signed-in person; works on pages with and without a program."""
    person = request.user if hasattr(request, "user") and request.user.is_authenticated else None
    standing = getattr(request, "standing", None)
    place = place_here(request)
    common = {
        "help_url": handbook.address(place.section),
        "words": place.explained(),
        "themes": theme_choices(request),
        "languages": language_choices(),
        "path": request.get_full_path(),
    }
    if person is None:
        return Shell(**common)
    standings = getattr(request, "standings", None) or ([standing] if standing else programs_of(person))
    return Shell(
        home_url=url_or_nothing("ui:inbox"),
        program_name=standing.program.name if standing else "",
        person_name=str(person),
        programs=_program_links(standings, standing),
        acting_choices=_acting_choices(standings, standing),
        account_links=_account_links(),
        notices_url=url_or_nothing("notices:list"),
        notices_unread=unread_total(standings),
        search_url=url_or_nothing("ui:search") if standings else "",
        program_url=url_or_nothing("ui:program", program_slug=standing.program.slug) if standing else "",
        single_keys=getattr(person, "single_keys", False),
        **common,
        **(_program_parts(request, standing) if standing else {}),
    )


def place_here(request: HttpRequest | None, otherwise: str = "") -> Place:
    """Which section of the handbook is about this page. `otherwise`: the view, where a page is made without anybody asking for it."""
    match = request.resolver_match if request else None
    return place_of(match.view_name if match else otherwise, in_portal=surface_of(request) == "portal")


def _program_links(standings: list[Standing], current: Standing | None) -> list[Link]:
    programs = {standing.program.pk: standing.program for standing in standings}
    return [
        Link(
            program.name,
            reverse("ui:program", kwargs={"program_slug": program.slug}),
            current is not None and program.pk == current.program.pk,
        )
        for program in programs.values()
    ]


def _program_parts(request: HttpRequest, standing: Standing) -> dict[str, object]:
    path = getattr(request, "room", request.path)  # a page that belongs to another, a list's say, names it
    may_see_jobs = Permission.JOB_READ in standing.permissions
    return {
        "groups": groups_for(standing.program.slug, standing.permissions, standing.audience, path),
        "jobs_url": url_or_nothing("jobs:list", program_slug=standing.program.slug) if may_see_jobs else "",
        "jobs_running": Job.objects.open().count() if may_see_jobs else 0,
        "acting_for": standing.organization_name if standing.audience != Audience.STAFF else "",
        "program_slug": standing.program.slug,
    }


def _acting_choices(standings: list[Standing], current: Standing | None) -> list[Choice]:
    """For whom the person may act in the current program; nothing where there is no choice."""
    here = [standing for standing in standings if current and standing.program.pk == current.program.pk]
    if len(here) < 2:
        return []
    return [
        Choice(
            str(standing.organization_id or ""),
            standing.organization_name or standing.program.name,
            standing == current,
        )
        for standing in here
    ]


def _account_links() -> list[Link]:
    wanted = [
        (_("My work today"), "ui:inbox"),
        (_("Your profile"), "accounts:profile"),
        (_("How you are told"), "notices:preferences"),
        (_("Second factor and recovery codes"), "mfa_index"),
        (_("Where you are signed in"), "usersessions_list"),
        (_("Change the password"), "account_change_password"),
        (_("Sign out"), "account_logout"),
    ]
    return [Link(label, url) for label, name in wanted if (url := url_or_nothing(name))]
