"""Who works for whom on a site: the tree on a day, those above somebody, and what is open for each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from programs.models import Engagement, Participation, Rung, SiteExtension, Workplace
from wsr.reactions import react

STOPS_HIRER, STOPS_ABOVE = "buyers.stops_hirer", "buyers.stops_above"


@dataclass(frozen=True)
class OpenLine:
    """So many of something wait for somebody; `url` is empty where the reader may not see them."""

    label: str
    count: int
    url: str = ""


@dataclass
class Node:
    """Somebody on a site with those it hired, and what is open for it."""

    engagement: Engagement
    standing: str = ""
    must_stop: bool = False
    open: list[OpenLine] = field(default_factory=list)
    hired: list["Node"] = field(default_factory=list)


def of_site(site: Workplace) -> QuerySet[Engagement]:
    """Everybody who works or worked on a site, in the order in which they came."""
    rows = Engagement.objects.filter(site=site).select_related("contractor", "hired_by")
    return rows.order_by("started_on", "contractor__name", "pk")


def of_contractor(contractor: Participation) -> QuerySet[Engagement]:
    """The sites on which somebody works or worked, the present ones first."""
    rows = Engagement.objects.filter(contractor=contractor).select_related("site", "hired_by")
    return rows.order_by(F("ended_on").desc(nulls_first=True), "-started_on", "pk")


def extensions(site: Workplace) -> QuerySet[SiteExtension]:
    """How the planned end moved, the latest first."""
    return SiteExtension.objects.filter(site=site).order_by("-recorded_at", "-pk")


def tree(site: Workplace, *, on: date, program_slug: str, permissions: Iterable[str]) -> list[Node]:
    """Who works for whom on a day, from the top: a list of trees. What is open is that of now. Rooms above add what is open there.

    Reaction: `contractors.shown` with `lines`, {participation: lines}, to which each room adds.
    """
    rows = list(of_site(site).current(on=on))
    nodes = {row.contractor_id: Node(row) for row in rows}
    _stand(nodes)
    _open(nodes, site, program_slug, frozenset(permissions))
    tops = []
    for row in rows:
        above = nodes.get(row.hired_by_id) if row.hired_by_id else None
        (above.hired if above else tops).append(nodes[row.contractor_id])
    return tops


def _stand(nodes: Mapping[UUID, Node]) -> None:
    rungs = {rung.key: rung for rung in Rung.objects.all()}
    for node in nodes.values():
        rung = rungs.get(node.engagement.contractor.rung)
        node.standing, node.must_stop = (rung.label, bool(rung.stops_purchases)) if rung else ("", False)


def _open(
    nodes: Mapping[UUID, Node], site: Workplace, program_slug: str, permissions: frozenset[str]
) -> None:
    lines: dict[UUID, list[OpenLine]] = defaultdict(list)
    react(
        "contractors.shown",
        participation_ids=list(nodes),
        site=site,
        program_slug=program_slug,
        permissions=permissions,
        lines=lines,
    )
    for contractor_id, node in nodes.items():
        node.open = lines[contractor_id]


def hirers(contractor_id: UUID, *, on: date, whole_tree: bool) -> set[UUID]:
    """Whoever hires somebody on a running site on a day or is about to: directly, or all the way up. Two queries."""
    running = Engagement.objects.filter(Q(ended_on=None) | Q(ended_on__gt=on), site__closed_on=None)
    sites = running.filter(contractor_id=contractor_id).order_by().values("site_id")
    above: dict[tuple[UUID, UUID], set[UUID]] = defaultdict(set)
    rows = running.filter(site__in=sites).exclude(hired_by=None)
    for site_id, hired_id, hirer_id in rows.values_list("site_id", "contractor_id", "hired_by_id"):
        above[site_id, hired_id].add(hirer_id)
    return {
        hirer
        for site_id in {key[0] for key in above}
        for hirer in _up(above, site_id, contractor_id, whole_tree)
    }


def _up(
    above: Mapping[tuple[UUID, UUID], set[UUID]], site_id: UUID, contractor_id: UUID, whole_tree: bool
) -> set[UUID]:
    found: set[UUID] = set()
    waiting = [contractor_id]
    while waiting:
        for hirer in above.get((site_id, waiting.pop()), set()) - found:
            found.add(hirer)
            if whole_tree:
                waiting.append(hirer)
    return found


def below(site_id: UUID, contractor_id: UUID, *, on: date) -> list[UUID]:
    """Somebody and everyone who works for it on a site on a day or is about to, itself first. One query."""
    rows = Engagement.objects.filter(Q(ended_on=None) | Q(ended_on__gt=on), site_id=site_id)
    hired: dict[UUID, list[UUID]] = defaultdict(list)
    for hirer_id, hired_id in rows.exclude(hired_by=None).values_list("hired_by_id", "contractor_id"):
        hired[hirer_id].append(hired_id)
    found = [contractor_id]
    for one in found:
        found += [other for other in hired[one] if other not in found]
    return found
