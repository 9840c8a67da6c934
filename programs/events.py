"""The words of what happens in this room, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("program.started", _("Program started")),
    ("rule.set", _("Rule set")),
    ("rung.set", _("Meaning of a standing set")),
    ("rung.added", _("Rung added")),
    ("rung.moved", _("Order of the ladder changed")),
    ("rung.removed", _("Rung removed")),
    ("severity.added", _("Severity added")),
    ("severity.set", _("Severity changed")),
    ("severity.moved", _("Order of severities changed")),
    ("severity.removed", _("Severity removed")),
    ("rule.added", _("Rule added")),
    ("participation.added", _("Took part")),
    ("participation.changed", _("Participant changed")),
    ("participation.account_given", _("Account given")),
    ("participation.ended", _("Left the program")),
    ("standing.changed", _("Standing changed")),
    ("workplace.added", _("Workplace added")),
    ("workplace.changed", _("Workplace changed")),
    ("workplace.closed", _("Workplace closed")),
    ("sourcing.started", _("Sourcing began")),
    ("sourcing.ended", _("Sourcing ended")),
    ("code.drafted", _("New version of the code drafted")),
    ("code.in_force", _("Code put in force")),
    ("code.replaced", _("Code replaced")),
    ("provision.added", _("Provision added")),
    ("provision.changed", _("Provision changed")),
    ("provision.removed", _("Provision removed")),
]
