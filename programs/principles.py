"""What this room shows for the principles: who takes part, where, in which standing, and what workers are taught."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from programs.disclosure.education import TOTAL
from programs.enums import RUNG_WORDS
from programs.showing import Fact, Published, Shows


def _consequences(published: Published) -> Iterable[Fact]:
    standings = published.standings()
    yield Fact(
        _("Suppliers by standing"),
        tuple(f"{RUNG_WORDS.get(label, label)}: {count}" for label, count in standings.items()),
        "supplier",
        published.publication.published_at,
        "" if standings else published.nothing_of("supplier"),
    )


def _verification(published: Published) -> Iterable[Fact]:
    yield published.number(_("Suppliers named"), "supplier")
    yield published.number(_("Workplaces with their place"), "workplace")
    yield published.number(_("Brands named"), "brand")
    yield published.column(_("Sessions with workers"), TOTAL, "sessions")
    if published.one(TOTAL):
        yield published.column(_("Workplaces with a session"), TOTAL, "workplaces_taught")
        yield published.column(_("Sessions owed so far"), TOTAL, "education_owed")
        yield published.column(_("Of these, held"), TOTAL, "education_held")


SHOWS = [Shows("consequences", _consequences), Shows("verification", _verification)]
