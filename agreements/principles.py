"""What this room shows for the principles: agreements and who is bound, their public clauses, premium, stops of purchases, breaches."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from agreements.disclosure.disputes import ARBITRATION, BREACH
from agreements.disclosure.duties import KEY as STOP
from agreements.disclosure.money import KEY as PREMIUM
from agreements.enums import AgreementState
from programs.showing import Fact, Published, Said, Shows

AGREEMENT = "agreement"


def _in_force(published: Published) -> list[Said]:
    return [
        said
        for said in published.records(AGREEMENT)
        if said.content.get("state") == AgreementState.IN_FORCE.value
    ]


def _names(agreements: list[Said], column: str) -> list[str]:
    """Names in a column, of references or in plain words, each once."""
    values = [value for said in agreements for value in said.content.get(column) or []]
    found = {value["name"] if isinstance(value, dict) else value for value in values}
    return sorted(found, key=str.casefold)


def _worker_driven(published: Published) -> Iterable[Fact]:
    sides = _names(_in_force(published), "for_the_program")
    yield Fact(
        _("Who signs the agreements for the program"),
        tuple(sides),
        AGREEMENT,
        published.publication.published_at,
        "" if sides else published.nothing_of(AGREEMENT),
    )


def _binding(published: Published) -> Iterable[Fact]:
    agreements = _in_force(published)
    blank = "" if agreements else published.nothing_of(AGREEMENT)
    newest = max((_day(said.content.get("in_force_on")) for said in agreements), default=None)
    count = (published.counted(len(agreements), AGREEMENT),) if agreements else ()
    yield Fact(_("Agreements in force"), count, AGREEMENT, newest, blank)
    brands = _names(agreements, "brands")
    yield Fact(_("Brands bound by them"), tuple(brands), AGREEMENT, newest, "" if brands else blank)
    clauses = [clause for said in agreements for clause in said.content.get("public_clauses") or []]
    yield Fact(
        _("Clauses that the parties made public"),
        (published.counted(len(clauses), AGREEMENT),) if clauses else (),
        AGREEMENT,
        newest,
        "" if clauses else _("The parties keep the text to themselves."),
    )
    yield published.number(_("Breaches on record"), BREACH)
    yield published.number(_("Arbitrations"), ARBITRATION)


def _means(published: Published) -> Iterable[Fact]:
    yield published.column(_("Premium earned by purchases"), PREMIUM, "earned")
    yield published.column(_("Premium that brands paid"), PREMIUM, "received")


def _consequences(published: Published) -> Iterable[Fact]:
    yield published.number(_("Stops of purchases"), STOP)
    stops = published.records(STOP)
    for label, column in (
        (_("Duties given to brands"), "brands_told"),
        (_("Confirmed by the brand"), "brands_confirmed"),
        (_("Proven by the brand"), "brands_proven"),
    ):
        if stops:
            total = sum(said.content.get(column) or 0 for said in stops)
            yield Fact(label, (published.counted(total, STOP),), STOP, published.publication.published_at)


def _gains(published: Published) -> Iterable[Fact]:
    yield published.column(_("Premium passed on to workers"), PREMIUM, "passed_on")


def _day(text: str | None) -> date:
    return date.fromisoformat(text) if text else date.min


SHOWS = [
    Shows("worker_driven", _worker_driven),
    Shows("binding", _binding),
    Shows("means", _means),
    Shows("consequences", _consequences),
    Shows("gains", _gains),
]
