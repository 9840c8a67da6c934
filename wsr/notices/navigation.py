"""Where sending stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

ENTRIES = [
    Entry(_("Webhooks"), "notices:webhooks", Permission.WEBHOOK_CHANGE, order=850, group=_("Program")),
    Entry(_("Messages"), "notices:undelivered", Permission.DELIVERY_CHANGE, order=860, group=_("Program")),
]
