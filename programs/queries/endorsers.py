"""Who endorses the principles, as everybody may read it."""

from dataclasses import dataclass

from django.db.models import Count, Q

from programs import countries
from programs.enums import EndorserKind
from programs.models import Endorser
from programs.models.endorsements import EndorserQuerySet
from wsr.registry.names import fold


@dataclass(frozen=True)
class Totals:
    """How many endorse now, by kind; how many of them are not named; how many have withdrawn."""

    people: int
    organizations: int
    unnamed: int
    left: int

    @property
    def all(self) -> int:
        """Everybody who endorses now, named or not."""
        return self.people + self.organizations


def totals() -> Totals:
    """The counts, in one query."""
    present = Q(left_on=None)
    return Totals(
        **Endorser.objects.aggregate(
            people=Count("pk", filter=present & Q(kind=EndorserKind.PERSON)),
            organizations=Count("pk", filter=present & Q(kind=EndorserKind.ORGANIZATION)),
            unnamed=Count("pk", filter=present & Q(is_named=False)),
            left=Count("pk", filter=~present),
        )
    )


def found(*, text: str, country: str, kind: str) -> EndorserQuerySet:
    """Those who are named and fit; a filter that is empty or not known leaves nobody out."""
    rows: EndorserQuerySet = Endorser.objects.named()
    if words := fold(text):
        rows = rows.filter(search__contains=words)
    if country:
        rows = rows.filter(country=country)
    if kind in EndorserKind.values:
        rows = rows.filter(kind=kind)
    return rows


def countries_named() -> list[tuple[str, str]]:
    """(code, name) of the countries of those who are named, by name."""
    codes = Endorser.objects.named().exclude(country="").values_list("country", flat=True).distinct()
    return sorted(((code, countries.name_of(code)) for code in codes), key=lambda pair: pair[1])
