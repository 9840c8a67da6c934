"""The headings under which rules stand, in the order of the pages."""

from django.utils.translation import gettext_lazy as _

TITLES = {
    "program": _("The program"),
    "standing": _("Standing of suppliers"),
    "ladder": _("Rungs of the ladder"),
    "buyers": _("Duties of brands"),
    "money": _("Money"),
    "inspection": _("Inspections"),
    "correction": _("Corrective actions"),
    "complaints": _("Complaints"),
    "education": _("Education"),
    "committee": _("The committee"),
    "clocks": _("Time limits"),
    "targets": _("The program's own targets"),
    "disclosure": _("What is public"),
    "benchmarks": _("Published figures to compare with"),
    "bodies": _("Bodies, with the example of the blueprint"),
    "severity": _("Severities"),
}
# these rules come and go with the rungs, bodies and severities they ask about
DERIVED = frozenset({"ladder", "bodies", "severity"})

LIMITS = ("clocks", "targets")  # lengths of time: what binds, and what the program itself wants to keep
COMPARED = ("targets", "benchmarks")  # nothing waits for these, so an empty one is no gap


def title_of(section: str) -> str:
    """The heading of a section; its key where it has none."""
    return str(TITLES.get(section, section))
