"""Linked data on the public pages, in the words of schema.org, for search engines and catalogs of data."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from wsr.registry import disclosure
from wsr.registry.models import Publication
from wsr.tenancy.models import Program


def of_record(context: dict[str, Any]) -> dict[str, Any] | None:
    """A place or an organization as schema.org describes it; None for records that are neither, or are no longer shown."""
    content = context.get("content")
    types = {"workplace": "Place", "supplier": "Organization", "brand": "Organization"}
    if not content or context["kind"].key not in types:
        return None
    said = {
        "@context": "https://schema.org",
        "@type": types[context["kind"].key],
        "@id": absolute(reverse("registry:by_id", args=[context["public_id"]])),
        "url": absolute(reverse("registry:record", args=[context["program"].slug, context["public_id"]])),
        "name": content["name"],
        "alternateName": content.get("also_known_as") or None,
        "address": _address(content),
        "geo": _point(content),
        "leiCode": content.get("lei") or None,
        "sameAs": content.get("website") or None,
        "identifier": _identifiers(context, content),
    }
    return {name: value for name, value in said.items() if value}


def _identifiers(context: dict[str, Any], content: dict[str, Any]) -> list[dict[str, str]]:
    pairs = [("registry number", context["printed_id"]), ("OS ID", content.get("os_id", ""))]
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in pairs if value]


def _address(content: dict[str, Any]) -> dict[str, str] | None:
    names = {"streetAddress": "address", "addressLocality": "city", "addressRegion": "region", "postalCode": "postal_code", "addressCountry": "country"}  # fmt: skip
    said = {name: content[column] for name, column in names.items() if content.get(column)}
    return {"@type": "PostalAddress", **said} if said else None


def _point(content: dict[str, Any]) -> dict[str, Any] | None:
    if content.get("latitude") is None or content.get("longitude") is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": content["latitude"], "longitude": content["longitude"]}


def of_program(program: Program, newest: Publication) -> dict[str, Any]:
    """The program's data files as a data set, for catalogs of data."""
    files = [
        (f"data/{kind.plural}.{ending}", ending)
        for kind in disclosure.kinds().values()
        for ending in kind.formats
    ]
    types = {"csv": "text/csv", "json": "application/json", "geojson": "application/geo+json"}
    name, url = license_of()
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{program.name}: public registry",
        "description": "Workplaces, suppliers and brands of a worker-driven social responsibility program, with their standing and history.",
        "url": absolute(reverse("registry:program", args=[program.slug])),
        "version": str(newest.number),
        "dateModified": f"{newest.published_at:%Y-%m-%d}",
        "license": url or name,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": program.name},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": types[ending],
                "contentUrl": absolute(reverse("registry:file", args=[program.slug, path])),
            }
            for path, ending in files
        ],
    }


def license_of() -> tuple[str, str]:
    """(name, address) of the license of what is published."""
    name, _mark, url = settings.DATA_LICENSE.rpartition(" ")
    return (name, url) if url.startswith("http") else (settings.DATA_LICENSE, "")


def absolute(path: str) -> str:
    """The full address of a path of this installation."""
    return f"{settings.BASE_URL}{path}"
