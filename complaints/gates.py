"""The essential that this room can show: workers complain safely, and somebody acts within a limit."""

from uuid import UUID

from babel import Locale
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.deadlines import KINDS
from complaints.models import TriageRule
from complaints.operations.parts import HANDLERS
from complaints.operations.states import ACKNOWLEDGED, CLOSED
from programs.lengths import limits_of
from programs.models import Workplace
from programs.queries import today
from wsr.accounts.models import Membership
from wsr.languages import BY_CODE, nearest
from wsr.registry.gates import Gate

ALSO = {"bengali": "bn", "creole": "ht", "kreyol": "ht", "kreyòl": "ht"}  # names that people write besides
FEWEST = (
    2  # of those who handle: nobody decides on her own closing, and somebody is there while the other is away
)


def complaint_line(program_id: UUID) -> bool | str:
    """Workers can choose what it is about, in the languages they speak; two people handle it; its clocks have lengths.

    The pages for workers are open in every program and cannot be closed. In the program's scope.
    """
    on = today(timezone.now())
    rules = list(TriageRule.objects.on(on))
    if not rules:
        return _("The table that triages complaints has no line yet.")
    handlers = Membership.objects.filter(role__in=HANDLERS, ended_at=None).values("person_id").distinct()
    if handlers.count() < FEWEST:
        return _("Fewer than two people may handle complaints.")
    for kind in (one for one in KINDS if one.key in (ACKNOWLEDGED, CLOSED)):
        limits = limits_of(kind.length_key, on=on)
        if limits is None or limits.runs_on is None:
            return _("No length is set for the clock “%(clock)s”.") % {"clock": kind.label}
    return _languages(rules)


def _languages(rules: list[TriageRule]) -> bool | str:
    """Whether the pages, and the words of the table on them, are in every language that is spoken at the workplaces."""
    lists = Workplace.objects.open().exclude(languages=[]).values_list("languages", flat=True)
    for spoken in sorted({language for languages in lists for language in languages}):
        code = code_of(spoken)
        if not code:
            return _("Workers speak %(language)s; their pages are not in this language yet.") % {
                "language": spoken
            }
        for rule in rules:
            if not rule.label.get(code):
                return _(
                    "“%(line)s” in the table that triages has no words in %(language)s, which workers speak."
                ) % {
                    "line": rule,
                    "language": BY_CODE[code].own_name,
                }
    return True


def code_of(spoken: str) -> str:
    """The language of workers' pages that somebody wrote down as a tag, in English or in its own words; empty where there is none."""
    named = {name.casefold(): code for code, name in Locale("en").languages.items()} | ALSO
    named |= {language.own_name.casefold(): language.code for language in BY_CODE.values()}
    return nearest(spoken) or nearest(named.get(spoken.strip().casefold(), ""))


GATES = [
    Gate(
        "complaint_line",
        gettext_lazy("Workers complain safely and somebody acts within a limit"),
        complaint_line,
        "complaints:rules",
    )
]
