"""Who worked on which site, for whom and when, as the program decides in the rule `disclosure.site_contractors`.

Published: one record for each stretch of work, of those who take part as suppliers and of developers that take part as brands, each by name
only where the program names such at all. Only how many: a number on the record of the site. Otherwise nothing. Reasons are never public.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.disclosure import decisions
from programs.enums import ContractorRole, Part, WorkplaceType
from programs.models import Engagement, Participation, Workplace
from programs.queries import rules, today
from wsr.registry.disclosure import Addition, Column, PublicKind, PublicRecord, Ref, Since
from wsr.registry.enums import Reason

WORK = "site_work"
RULES = ("disclosure.site_contractors", "disclosure.supplier_names", "disclosure.brand_names")
KINDS = [
    PublicKind(
        WORK,
        "work_on_sites",
        _("Work on a site"),
        _("Work on sites"),
        (
            Column("name", _("Name"), "As what somebody worked on a site, and from when."),
            Column("site", _("Site"), "The site."),
            Column("contractor", _("Contractor"), "Who worked there."),
            Column(
                "hired_by",
                _("Hired by"),
                "Who hired it there; empty for those on top, and where the program does not name it.",
            ),
            Column(
                "role",
                _("As"),
                "developer, general_contractor, subcontractor or labor_broker.",
                words=dict(ContractorRole.choices),
            ),
            Column("since", _("Since"), "ISO 8601 date of the first day."),
            Column("until", _("Until"), "ISO 8601 date on which it ended; empty while it goes on."),
        ),
    )
]
ADDS = {
    "workplace": (
        Column(
            "type",
            _("What it is"),
            "lasting, site (it has a planned end) or housing (provided at a site).",
            words=dict(WorkplaceType.choices),
        ),
        Column("ends_on", _("Planned last day"), "ISO 8601 date; only of a site."),
        Column("housing_of", _("Housing of"), "The site that the housing belongs to."),
        Column("contractors", _("Contractors so far"), "How many have worked on the site."),
    )
}


def decided(on: date) -> dict[str, Any]:
    """{rule: decision} of what this file asks."""
    return dict(rules(on=on).filter(key__in=RULES).values_list("key", "value"))


def present(kind: str) -> QuerySet[Engagement]:
    """All work of those who are named; none where the program does not publish it."""
    return _shown(decided(today(timezone.now())))


def _shown(said: dict[str, Any]) -> QuerySet[Engagement]:
    if said.get(RULES[0]) != "published" or said.get(RULES[1]) != "published":
        return Engagement.objects.none()
    rows = Engagement.objects.all()
    if said.get(RULES[2]) != "published":
        rows = rows.exclude(contractor__part=Part.BRAND)
    return rows


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: as what, and from when}."""
    return {row.pk: _name(row) for row in Engagement.objects.filter(pk__in=only)}


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records as they are on a day; of these subjects only, if they are named."""
    said = decided(as_of)
    rows = _shown(said) if only is None else _shown(said).filter(pk__in=only)
    for row in rows.select_related("contractor", "hired_by", "site").order_by("started_on", "pk"):
        yield _record(row, names_brands=said.get(RULES[2]) == "published")


def changed(kind: str, since: Since) -> set[UUID]:
    """Work written since, or that repeats a name written since; all of it where a rule was."""
    if decisions.changed(since, *RULES):
        return set(Engagement.objects.values_list("pk", flat=True))
    people, places = (
        since.changed_ids(Participation.objects.all()),
        since.changed_ids(Workplace.objects.all()),
    )
    renamed = Engagement.objects.filter(
        Q(contractor__in=people) | Q(hired_by__in=people) | Q(site__in=places)
    )
    return since.changed_ids(Engagement.objects.all()) | set(renamed.values_list("pk", flat=True))


def _record(row: Engagement, *, names_brands: bool) -> PublicRecord:
    withheld: dict[str, str] = {}
    hirer: Ref | str = ""
    if row.hired_by is not None and (row.hired_by.part == Part.SUPPLIER or names_brands):
        hirer = _ref(row.hired_by)
    elif row.hired_by is not None:
        withheld["hired_by"] = Reason.NOT_PUBLIC.value
    content = {
        "name": _name(row),
        "site": Ref("workplace", row.site_id, row.site.name),
        "contractor": _ref(row.contractor),
        "hired_by": hirer,
        "role": row.role,
        "since": row.started_on.isoformat(),
        "until": row.ended_on.isoformat() if row.ended_on else "",
    }
    words = " ".join(filter(None, [row.contractor.name, row.site.name]))
    return PublicRecord(WORK, row.pk, content, withheld, row.ended_on or row.started_on, search=words)


def _ref(participation: Participation) -> Ref:
    return Ref(Part(participation.part).value, participation.pk, participation.name)


def _name(row: Engagement) -> str:
    """“Subcontractor from 2026-03-02”; without contractor and site, whose names a redaction may have to take out."""
    return f"{ContractorRole(row.role).label} from {row.started_on.isoformat()}"


# ── What the page of a workplace says ────────────────────────────────────────────────────────────


def additions(as_of: date, only: set[UUID]) -> dict[UUID, Addition]:
    """What each workplace is; of a site its planned end and, by the program's rule, how many have worked there."""
    said = decided(as_of).get(RULES[0])
    is_counted = said in ("published", "count")
    counted = dict(
        Engagement.objects.filter(site__in=only, started_on__lte=as_of)
        .order_by()
        .values_list("site_id")
        .annotate(n=Count("contractor_id", distinct=True))
    )
    rows = Workplace.objects.filter(pk__in=only).select_related("site")
    return {row.pk: _addition(row, counted.get(row.pk, 0), is_counted) for row in rows}


def _addition(row: Workplace, count: int, is_counted: bool) -> Addition:
    is_site = row.type == WorkplaceType.SITE
    content = {
        "type": row.type,
        "ends_on": row.ends_on.isoformat() if row.ends_on else "",
        "housing_of": Ref("workplace", row.site_id, row.site.name) if row.site else "",
        "contractors": count if is_site and is_counted else None,
    }
    withheld = {"contractors": Reason.NOT_PUBLIC.value} if is_site and not is_counted else {}
    return Addition(content, withheld)


def changed_additions(since: Since) -> set[UUID]:
    """Workplaces of which that may have changed; their own rows are watched already."""
    if decisions.changed(since, *RULES):
        return set(Workplace.objects.exclude(type=WorkplaceType.LASTING).values_list("pk", flat=True))
    renamed = since.changed_ids(Workplace.objects.all())
    housing = Workplace.objects.filter(site__in=renamed).values_list("pk", flat=True)
    return since.changed_ids(Engagement.objects.all(), "site_id") | set(housing)
