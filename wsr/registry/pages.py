"""The public pages, as bytes: written to files by the publisher, and rendered from the same rows in other languages.

Nothing here knows the reader: no request, no cookie. What a page shows comes from registry rows alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from babel import Locale, UnknownLocaleError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wsr.history.signing import origin, verifier_key
from wsr.registry import disclosure
from wsr.registry.enums import SHOWN, Act, Reason
from wsr.registry.folder import compress
from wsr.registry.ids import printed
from wsr.registry.linked import absolute, license_of, of_program, of_record
from wsr.registry.models import Facet, Listing, Publication
from wsr.tenancy.models import Program

FEED_ENTRIES = 50
CHANGES_SHOWN = 100


@dataclass(frozen=True)
class AsOf:
    """A day in the past, and the newest publication by its end (UTC); 0 before the first."""

    day: date
    publication: int


def record_page(document: dict[str, Any], program: Program, as_of: AsOf | None = None) -> bytes:
    """The page of one record, in the active language; with `as_of`, as it was on that day."""
    return render_to_string("registry/record.html", record_context(document, program, as_of)).encode()


def record_context(document: dict[str, Any], program: Program, as_of: AsOf | None = None) -> dict[str, Any]:
    """What the page of a record shows. `true_then`: the newest version effective on that day; `known_then`: published by it."""
    versions = document["versions"]
    newest = versions[-1]
    latest_shown = next((v for v in reversed(versions) if v["act"] in SHOWN and "disclosed" in v), None)
    kind = disclosure.kinds()[document["kind"]]
    context = {
        "program": program,
        "kind": kind,
        "public_id": document["public_id"],
        "printed_id": printed(document["public_id"]),
        "is_shown": newest["act"] in SHOWN,
        "newest": version_context(newest, kind),
        "name": latest_shown["disclosed"]["content"]["name"] if latest_shown else "",
        "versions": [version_context(version, kind) for version in reversed(versions)],
        "as_of": as_of.day if as_of else None,
        "content": newest["disclosed"]["content"]
        if newest["act"] in SHOWN and "disclosed" in newest
        else None,
        "lang": get_language(),
    }
    context["linked"] = None if as_of else of_record(context)
    if as_of:
        context |= {
            "true_then": version_context(_true_then(versions, as_of.day), kind),
            "known_then": version_context(_known_then(versions, as_of), kind),
        }
    return context


def _known_then(versions: list[dict[str, Any]], as_of: AsOf) -> dict[str, Any] | None:
    """What the registry said on that day: the newest version published by its end (UTC), erased or not."""
    return next((v for v in reversed(versions) if v["publication"] <= as_of.publication), None)


def _true_then(versions: list[dict[str, Any]], day: date) -> dict[str, Any] | None:
    """What is known today about that day: the newest version that says it was true by then."""
    for version in reversed(versions):
        if "disclosed" not in version or version["act"] not in SHOWN:
            continue
        effective = version["disclosed"]["effective_on"]
        known_from = date.fromisoformat(effective) if effective else _published_on(version)
        if known_from is not None and known_from <= day:
            return version
    return None


def _published_on(version: dict[str, Any]) -> date | None:
    said = version.get("disclosed")
    return datetime.fromisoformat(said["published_at"]).date() if said else None


def version_context(version: dict[str, Any] | None, kind: disclosure.PublicKind) -> dict[str, Any] | None:
    """One version in words: its act, its fields with labels, what is blank and why."""
    if version is None:
        return None
    said = version.get("disclosed")
    context = {
        "number": version["version"],
        "publication": version["publication"],
        "act": Act(version["act"]).label,
        "is_shown": version["act"] in SHOWN,
        "leaf_index": version["leaf_index"],
        "commitment": version["commitment"],
        "is_erased": said is None,
    }
    if said is None:
        return context
    content, withheld = said["content"], said["withheld"]
    return context | {
        "published_at": datetime.fromisoformat(said["published_at"]),
        "effective_on": date.fromisoformat(said["effective_on"]) if said["effective_on"] else None,
        "correction": said.get("correction", ""),
        "merged_into": content.get("merged_into", ""),
        "reason": Reason(content["reason"]).label
        if version["act"] == Act.REDACTION and content.get("reason")
        else "",
        "fields": [
            {
                "name": c.name,
                "label": c.label,
                "values": _values(c, content[c.name]),
                "reason": reason_label(withheld.get(c.name, "")),
            }
            for c in kind.columns
            if c.on_page
            and c.name in content
            and (content[c.name] not in ("", None, []) or c.name in withheld)
        ],
    }


def reason_label(code: str) -> str:
    """A reason code in words; an unknown one as it is."""
    return str(Reason(code).label) if code in Reason.values else code


def _values(column: disclosure.Column, value: Any) -> list[Any]:
    if column.name == "country":
        return [country_name(value)] if value else []
    if isinstance(value, bool):
        return [_("Yes") if value else _("No")]
    if isinstance(value, float):
        return [str(value)]  # coordinates keep their point, so that any map reads them
    if value and column.name.endswith(("_on", "_since")):
        return [date_format(date.fromisoformat(value))]
    if isinstance(value, str) and value:
        return [column.in_words(value)]
    return value if isinstance(value, list) else [] if value in ("", None) else [value]


def country_name(code: str) -> str:
    """“BD” → “Bangladesh”, in the active language."""
    return _territories(get_language() or "en").get(code, code)


@cache
def _territories(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language, sep="-").territories)
    except (UnknownLocaleError, ValueError):
        return dict(Locale("en").territories)


# ── Pages of the program ─────────────────────────────────────────────────────────────────────────


def program_files(program: Program, publication: Publication, earlier: list[Publication]) -> dict[str, bytes]:
    """{path: bytes} of the program's page, its page on checking, its data dictionary and license, and its feed."""
    return {
        "index.html.gz": compress(program_page(program, [publication, *earlier])),
        "verify/index.html.gz": compress(verify_page(program, publication)),
        "dictionary/index.html.gz": compress(dictionary_page(program)),
        "license.txt": license_text(program).encode(),
        "feed.atom": feed(program, [publication, *earlier]),
    }


def program_page(program: Program, publications: list[Publication]) -> bytes:
    """The program: standing of its gates, counts, publications, downloads. Newest publication first."""
    kinds = disclosure.kinds().values()
    shown = dict(Facet.objects.filter(program=program, name="kind").values_list("kind", "count"))
    context = {
        "program": program,
        "newest": publications[0],
        "publications": [{"publication": one, "changes": counted(one)} for one in publications[:20]],
        "kinds": [{"kind": kind, "count": shown.get(kind.key, 0)} for kind in kinds],
        "license": license_of(),
        "linked": of_program(program, publications[0]),
        "lang": get_language(),
    }
    return render_to_string("registry/program.html", context).encode()


def dictionary_page(program: Program) -> bytes:
    """What every column means, why a field is blank, and what one may do with the data."""
    kinds = [{"kind": kind, "columns": disclosure.columns_of(kind)} for kind in disclosure.kinds().values()]
    context = {
        "program": program,
        "kinds": kinds,
        "reasons": [(reason.value, reason.label) for reason in Reason],
        "acts": [(act.value, act.label) for act in Act],
        "license": license_of(),
        "lang": get_language(),
    }
    return render_to_string("registry/dictionary.html", context).encode()


def license_text(program: Program) -> str:
    """`license.txt`, and how to name the source."""
    name, url = license_of()
    source = absolute(reverse("registry:program", args=[program.slug]))
    return f"{name}\n{url}\n\nName the source as: {program.name}, public registry, {source}, with the number and day of the publication.\n"


def verify_page(program: Program, publication: Publication) -> bytes:
    """How anybody checks the program's registry, with its key."""
    name = origin("registry", program.slug)
    context = {
        "program": program,
        "publication": publication,
        "key": str(verifier_key(name)),
        "root": bytes(publication.root).hex(),
        "origin": name,
        "lang": get_language(),
    }
    return render_to_string("registry/verify_program.html", context).encode()


def publication_files(program: Program, publication: Publication) -> dict[str, bytes]:
    """{path: bytes} of the page of one publication."""
    return {
        f"publications/{publication.number}/index.html.gz": compress(publication_page(program, publication))
    }


def publication_page(program: Program, publication: Publication) -> bytes:
    """What one publication changed, and the head it is signed by."""
    from wsr.registry.models import Record  # noqa: PLC0415 -- read here only

    rows = Record.objects.filter(program=program, publication=publication.number).order_by("leaf_index")
    changes = list(rows[: CHANGES_SHOWN + 1])
    context = {
        "program": program,
        "publication": publication,
        "counts": counted(publication),
        "changes": [
            {
                "public_id": r.public_id,
                "printed_id": printed(r.public_id),
                "act": Act(r.act).label,
                "version": r.version,
            }
            for r in changes[:CHANGES_SHOWN]
        ],
        "has_more": len(changes) > CHANGES_SHOWN,
        "root": bytes(publication.root).hex(),
        "lang": get_language(),
    }
    return render_to_string("registry/publication.html", context).encode()


def counted(publication: Publication) -> list[tuple[str, str, int]]:
    """[(kind, act, how many)] in words."""
    kinds = disclosure.kinds()
    return [
        (str(kinds[kind].label_plural), str(Act(act).label), count)
        for kind, acts in publication.counts.items()
        for act, count in acts.items()
    ]


# ── Feeds ────────────────────────────────────────────────────────────────────────────────────────


def feed(program: Program, publications: list[Publication]) -> bytes:
    """The program's publications as an Atom feed (RFC 4287)."""
    entries = []
    for one in publications[:FEED_ENTRIES]:
        url = absolute(reverse("registry:publication", args=[program.slug, one.number]))
        text = "; ".join(f"{kind}: {act}: {count}" for kind, act, count in counted(one))
        entries.append((url, _("Publication %d") % one.number, one.published_at, text))
    return atom(absolute(reverse("registry:program", args=[program.slug])), program.name, entries)


def record_feed(document: dict[str, Any], program: Program) -> bytes:
    """The versions of one record as an Atom feed."""
    url = absolute(reverse("registry:record", args=[program.slug, document["public_id"]]))
    context = record_context(document, program)
    entries = [
        (f"{url}#v{v['number']}", v["act"], v["published_at"], v.get("correction", ""))
        for v in context["versions"]
        if not v["is_erased"]
    ]
    return atom(url, f"{context['name'] or context['printed_id']} – {program.name}", entries)


def atom(url: str, title: str, entries: list[tuple[str, Any, datetime, str]]) -> bytes:
    """An Atom feed of (address, title, time, text)."""
    updated = entries[0][2].isoformat() if entries else "1970-01-01T00:00:00+00:00"
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{escape(url)}</id><title>{escape(title)}</title><updated>{updated}</updated>",
        f'<link href="{escape(url)}"/><author><name>{escape(title)}</name></author>',
    ]
    for link, name, at, text in entries:
        parts.append(
            f"<entry><id>{escape(link)}</id><title>{escape(str(name))}</title><updated>{at.isoformat()}</updated>"
            f'<link href="{escape(link)}"/><summary>{escape(text)}</summary></entry>'
        )
    return "\n".join([*parts, "</feed>\n"]).encode()


def listing_context(listing: Listing) -> dict[str, Any]:
    """One line of a list of results."""
    kinds = disclosure.kinds()
    return {
        "listing": listing,
        "kind": kinds[listing.kind].label if listing.kind in kinds else listing.kind,
        "printed_id": printed(listing.public_id),
        "country": country_name(listing.country),
        "standing": disclosure.in_words("standing", listing.standing),
    }
