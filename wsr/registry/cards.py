"""What others put on their own pages and walls: a card without a script, a picture of it, and a QR code."""

import io
from datetime import date
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

from wsr.registry import disclosure, pages
from wsr.registry.views import document_of, program_of, registry_page

LINE = 46  # letters of the card's first line; a longer name is cut
IN_FRAMES = {**settings.SECURE_CSP, "frame-ancestors": ["*"]}


@registry_page
def share(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """The short address, the QR code to print, and the lines that show the card elsewhere."""
    context = card_context(program_slug, public_id)
    names = [program_slug, public_id]
    context |= {
        "short_url": pages.absolute(reverse("registry:by_id", args=[public_id])),
        "card_url": pages.absolute(reverse("registry:card", args=names)),
        "picture_url": pages.absolute(reverse("registry:card_svg", args=names)),
    }
    return HttpResponse(render_to_string("registry/share.html", context))


@xframe_options_exempt
@csp_override(IN_FRAMES)
@registry_page
def card(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """A small page for a frame of any other site."""
    return HttpResponse(render_to_string("registry/card.html", card_context(program_slug, public_id)))


@registry_page
def card_svg(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """The same as a picture."""
    text = render_to_string("registry/card.svg", card_context(program_slug, public_id))
    response = HttpResponse(text, content_type="image/svg+xml")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@registry_page
def code(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """The QR code of the record's short address, to print."""
    document_of(program_of(program_slug), public_id)
    picture = io.BytesIO()
    segno.make(pages.absolute(reverse("registry:by_id", args=[public_id])), error="m", micro=False).save(
        picture, kind="svg", scale=8, border=4, xmldecl=False, light="#fff"
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def card_context(program_slug: str, public_id: str) -> dict[str, Any]:
    owner = program_of(program_slug)
    document = document_of(owner, public_id)
    context = pages.record_context(document, owner)
    newest = document["versions"][-1].get("disclosed") or {"content": {}, "withheld": {}}
    content = newest["content"] if context["is_shown"] else {}
    name = str(context["name"] or context["printed_id"])
    return context | {
        "name": name,
        "line": name if len(name) <= LINE else f"{name[: LINE - 1]}…",
        "standing": _standing(context, content, newest["withheld"]),
        "stops": content.get("purchases_stopped"),
        "published": date_format(context["newest"]["published_at"])
        if context["newest"].get("published_at")
        else "",
    }


def _standing(context: dict[str, Any], content: dict[str, Any], withheld: dict[str, str]) -> str:
    """One line: the standing and since when; where it is blank, why."""
    if not context["is_shown"]:
        return str(context["newest"]["act"])
    if content.get("standing"):
        said = disclosure.in_words("standing", content["standing"])
        since = content.get("standing_since")
        return (
            _("%(standing)s since %(day)s")
            % {"standing": said, "day": date_format(date.fromisoformat(since))}
            if since
            else said
        )
    return pages.reason_label(withheld.get("standing", "")) or str(context["kind"].label)
