"""Reads of stop-purchase duties."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from agreements.enums import ClauseKind, Side
from agreements.models import Clause, Party, StopDuty
from programs.enums import Part
from programs.ladder import key_of
from programs.models import Participation, Rung, Sourcing
from programs.queries import rule_value, sites

_ROUGH_DAYS = {"hours": 1 / 24, "days": 1, "working_days": 1.4, "weeks": 7, "months": 30, "seasons": 180}


def stop_clause(brand: Participation, *, on: date) -> Clause | None:
    """The stop-purchase clause that binds a brand on a day; the one with the shortest time where several agreements have one.

    A contractor that hires others is bound by its own agreement, not by one that it signs beside a brand.
    """
    is_brand = brand.part == Part.BRAND
    side = Side.BRAND if is_brand else Side.SUPPLIER
    bound = Clause.objects.in_force(on=on).of_kind(ClauseKind.STOP_PURCHASE)
    if not is_brand:
        beside = Party.objects.filter(side=Side.BRAND).values("agreement_id")
        bound = bound.exclude(version__agreement__in=beside)
    found = (
        bound.filter(
            version__agreement__parties__participation_id=brand.pk, version__agreement__parties__side=side
        )
        .select_related("version__agreement")
        .order_by("version__agreement__number", "position", "pk")
    )
    return min(found, key=_shortness, default=None)


def _shortness(clause: Clause) -> float:
    said = clause.parameters.get("stop_within")
    return said["value"] * _ROUGH_DAYS[said["unit"]] if said else float("inf")


def brands_buying(supplier: Participation, *, on: date) -> QuerySet[Participation]:
    """Brands that buy from a supplier or one of its workplaces on a day, or are about to."""
    buying = Sourcing.objects.filter(Q(ended_on=None) | Q(ended_on__gt=on), supplier=supplier)
    return (
        Participation.objects.brands()
        .filter(pk__in=buying.order_by().values("brand_id"))
        .order_by("name", "pk")
    )


def brands_to_stop(supplier: Participation, rung: Rung, *, on: date) -> QuerySet[Participation]:
    """Brands that get a duty when the supplier stands on this rung: those that buy there, or all of the program where its rule says so.

    Source of the rule: the Accord and the RSC, where every signatory must end the business (`domain.md` 2.4: A20, A18).
    """
    if rule_value(key_of(rung.key, "every_brand"), on=on) is not True:
        return brands_buying(supplier, on=on)
    return Participation.objects.brands().present().order_by("name", "pk")


def bound_to_stop(supplier: Participation, rung: Rung, *, on: date) -> QuerySet[Participation]:
    """Whoever must stop when a supplier may have no work: brands (`brands_to_stop`), and by the program's rules those who hire it on
    running sites.

    `hires` says which of the two. Rules: `buyers.stops_hirer`, `buyers.stops_above` (everyone further up as well).
    """
    buying = brands_to_stop(supplier, rung, on=on).order_by().values_list("pk", flat=True)
    hirers: set[UUID] = set()
    if rule_value(sites.STOPS_HIRER, on=on) is True:
        whole_tree = rule_value(sites.STOPS_ABOVE, on=on) is True
        hirers = sites.hirers(supplier.pk, on=on, whole_tree=whole_tree)
    found = Participation.objects.filter(Q(pk__in=buying) | Q(pk__in=hirers))
    return found.annotate(hires=~Q(pk__in=buying)).order_by("name", "pk")


def duties() -> QuerySet[StopDuty]:
    """Duties with brand, supplier, standing and clause."""
    return StopDuty.objects.select_related(
        "brand", "supplier", "standing_event__rung", "clause__version__agreement", "proof_file"
    )
