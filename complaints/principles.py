"""What this room shows for the principles: the newest count of complaints as it was published, and how many cases are told.

Published counts alone, as `complaints.disclosure.counts` cleared them; nothing is added up here, so nothing can be subtracted.
"""

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from complaints.disclosure.cases import CASE
from complaints.disclosure.counts import COUNT
from complaints.enums import Topic
from programs.showing import Fact, Published, Said, Shows


def _newest(published: Published) -> Said | None:
    received = [said for said in published.records(COUNT) if said.content["topic"] == Topic.RECEIVED.value]
    return max(received, key=lambda said: said.content["ends_on"], default=None)


def _verification(published: Published) -> Iterable[Fact]:
    said = _newest(published)
    if said is None:
        yield Fact(_("Complaints received"), kind=COUNT, blank=published.nothing_of(COUNT))
    else:
        begins, ends = (
            date_format(date.fromisoformat(said.content[name])) for name in ("begins_on", "ends_on")
        )
        value = f"{said.content['complaints']} ({begins} – {ends})"
        counted = date.fromisoformat(said.content["counted_on"])
        yield Fact(_("Complaints received"), (value,), COUNT, counted)
    yield published.number(_("Cases told one by one"), CASE)


SHOWS = [Shows("verification", _verification)]
