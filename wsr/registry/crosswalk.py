"""The workplaces in the columns that others ask for, made line by line from the published file; nothing is read besides.

Open Supply Hub: the columns of its template for lists. It asks for an address, so places that are published without one are left
out; a point is given only where it is exact, because a rounded one would be taken for the building.
Open Data Standard for the Apparel Sector: name, address, country, workers, product type, parent company, type of processing.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import translation

from wsr.registry import pages, verify
from wsr.registry.publishing import program_folder
from wsr.registry.views import program_of, registry_page

type Row = dict[str, Any]


def _supplier(row: Row) -> str:
    return str((row.get("supplier") or {}).get("name", ""))


def _kinds(row: Row) -> str:
    return "|".join(part for part in [row.get("sector"), *(row.get("products") or [])] if part)


def _address(row: Row) -> str:
    parts = [row.get(name) for name in ("address", "city", "region", "postal_code")]
    return ", ".join(part for part in parts if part)


def _point(name: str) -> Callable[[Row], Any]:
    return lambda row: row.get(name) if row.get("location_precision") == "exact" else None


COLUMNS: dict[str, dict[str, Callable[[Row], Any]]] = {
    "open-supply-hub": {
        "country": lambda row: pages.country_name(row.get("country") or ""),
        "name": lambda row: row["name"],
        "address": _address,
        "sector_product_type": _kinds,
        "facility_type_processing_type": lambda row: row.get("kind"),
        "number_of_workers": lambda row: row.get("worker_count"),
        "parent_company": _supplier,
        "lat": _point("latitude"),
        "lng": _point("longitude"),
    },
    "odsas": {
        "os_id": lambda row: row.get("os_id"),
        "name": lambda row: row["name"],
        "address": _address,
        "country": lambda row: row.get("country"),
        "number_of_workers": lambda row: row.get("worker_count"),
        "product_type": lambda row: "|".join(row.get("products") or []),
        "parent_company": _supplier,
        "processing_type": lambda row: row.get("kind"),
        "sector": lambda row: row.get("sector"),
        "latitude": _point("latitude"),
        "longitude": _point("longitude"),
        "registry_number": lambda row: row["public_id"],
    },
}
NEEDED = {"open-supply-hub": ("address",)}


@registry_page
def download(request: HttpRequest, program_slug: str, standard: str) -> HttpResponseBase:
    """The open workplaces of the newest publication as CSV in the columns of a standard."""
    path = program_folder(program_of(program_slug)) / "current" / "public" / "data" / "workplaces.json"
    if standard not in COLUMNS or not path.is_file():
        raise Http404("Nothing is published.")
    return StreamingHttpResponse(
        _lines(path.resolve(), standard),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{program_slug}-{standard}.csv"'},
    )


def _lines(path: Path, standard: str) -> Iterator[bytes]:
    columns = COLUMNS[standard]
    yield verify.csv_line(list(columns))
    with path.open("rb") as file, translation.override("en"):
        for line in file:
            if not line.startswith(b"{"):
                continue
            row = json.loads(line.rstrip(b",\n"))
            if row.get("closed_on") or not all(row.get(name) for name in NEEDED.get(standard, ())):
                continue
            yield verify.csv_line([said(row) for said in columns.values()])
