"""Template tags of the design system: `{% load ui %}`."""

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

from wsr import languages
from wsr.ui import help as handbook
from wsr.ui import shell as shells
from wsr.ui.icons import FLIPS, ICONS
from wsr.ui.navigation import Link, in_language

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon beside a word. It says nothing to a screen reader; the word does."""
    css = "icon flip" if name in FLIPS else "icon"
    return format_html(
        '<svg class="{}" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        css,
        ICONS[name],
    )


@register.filter
def grouped(value: Any) -> str:
    """3351 → 3,351 in the reader's language. Anything but a whole number stays as it is."""
    return number_format(value, use_l10n=True, force_grouping=True) if isinstance(value, int) else str(value)


@register.simple_tag(takes_context=True)
def direction(context: template.Context) -> str:
    """`rtl` or `ltr`, by the language; the style guide may set `page_direction`."""
    return context.get("page_direction") or ("rtl" if get_language_bidi() else "ltr")


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString | str:
    """The attribute of the chosen theme on `html`; nothing when the device decides."""
    theme = shells.theme_of(context.get("request"))
    return format_html(' data-theme="{}"', theme) if theme != shells.AUTO else ""


@register.simple_tag(takes_context=True)
def help_place(context: template.Context) -> dict[str, Any]:
    """The section of the handbook about this page, and the words that stand on it. A page made without a request is known by its template."""
    made_from = PurePosixPath(context.template.name or "")
    place = shells.place_here(
        context.get("request"), f"{made_from.parts[0] if made_from.parts else ''}:{made_from.stem}"
    )
    return {"url": handbook.address(place.section), "words": place.explained()}


@register.simple_tag(takes_context=True)
def surface(context: template.Context) -> str:
    """`console` for staff and auditors, `portal` for brands and suppliers."""
    return shells.surface_of(context.get("request"))


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> shells.Shell:
    """What the console's bar and navigation show to this person on this page."""
    return shells.shell_for(context["request"])


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[Link]:
    """One link per language, each in its own words."""
    return shells.language_links(context.get("request"))


@register.simple_tag
def public_language_links() -> list[languages.LanguageLink]:
    """The same public page in every language, each in its own words."""
    return languages.links()


@register.simple_tag(takes_context=True)
def public_links(context: template.Context) -> list[Link]:
    """The navigation of the public pages."""
    return shells.public_links(context.get("request"))


@register.simple_tag
def public_url(name: str, *args: Any, **query: str) -> str:
    """The address of a page of the public record, with this query, in the language of the page that links to it."""
    address = reverse(name, args=args)
    return in_language(f"{address}?{urlencode(query)}" if query else address)
