"""The words of what happens to keys, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("vault.key_destroyed", _("Confidential contents of a case erased for good")),
    ("vault.program_key_replaced", _("Key of the program replaced")),
]
