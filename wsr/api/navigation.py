"""Where access through the API stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

ENTRIES = [Entry(_("API access"), "api:access", Permission.API_CLIENT_CHANGE, order=820, group=_("Program"))]
