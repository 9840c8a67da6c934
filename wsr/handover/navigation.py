"""Where handing over stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.tenancy import Audience
from wsr.ui.navigation import Entry

_STAFF = (Audience.STAFF,)

ENTRIES = [
    Entry(
        _("Handover"),
        "handover:nobody",
        Permission.MEMBER_CHANGE,
        order=802,
        group=_("Program"),
        audiences=_STAFF,
    ),
    Entry(
        _("Who is away"),
        "handover:away",
        Permission.PROGRAM_READ,
        order=804,
        group=_("Program"),
        audiences=_STAFF,
    ),
]
