"""The words of what happens in the registry, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("registry.published", _("Registry published")),
    ("registry.gate_overridden", _("Gate overridden")),
    ("registry.override_ended", _("Override taken back")),
    ("registry.correction_asked", _("Correction marked")),
    ("registry.redaction_asked", _("Redaction asked for")),
    ("registry.embargo_asked", _("Held back from publication")),
    ("registry.report_made", _("Report made")),
    ("registry.merged", _("Public records merged")),
]
