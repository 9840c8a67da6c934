"""What a token may be asked for in the audits room."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.api.scopes import PasswordScope

SCOPES = {
    "assignments:read": _("See which inspections you are asked to join"),
    "assignments:write": _("Accept and decline assignments, and declare your independence"),
    "inspections:read": _("Read your inspections, their checklists and what was found there before"),
    "inspections:write": _("Arrive, leave and submit inspections"),
    "records:read": _("Read answers, interviews and findings of your inspections"),
    "records:write": _("Write answers, interviews and findings"),
    "evidence:read": _("Read photos and other evidence of your inspections"),
    "evidence:write": _("Send photos and other evidence"),
    "actions:read": _("Read corrective actions at the workplaces you inspect"),
    "actions:write": _("Verify and reject corrective actions"),
}

PASSWORD_SCOPES = {
    "openrosa": PasswordScope(
        _("Fetch the forms of your visits and send them filled in"),
        permission=Permission.INSPECTION_RECORD,
        path="openrosa",
    ),
}
