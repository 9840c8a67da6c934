"""The report of a season or a year: made from the public record alone, as a PDF that anyone can check against it.

Whoever may publish asks for it in the console; a worker makes it; everyone reads it.
"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from hashlib import sha256
from io import BytesIO
from typing import Any

import segno
from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.history.signing import origin, verifier_key
from wsr.registry import disclosure, figures, operations, pages, publishing, report_files
from wsr.registry.changes import Change, as_of, contents_of, differences
from wsr.registry.forms import ReportForm
from wsr.registry.ids import printed
from wsr.registry.models import Publication, Record
from wsr.registry.publishing import iso, program_folder
from wsr.registry.views import program_of, registry_page
from wsr.tenancy.models import Program
from wsr.ui import pdf

# The fields of standing, and those that the table of workplaces shows; every other kind is listed by name and day.
EVENTS = ("standing", "purchases_stopped")
LISTED = ("stop_of_purchases", "breach", "arbitration", "premium", "complaint_count")
MOST_LISTED = 200


class NothingPublished(DomainError):
    """There was no publication by the last day of the report."""


# ── Made by a worker ─────────────────────────────────────────────────────────────────────────────


def make(
    *, program: Program, title: str, starts_on: date, ends_on: date, at: datetime
) -> report_files.ReportFile:
    """Make the report of a stretch of days, both included, and keep it. Runs in `engine_scope(program.pk)`.

    Under the publisher's lock: a redaction comes before it, and it says nothing of it, or after it, and takes it away. The title was
    written before that, so it is looked at once more. Raises NothingPublished and CannotInstruct.
    """
    publishing.lock(program)
    operations.check_title(title)
    publication = _by(program, ends_on)
    if publication is None:
        raise NothingPublished(_("Nothing was published by the last day of this report. Choose a later one."))
    with translation.override("en"):
        content = pdf.render(
            render_to_string(
                "registry/report.html", _context(program, publication, title, starts_on, ends_on, at)
            )
        )
    name = slugify(title) or f"{starts_on}-{ends_on}"
    made = report_files.ReportFile(
        name,
        title,
        starts_on.isoformat(),
        ends_on.isoformat(),
        publication.number,
        iso(at),
        sha256(content).hexdigest(),
        Publication.objects.filter(program=program).aggregate(newest=Max("number"))["newest"],
    )
    report_files.keep(program_folder(program), made, content)
    return made


def _by(program: Program, day: date) -> Publication | None:
    """The newest publication by the end of a day (UTC)."""
    ended = datetime.combine(day, time.max, UTC)
    return Publication.objects.filter(program=program, published_at__lte=ended).order_by("-number").first()


def _context(
    program: Program, publication: Publication, title: str, starts_on: date, ends_on: date, at: datetime
) -> dict[str, Any]:
    begun = Publication.objects.filter(
        program=program, published_at__lt=datetime.combine(starts_on, time.min, UTC)
    )
    first = begun.aggregate(number=Max("number"))["number"] or 0
    kinds = disclosure.kinds()
    places = [one["content"] for one in figures.contents(program, "workplace", ends_on)]
    places = sorted(
        (one for one in places if not one.get("closed_on")), key=lambda one: str(one["name"]).casefold()
    )
    return {
        "program": program,
        "publication": publication,
        "title": title,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "at": at,
        "url": pages.absolute(reverse("registry:program", args=[program.slug])),
        "code": _code(pages.absolute(reverse("registry:program", args=[program.slug]))),
        "key": str(verifier_key(origin("registry", program.slug))),
        "root": bytes(publication.root).hex(),
        "figures": figures.of_day(program, ends_on),
        "standings": _standings(program, first, publication.number),
        "groups": _groups(places),
        "lists": [
            (kinds[key], rows)
            for key in LISTED
            if key in kinds and (rows := list(_rows(program, kinds[key], ends_on)))
        ],
        "changes": _counted(program, first, publication.number),
        "gates": publication.gates,
    }


def _standings(program: Program, first: int, last: int) -> list[dict[str, Any]]:
    """Every change of standing of a supplier that was published in the period."""
    if not first:
        return []
    found: dict[str, dict[str, Any]] = {}
    for one in differences(program, first, last):
        if one.kind == "supplier" and one.field in EVENTS:
            entry = found.setdefault(
                one.public_id, {"name": one.name, "number": printed(one.public_id), "stops": ""}
            )
            entry |= _event(one)
    return [one for _id, one in sorted(found.items(), key=lambda item: str(item[1]["name"]).casefold())]


def _event(change: Change) -> dict[str, str]:
    if change.field == "standing":
        return {"before": change.before or "–", "after": change.after or "–"}
    return {"stops": change.after}


def _groups(places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Workplaces by supplier, whose standing is theirs. One line of text each: a table of a thousand rows takes the printer twice as long."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in places:
        supplier = (one.get("supplier") or {}).get("name", "")
        standing = disclosure.in_words("standing", one.get("standing", "")) or _("no standing is published")
        found.setdefault((str(supplier), standing), []).append(_line(one))
    return [
        {"supplier": supplier, "standing": standing, "lines": lines}
        for (supplier, standing), lines in sorted(found.items(), key=lambda item: item[0][0].casefold())
    ]


def _line(one: dict[str, Any]) -> str:
    where = ", ".join(
        part
        for part in (one.get("city") or one.get("region"), pages.country_name(one.get("country") or ""))
        if part
    )
    day, total = one.get("last_inspected_on"), one.get("findings_original")
    seen = _("inspected %s") % day if day else _("no inspection is published")
    fixed = f"; {one.get('findings_corrected')} of {total} findings corrected" if total else ""
    return f"{one['name']}, {where}: {seen}{fixed}"


def _rows(program: Program, kind: disclosure.PublicKind, day: date) -> Iterator[list[tuple[str, str]]]:
    """What the records of a kind say, in words, as on their pages."""
    rows: list[Record] = list(as_of(program, kind.key, day, "known")[:MOST_LISTED])
    held = contents_of(rows)
    for row in rows:
        version = {"version": row.version, "publication": row.publication, "act": row.act, "leaf_index": 0, "commitment": "", "disclosed": held[row.pk]}  # fmt: skip
        shown = pages.version_context(version, kind) or {"fields": []}
        yield [
            (
                str(one["label"]),
                ", ".join(str(v["name"] if isinstance(v, dict) else v) for v in one["values"])
                or one["reason"],
            )
            for one in shown["fields"]
        ]


def _counted(program: Program, first: int, last: int) -> list[tuple[str, str, int]]:
    """[(kind, act, how many)] of all publications of the period, in words."""
    total: dict[tuple[str, str], int] = {}
    for one in Publication.objects.filter(program=program, number__gt=first, number__lte=last).order_by(
        "number"
    ):
        for kind, act, count in pages.counted(one):
            total[kind, act] = total.get((kind, act), 0) + count
    return [(kind, act, count) for (kind, act), count in total.items()]


def _code(url: str) -> str:
    picture = BytesIO()
    segno.make(url, error="m", micro=False).save(
        picture, kind="svg", scale=4, border=1, dark="#1c1b22", xmldecl=False
    )
    return f"data:image/svg+xml;base64,{b64encode(picture.getvalue()).decode()}"


# ── Read by everyone ─────────────────────────────────────────────────────────────────────────────


@registry_page
def public_list(request: HttpRequest, program_slug: str) -> HttpResponse:
    """The reports of a program."""
    owner = program_of(program_slug)
    context = {"program": owner, "reports": _with_days(owner), "lang": translation.get_language()}
    return HttpResponse(render_to_string("registry/reports.html", context))


@registry_page
def download(request: HttpRequest, program_slug: str, name: str) -> HttpResponse:
    """One report."""
    content = report_files.content_of(program_folder(program_of(program_slug)), name)
    if content is None:
        raise Http404("No such report.")
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{program_slug}-{name}.pdf"'},
    )


def _with_days(program: Program) -> list[dict[str, Any]]:
    return [
        {
            "report": one,
            "starts_on": date.fromisoformat(one.starts_on),
            "ends_on": date.fromisoformat(one.ends_on),
            "made_at": datetime.fromisoformat(one.made_at),
        }
        for one in report_files.listed(program_folder(program))
    ]


# ── Asked for by staff ───────────────────────────────────────────────────────────────────────────


@requires(Permission.PUBLISH)
@require_http_methods(["GET", "POST"])
def console(request: HttpRequest) -> HttpResponse:
    """Ask for a report, and see those there are."""
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            job = operations.start_report(by=request.user, at=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The report is being made. Everyone can read it when it is done."))
            return redirect("jobs:detail", request.program.slug, job.pk)
    context = {"form": form, "reports": _with_days(request.program)}
    return render(request, "registry/console_reports.html", context, status=422 if form.is_bound else 200)
