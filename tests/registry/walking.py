"""A walk over everything that anybody can open without signing in, link by link, on the demo installation.

One address of each shape is opened: the view, what is asked of it, the kind of record, the ending of a file. So whatever
page or download is added and linked is walked by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

STARTS = ("/", "/registry/", "/principles/", "/endorse/", "/news/", "/robots.txt", "/sitemap.xml")
SIGNING_IN = re.compile(
    r"/(accounts|language|static|report|help|admin|p|demo)/"
)  # doors of others, and other people's pages
LINK = re.compile(r"""(?:href|src|data-src)=["']([^"'#]+)|<loc>([^<]+)</loc>|^Sitemap: (\S+)""", re.MULTILINE)
TO_OTHER_LANGUAGES = re.compile(r"<a [^>]*hreflang=[^>]*>")
RECORD = "registry:record"

type Shape = tuple[str, ...]


@dataclass(frozen=True)
class Visit:
    """One address that was opened. `name`: of its view."""

    address: str
    name: str
    shape: Shape
    response: HttpResponse
    content: bytes

    @property
    def kind(self) -> str:
        """The media type without its parameters."""
        return self.response["Content-Type"].partition(";")[0]

    @property
    def is_page(self) -> bool:
        return self.kind == "text/html"


def walk(client: Client, language: str = "") -> list[Visit]:
    """Every shape once, breadth first, in the order in which links are met."""
    asked = f"?lang={language}" if language else ""
    waiting: list[tuple[str, str]] = [(f"{start}{asked}", "") for start in STARTS]
    seen: set[Shape] = set()
    visits: list[Visit] = []
    while waiting:
        address, kind = waiting.pop(0)
        name, shape = _shape(address, kind)
        if not name or shape in seen:
            continue
        seen.add(shape)
        visit = _open(client, address, name, shape)
        visits.append(visit)
        kind = dict(parse_qsl(urlsplit(address).query)).get("kind", "" if name != RECORD else kind)
        waiting += [(there, kind) for there in _links(visit)]
    return visits


def _open(client: Client, address: str, name: str, shape: Shape) -> Visit:
    response = client.get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return Visit(address, name, shape, response, content)


def _links(visit: Visit) -> Iterator[str]:
    if visit.response.status_code in (301, 302):
        yield urljoin(visit.address, visit.response["Location"])
    if not (visit.is_page or visit.name in ("registry:robots", "registry:sitemaps", "registry:sitemap")):
        return
    text = TO_OTHER_LANGUAGES.sub("", visit.content.decode())
    for groups in LINK.findall(text):
        whole = urlsplit(urljoin(visit.address, unescape(next(filter(None, groups)))))
        if whole.netloc in ("", "localhost:8000", "testserver") and not SIGNING_IN.match(whole.path):
            yield f"{whole.path}?{whole.query}" if whole.query else whole.path
    for action in re.findall(
        r'<form [^>]*action="([^"?]+)"', text
    ):  # what a form asks, its hidden field says
        yield f"{action}?{_language_of(visit.address).lstrip('&')}"
    for value in re.findall(r'<select id="kind".*?</select>', text, re.DOTALL):
        for option in re.findall(r'<option value="([a-z_]+)"', value):
            yield f"{urlsplit(visit.address).path}?kind={option}{_language_of(visit.address)}"


def _language_of(address: str) -> str:
    code = dict(parse_qsl(urlsplit(address).query)).get("lang", "")
    return f"&lang={code}" if code else ""


def _shape(address: str, kind: str) -> tuple[str, Shape]:
    """The name of the view, empty where it is none of ours; what tells this address from others of the same sort."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return "", ()
    query = dict(parse_qsl(parts.query))
    query.pop("lang", None)
    if match.view_name != "registry:search":
        query.pop("kind", None)  # only the search leads to records of every kind
    asked = sorted(
        {key: value if key in ("kind", "format", "as") else "" for key, value in query.items()}.items()
    )
    path = PurePosixPath(match.kwargs.get("path", ""))
    of_file = f"{path.parts[0] if len(path.parts) > 1 else path.stem}{path.suffix}" if path.parts else ""
    of_record = kind if "public_id" in match.kwargs else ""
    standard = match.kwargs.get("standard", "")
    return match.view_name, (match.view_name, of_file, of_record, standard, str(asked))
