"""Who works for whom on sites: every row is one place in the tree of a site, with its days."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from programs.enums import ContractorRole
from programs.importing import placing
from programs.models import Participation
from wsr.imports.names import header_key, name_key
from wsr.imports.reading.countries import country_code
from wsr.imports.reading.values import day, one_line
from wsr.imports.targets import Cleaned, Context, Field, Known, Target
from wsr.said import gettext as _

_R = ContractorRole
# As people write it at the end of a line; `header_key` has made it small and plain.
ROLES = {
    _R.DEVELOPER: {"developer", "owner", "client", "desarrollador", "promotora", "dueno"},
    _R.GENERAL_CONTRACTOR: {
        "general contractor", "gc", "general", "prime", "prime contractor", "main contractor", "builder", "contratista general", "contratista principal",
    },
    _R.SUBCONTRACTOR: {
        "subcontractor", "sub contractor", "sub", "sub subcontractor", "trade contractor", "contractor", "subcontratista", "contratista",
    },
    _R.LABOR_BROKER: {"labor broker", "labour broker", "broker", "labor provider", "staffing agency", "labor supplier", "agencia", "intermediario"},
}  # fmt: skip
_ROLE_OF = {word: role for role, words in ROLES.items() for word in words}


class Contractors(Target):
    """Lists of contractors of building sites."""

    key = "contractors"
    label = gettext_lazy("Contractors on sites")
    explanation = gettext_lazy(
        "One row for each contractor on a site: who hired it, as what, since when. Open the sites first; contractors that the program does not know are added."
    )
    compares_rows = False
    steps = 2
    fields = (
        Field("contractor", gettext_lazy("Contractor"), required=True),
        Field("work_site", gettext_lazy("Site"), required=True, default=True),
        Field(
            "hired_by",
            gettext_lazy("Hired by"),
            help=gettext_lazy("The contractor above it on the site. Empty for whoever stands on top."),
        ),
        Field(
            "contractor_role",
            gettext_lazy("As"),
            help=gettext_lazy(
                "Developer, general contractor, subcontractor or labor broker. Where it is empty: general contractor on top, else subcontractor."
            ),
        ),
        Field("started_on", gettext_lazy("Since"), required=True, default=True),
        Field(
            "ended_on",
            gettext_lazy("Until"),
            help=gettext_lazy("Empty while it works there. Whoever leaves takes along whom it hired."),
        ),
        Field("country", gettext_lazy("Country"), default=True, choices="countries"),
    )

    def clean(self, values: Mapping[str, str], context: Context) -> Cleaned:
        """Understand one row."""
        row = Cleaned()
        said = {key: one_line(values.get(key, "")) for key in (one.key for one in self.fields)}
        for key in ("work_site", "started_on"):
            said[key] = said[key] or context.defaults.get(key, "")
        for key, sentence in (
            ("contractor", _("The row names no contractor.")),
            ("work_site", _("The row names no site.")),
            ("started_on", _("The row does not say since when it works there.")),
        ):
            if not said[key]:
                row.errors[key] = sentence
        row.name_key = name_key(said["contractor"])
        row.country = self._country(row, said["country"], context)
        dates = {key: self._day(row, key, said[key], context) for key in ("started_on", "ended_on")}
        row.values = {
            "name": said["contractor"][:300],
            "site": said["work_site"][:300],
            "hired_by": said["hired_by"][:300],
            "role": self._role(row, said["contractor_role"], bool(said["hired_by"])),
            **dates,
        }
        row.identity = (
            name_key(said["work_site"]),
            row.name_key,
            row.country,
            name_key(said["hired_by"]),
            str(dates["started_on"] or ""),
        )
        return row

    @staticmethod
    def _country(row: Cleaned, text: str, context: Context) -> str:
        found = country_code(text) if text else context.defaults.get("country", "")
        if not found:
            row.errors["country"] = (
                _("“%(text)s” is not a country this program knows.") % {"text": text[:60]}
                if text
                else _("The row names no country. Add it, or set one for the whole file.")
            )
        return found or ""

    @staticmethod
    def _day(row: Cleaned, key: str, text: str, context: Context) -> Any:
        found = day(text, day_first=key in context.day_first) if text else None
        if text and found is None:
            row.errors[key] = _("“%(text)s” is not a date.") % {"text": text[:40]}
        return found

    @staticmethod
    def _role(row: Cleaned, text: str, is_hired: bool) -> str:
        if not text:
            return _R.SUBCONTRACTOR if is_hired else _R.GENERAL_CONTRACTOR
        role = _ROLE_OF.get(header_key(text))
        if role is None:
            row.errors["contractor_role"] = _(
                "“%(text)s” is none of: developer, general contractor, subcontractor, labor broker."
            ) % {"text": text[:40]}
        return role or ""

    def known(self) -> Iterator[Known]:
        """Who takes part, by its names: employers, and brands, which can be developers."""
        rows = Participation.objects.filter(part__in=placing.PARTS).present().order_by("part", "pk")
        for id_, name, key, country in rows.values_list("id", "name", "name_key", "country"):
            yield Known(str(id_), name, key, country, "", "")

    def facts(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Participants have a name and a country."""
        rows = Participation.objects.filter(pk__in=ids).values("id", "name", "country")
        return {str(one["id"]): one for one in rows}

    def mark_updates(self, batch_id: UUID) -> None:
        """What each row would do, by doing it and taking it back: the same rules as on the page of the site."""
        placing.mark(batch_id)

    def apply(self, batch_id: UUID, *, at: datetime, step: Callable[[], None]) -> dict[str, int]:
        """New contractors, their places, and their ends."""
        return placing.write(batch_id, at=at, step=step)

    def held(self, batch_id: UUID, table: str) -> set[UUID]:
        """Places that somebody else was hired from since, or that are kept themselves with whoever they hired."""
        return placing.held(batch_id) if table == placing.TABLE else set()
