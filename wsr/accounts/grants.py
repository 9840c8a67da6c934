"""Who may do what: one table a council member could read.

Reaching a program is membership (404 otherwise); an act is a permission (403). A person may hold several roles in a program.
"""

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from wsr.tenancy import Audience


class Role(TextChoices):
    """What a person is in one program."""

    DIRECTOR = "director", _("Program director")
    PUBLISHER = "publisher", _("Publisher")
    CASE_HANDLER = "case_handler", _("Complaint handler")
    INSPECTOR_IN_CHARGE = "inspector_in_charge", _("Inspector in charge")
    EDUCATOR = "educator", _("Educator")
    FINANCE = "finance", _("Finance")
    OBSERVER = "observer", _("Observer")
    COMMITTEE_MEMBER = "committee_member", _("Steering-committee member")
    AUDITOR = "auditor", _("Auditor")
    BRAND_OFFICER = "brand_officer", _("Brand compliance officer")
    BRAND_SIGNATORY = "brand_signatory", _("Brand signatory")
    BRAND_FINANCE = "brand_finance", _("Brand finance")
    SUPPLIER_MANAGER = "supplier_manager", _("Supplier manager")


class Permission(StrEnum):
    """An act on a program's data."""

    PROGRAM_READ = "program.read"
    PROGRAM_CHANGE = "program.change"
    MEMBER_READ = "member.read"
    MEMBER_CHANGE = "member.change"
    HISTORY_READ = "history.read"
    JOB_READ = "job.read"
    JOB_CANCEL = "job.cancel"
    SUPPLIER_READ = "supplier.read"
    SUPPLIER_CHANGE = "supplier.change"
    STANDING_CHANGE = "standing.change"
    WORKPLACE_READ = "workplace.read"
    WORKPLACE_CHANGE = "workplace.change"
    SOURCING_READ = "sourcing.read"
    SOURCING_CHANGE = "sourcing.change"
    CODE_READ = "code.read"
    CODE_CHANGE = "code.change"
    RULE_READ = "rule.read"
    RULE_CHANGE = "rule.change"
    IMPORT_READ = "import.read"
    IMPORT_APPLY = "import.apply"
    EXPORT = "export"
    VIEW_SAVE = "view.save"
    PUBLICATION_READ = "publication.read"
    PUBLISH = "publication.publish"
    PUBLISH_OVERRIDE = "publication.override"
    PORTAL_READ = "portal.read"


P = Permission

_READ_PROGRAM = frozenset(
    {
        P.PROGRAM_READ,
        P.SUPPLIER_READ,
        P.WORKPLACE_READ,
        P.SOURCING_READ,
        P.CODE_READ,
        P.RULE_READ,
        P.PUBLICATION_READ,
        P.JOB_READ,
        P.VIEW_SAVE,
    }
)
_KEEP_LISTS = frozenset(
    {
        P.SUPPLIER_CHANGE,
        P.WORKPLACE_CHANGE,
        P.SOURCING_CHANGE,
        P.IMPORT_READ,
        P.IMPORT_APPLY,
        P.EXPORT,
        P.JOB_CANCEL,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.DIRECTOR: frozenset(Permission) - {P.PORTAL_READ},
    Role.PUBLISHER: _READ_PROGRAM | {P.PUBLISH, P.EXPORT},
    Role.CASE_HANDLER: _READ_PROGRAM,
    Role.INSPECTOR_IN_CHARGE: _READ_PROGRAM | _KEEP_LISTS | {P.STANDING_CHANGE},
    Role.EDUCATOR: _READ_PROGRAM | {P.EXPORT},
    Role.FINANCE: _READ_PROGRAM | {P.SOURCING_CHANGE, P.EXPORT},
    Role.OBSERVER: _READ_PROGRAM,
    Role.COMMITTEE_MEMBER: frozenset({P.PROGRAM_READ, P.CODE_READ, P.RULE_READ, P.PUBLICATION_READ}),
    Role.AUDITOR: frozenset({P.PORTAL_READ}),
    Role.BRAND_OFFICER: frozenset({P.PORTAL_READ}),
    Role.BRAND_SIGNATORY: frozenset({P.PORTAL_READ}),
    Role.BRAND_FINANCE: frozenset({P.PORTAL_READ}),
    Role.SUPPLIER_MANAGER: frozenset({P.PORTAL_READ}),
}

AUDIENCE_OF: dict[Role, Audience] = {
    **dict.fromkeys(Role, Audience.STAFF),
    Role.AUDITOR: Audience.AUDITOR,
    Role.BRAND_OFFICER: Audience.BRAND,
    Role.BRAND_SIGNATORY: Audience.BRAND,
    Role.BRAND_FINANCE: Audience.BRAND,
    Role.SUPPLIER_MANAGER: Audience.SUPPLIER,
}

# No brand or supplier role can hold any of these: the code, standing and publication belong to the worker organizations.
NEVER_OUTSIDE = frozenset(
    {P.RULE_CHANGE, P.CODE_CHANGE, P.STANDING_CHANGE, P.PUBLISH, P.PUBLISH_OVERRIDE, P.MEMBER_CHANGE}
)

# Every role is asked for a second factor before it reaches a program; see `wsr.accounts.middleware`.
SECOND_FACTOR_ROLES = frozenset(Role)


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Union of what the given roles grant."""
    return frozenset().union(*(GRANTS[Role(role)] for role in roles))
