"""Everything that the registry says about one record, on one page: its facts, its history, whatever names it, and what other programs say of it.

The record's own page is a signed file and changes only when the record does. This page is put together when it is asked for, from
the same published rows.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from wsr.registry import disclosure, documents, pages, search
from wsr.registry.enums import SHOWN, Act
from wsr.registry.grid import FINEST, Area, Cell
from wsr.registry.ids import printed
from wsr.registry.mapping import Drawing, drawing
from wsr.registry.models import Listing, Record
from wsr.registry.views import document_of, program_of, registry_page
from wsr.tenancy.models import Program
from wsr.ui.navigation import in_language

SHOWN_OF_KIND = 10  # newest records of each kind; the rest is one search away
SHORT = 80  # letters; longer texts get room of their own
FEED_ENTRIES = 50
OTHERS = 20


@dataclass(frozen=True)
class Entry:
    """One record that names the one at hand."""

    name: str
    url: str
    published_at: Any
    facts: list[tuple[str, str]]
    texts: list[tuple[str, str]]
    reply: str = ""


@dataclass(frozen=True)
class Section:
    """The newest records of one kind that name the one at hand."""

    kind: disclosure.PublicKind
    count: int
    url: str
    entries: list[Entry] = field(default_factory=list)


@registry_page
def show(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """The profile of a workplace, supplier or brand; of any record, in fact."""
    owner = program_of(program_slug)
    document = document_of(owner, public_id)
    context = pages.record_context(document, owner)
    if not context["is_shown"]:
        raise Http404("No longer shown; its own page says why.")
    said = document["versions"][-1]["disclosed"]
    sections = sections_of(owner, public_id)
    named = {section.kind.key for section in sections}
    context |= {
        "standings": standings(document),
        "progress": _progress(said["content"]),
        "blank": blanks(said["withheld"], context["kind"]),
        "sections": sections,
        "missing": [str(kind.label_plural) for kind in _naming(context["kind"].key) if kind.key not in named],
        "elsewhere": [pages.listing_context(row) for row in elsewhere(public_id)],
        "drawing": locator(said["content"], public_id),
    }
    return HttpResponse(render_to_string("registry/profile.html", context))


@registry_page
def feed(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """What is newly published of one record and of all that names it, for a feed reader."""
    owner = program_of(program_slug)
    document = document_of(owner, public_id)
    names = pages.record_context(document, owner)
    naming = Listing.objects.filter(program=owner, related__contains=[public_id]).values("public_id")
    rows = Record.objects.filter(Q(public_id=public_id) | Q(public_id__in=naming), program=owner)
    newest = list(rows.order_by("-leaf_index")[:FEED_ENTRIES])
    titles = dict(
        Listing.objects.filter(program=owner, public_id__in=[row.public_id for row in newest]).values_list(
            "public_id", "name"
        )
    )
    kinds = disclosure.kinds()
    entries = []
    for row in newest:
        url = pages.absolute(reverse("registry:record", args=[owner.slug, row.public_id]))
        kind = str(kinds[row.kind].label) if row.kind in kinds else row.kind
        title = titles.get(row.public_id) or printed(row.public_id)
        entries.append(
            (f"{url}#v{row.version}", f"{kind}: {title}", row.published_at, str(Act(row.act).label))
        )
    url = pages.absolute(reverse("registry:profile", args=[owner.slug, public_id]))
    title = f"{names['name'] or names['printed_id']} – {owner.name}"
    return HttpResponse(pages.atom(url, title, entries), content_type="application/atom+xml")


def sections_of(owner: Program, public_id: str) -> list[Section]:
    """The records that name this one, by kind, newest first. One query per kind."""
    naming = Listing.objects.filter(program=owner, is_shown=True, related__contains=[public_id])
    counted = dict(naming.order_by("kind").values_list("kind").annotate(Count("pk")))
    chosen = {
        kind: list(naming.filter(kind=kind).order_by("-published_at", "public_id")[:SHOWN_OF_KIND])
        for kind in counted
    }
    wanted = [row.public_id for rows in chosen.values() for row in rows]
    held = documents.documents(wanted, owner.slug)
    return [
        Section(
            kind,
            counted[kind.key],
            in_language(
                reverse("registry:search")
                + search.Query(program=owner.slug, kind=kind.key, related=public_id).url()
            ),
            [_entry(held[row.public_id], kind, owner, public_id) for row in chosen[kind.key]],
        )
        for kind in disclosure.kinds().values()
        if kind.key in chosen
    ]


def _entry(document: dict[str, Any], kind: disclosure.PublicKind, owner: Program, about: str) -> Entry:
    content = document["versions"][-1]["disclosed"]["content"]
    version = pages.version_context(document["versions"][-1], kind) or {}
    facts, texts = [], []
    for shown in version["fields"]:
        values = [
            one for one in shown["values"] if not (isinstance(one, dict) and one.get("public_id") == about)
        ]
        words = ", ".join(str(one["name"] if isinstance(one, dict) else one) for one in values)
        if words and shown["name"] not in {"name", "reply"}:
            (facts if len(words) <= SHORT else texts).append((str(shown["label"]), words))
    return Entry(
        content["name"],
        in_language(reverse("registry:record", args=[owner.slug, document["public_id"]])),
        version["published_at"],
        facts,
        texts,
        str(content.get("reply", "")),
    )


def _naming(key: str) -> list[disclosure.PublicKind]:
    """Kinds with a column that refers to records of this kind."""
    wanted = {key} | ({f"{key}s", "party"} if key in {"brand", "supplier"} else set())
    return [kind for kind in disclosure.kinds().values() if wanted & {column.name for column in kind.columns}]


def standings(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every standing that was published of it, newest first: since when it held, and when that was published."""
    found: list[dict[str, Any]] = []
    for version in document["versions"]:
        said = version.get("disclosed")
        if said is None or version["act"] not in SHOWN:
            continue
        content = said["content"]
        now = (content.get("standing", ""), content.get("standing_since", ""))
        if now[0] and (not found or found[-1]["key"] != now):
            found.append(
                {
                    "key": now,
                    "label": disclosure.in_words("standing", now[0]),
                    "since": date.fromisoformat(now[1]) if now[1] else None,
                    "published_at": datetime.fromisoformat(said["published_at"]),
                    "stops": content.get("purchases_stopped"),
                    "provision": content.get("provision", ""),
                    "condition": content.get("condition_for_return", ""),
                }
            )
    return found[::-1]


def _progress(content: dict[str, Any]) -> dict[str, int] | None:
    """Corrected findings, of all original ones."""
    total, done = content.get("findings_original"), content.get("findings_corrected")
    return {"done": done, "total": total} if total and done is not None else None


def blanks(withheld: dict[str, str], kind: disclosure.PublicKind) -> list[tuple[str, str]]:
    """(what is blank, why) in words."""
    labels = {column.name: str(column.label) for column in kind.columns}
    return [(labels.get(name, name), pages.reason_label(code)) for name, code in sorted(withheld.items())]


def elsewhere(public_id: str) -> QuerySet[Listing]:
    """Records of other programs with an identifier of this one: the same site, or the same company."""
    own = Listing.objects.get(public_id=public_id)
    found = Listing.objects.filter(
        is_shown=True, kind=own.kind, identifiers__overlap=own.identifiers or ["-"]
    )
    return (
        found.exclude(public_id=public_id)
        .select_related("program")
        .order_by("program__name", "public_id")[:OTHERS]
    )


def locator(content: dict[str, Any], public_id: str) -> Drawing | None:
    """A small map with one circle, where a point is published."""
    longitude, latitude = content.get("longitude"), content.get("latitude")
    if longitude is None or latitude is None:
        return None
    finest = Area(FINEST)
    x, y = int((longitude + 180) / finest.degrees), int((90 - latitude) / finest.degrees)
    view = finest.around(x, y, -3)
    cell = Cell(
        int((longitude + 180) / view.degrees),
        int((90 - latitude) / view.degrees),
        1,
        longitude,
        latitude,
        public_id,
    )
    return drawing([cell], view, search.Query())
