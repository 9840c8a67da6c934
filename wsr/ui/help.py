"""The pages of `docs/` as pages of the site, under `/help/`. The files are the only text: what stands there stands here."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from posixpath import normpath
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

DOCS = Path(settings.BASE_DIR) / "docs"
PICTURES = DOCS / "pictures"
ELSEWHERE = ("https://", "http://", "#", "/")

# {reader: pages of docs/}, in the order of the page; a test sees that every file is offered to somebody
READERS: list[tuple[Any, tuple[str, ...]]] = [
    (
        _("Worker organizations and monitors"),
        (
            "worker-organization",
            "glossary",
            "importing",
            "agreements",
            "obligations",
            "money",
            "escalation",
            "committee",
            "education",
            "inspections",
            "corrective-actions",
            "complaints",
            "hotline",
            "workers-pages",
        ),
    ),
    (_("Brands and suppliers"), ("brand",)),
    (_("Auditors"), ("auditor-api", "api")),
    (_("Everybody who reads the public record"), ("public-data", "principles", "verifying-the-registry")),
    (_("Operators"), ("operator", "text-messages", "webhooks", "threat-model")),
    (_("Developers"), ("developing", "architecture", "figures")),
]
DECISIONS = _("Decisions that were hard")


@dataclass(frozen=True)
class Page:
    """One page: its heading and the rest as HTML."""

    name: str
    title: str
    body: SafeString


@dataclass(frozen=True)
class Shelf:
    """Pages for one kind of reader."""

    reader: Any
    pages: list[Page]


@cache
def names() -> frozenset[str]:
    """Every page there is: the path below `docs/` without its ending."""
    return frozenset(path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md"))


@cache
def page(name: str) -> Page:
    """The page of this name. Raises KeyError where there is none."""
    if name not in names():
        raise KeyError(name)
    tokens = _markdown().parse((DOCS / f"{name}.md").read_text(encoding="utf-8"))
    title = tokens[1].content
    rest = tokens[3:]  # the heading is the page's own
    _name_headings(rest)
    _lead_links(rest, name)
    html = _markdown().renderer.render(rest, _markdown().options, {})
    return Page(name, title, mark_safe(html))  # noqa: S308 -- our own files, and raw HTML is off


def shelves() -> list[Shelf]:
    """The pages reader by reader; decisions last."""
    found = [Shelf(reader, [page(name) for name in kept]) for reader, kept in READERS]
    decisions = sorted(name for name in names() if name.startswith("decisions/"))
    return [*found, Shelf(DECISIONS, [page(name) for name in decisions])]


def picture(name: str) -> Path | None:
    """A picture that stands beside the pages, or nothing."""
    pictures = {path.name: path for path in PICTURES.glob("*.png")}
    return pictures.get(name)


def address(name: str = "") -> str:
    """The address of a page or of a section of it ("page#section"), or of all pages."""
    page_name, _hash, section = name.partition("#")
    if not page_name:
        return reverse("ui:help")
    return reverse("ui:help_page", args=[page_name]) + (f"#{section}" if section else "")


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _name_headings(tokens: list[Token]) -> None:
    """Give headings the names that links use: small letters and hyphens, as the usual readers of such files do."""
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", re.sub(r"[^\w\- ]", "", inside.content.lower()).replace(" ", "-"))
        opening.attrs.pop(
            "style", None
        )  # the alignment of a column; the security policy allows no style in a page


def _lead_links(tokens: list[Token], name: str) -> None:
    """Links between files become links between pages; one to a file that is no page loses its link and keeps its words."""
    for block in tokens:
        open_links: list[bool] = []
        for token in block.children or []:
            if token.type == "link_open":
                target = _target(str(token.attrGet("href")), name)
                token.attrSet("href", target)
                open_links.append(bool(target))
                token.hidden = not target
            elif token.type == "link_close":
                token.hidden = not open_links.pop()
            elif token.type == "image":
                token.attrSet("src", reverse("ui:help_picture", args=[Path(str(token.attrGet("src"))).name]))
        block.children = [token for token in block.children or [] if not token.hidden] or block.children


def _target(href: str, name: str) -> str:
    if href.startswith(ELSEWHERE):
        return href
    path, _hash, place = href.partition("#")
    found = normpath(f"{Path(name).parent.as_posix()}/{path}").removesuffix(".md")
    if found not in names():
        return ""
    return address(found) + (f"#{place}" if place else "")
