"""Jobs in the side navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

ENTRIES = [Entry(_("Jobs"), "jobs:list", Permission.JOB_READ, order=900, group=_("Program"))]
