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
    HOTLINE_OPERATOR = "hotline_operator", _("Hotline operator")
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
    STANDING_OVERRIDE = "standing.override"
    WORKPLACE_READ = "workplace.read"
    WORKPLACE_CHANGE = "workplace.change"
    SOURCING_READ = "sourcing.read"
    SOURCING_CHANGE = "sourcing.change"
    CODE_READ = "code.read"
    CODE_CHANGE = "code.change"
    RULE_READ = "rule.read"
    RULE_CHANGE = "rule.change"
    CLOCK_READ = "clock.read"
    CLOCK_CHANGE = "clock.change"
    IMPORT_READ = "import.read"
    IMPORT_APPLY = "import.apply"
    EXPORT = "export"
    VIEW_SAVE = "view.save"
    PUBLICATION_READ = "publication.read"
    PUBLISH = "publication.publish"
    PUBLISH_OVERRIDE = "publication.override"
    AGREEMENT_READ = "agreement.read"
    AGREEMENT_CHANGE = "agreement.change"
    AGREEMENT_SIGN = "agreement.sign"
    OBLIGATION_READ = "obligation.read"
    OBLIGATION_DECIDE = "obligation.decide"
    OBLIGATION_ANSWER = "obligation.answer"
    MONEY_READ = "money.read"
    MONEY_CHANGE = "money.change"
    PURCHASE_REPORT = "purchase.report"
    SALE_REPORT = "sale.report"
    ESCALATION_READ = "escalation.read"
    DUTY_ANSWER = "duty.answer"
    DISPUTE_READ = "dispute.read"
    DISPUTE_FILE = "dispute.file"
    DISPUTE_DECIDE = "dispute.decide"
    COMMITTEE_SIT = "committee.sit"
    COMMITTEE_CHANGE = "committee.change"
    CONTACT_CHANGE = "contact.change"
    DELIVERY_CHANGE = "delivery.change"
    WEBHOOK_CHANGE = "webhook.change"
    PORTAL_READ = "portal.read"
    INSPECTION_READ = "inspection.read"
    INSPECTION_PLAN = "inspection.plan"
    INSPECTION_RECORD = "inspection.record"
    INSPECTION_REVIEW = "inspection.review"
    ASSIGNMENT_ANSWER = "assignment.answer"
    CHECKLIST_CHANGE = "checklist.change"
    REPORT_READ = "report.read"
    REPORT_REPLY = "report.reply"
    ACTION_READ = "action.read"
    ACTION_CHANGE = "action.change"
    ACTION_ANSWER = "action.answer"
    ACTION_VERIFY = "action.verify"
    FINANCE_SIGN = "finance.sign"
    API_CLIENT_CHANGE = "api_client.change"
    COMPLAINT_ENTER = "complaint.enter"
    COMPLAINT_READ = "complaint.read"
    COMPLAINT_TRIAGE = "complaint.triage"
    COMPLAINT_HANDLE = "complaint.handle"
    COMPLAINT_ASSIGN = "complaint.assign"
    COMPLAINT_RELEASE = "complaint.release"
    TRIAGE_CHANGE = "triage.change"
    ENDORSEMENT_MODERATE = "endorsement.moderate"
    NEWS_CHANGE = "news.change"
    EDUCATION_READ = "education.read"
    EDUCATION_CHANGE = "education.change"
    EDUCATION_CONFIRM = "education.confirm"
    EDUCATION_ANSWER = "education.answer"


P = Permission

_READ_PROGRAM = frozenset(
    {
        P.PROGRAM_READ,
        P.SUPPLIER_READ,
        P.WORKPLACE_READ,
        P.SOURCING_READ,
        P.CODE_READ,
        P.RULE_READ,
        P.CLOCK_READ,
        P.PUBLICATION_READ,
        P.JOB_READ,
        P.VIEW_SAVE,
        P.EDUCATION_READ,
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

# What a portal role shows is its own organization's, by row-level security; what it may answer for, by these.
_READ_BINDING = frozenset({P.AGREEMENT_READ, P.OBLIGATION_READ, P.DISPUTE_READ, P.ESCALATION_READ})
_READ_RESULTS = frozenset({P.REPORT_READ, P.ACTION_READ})
_INSPECTS = (
    frozenset({P.INSPECTION_READ, P.INSPECTION_RECORD, P.ASSIGNMENT_ANSWER, P.ACTION_VERIFY}) | _READ_RESULTS
)
_PORTAL = (
    frozenset({P.PORTAL_READ, P.CLOCK_READ, P.SUPPLIER_READ, P.WORKPLACE_READ, P.CODE_READ, P.VIEW_SAVE})
    | _READ_BINDING
    | _READ_RESULTS
)
_ANSWERS_OUTSIDE = frozenset(
    {
        P.PORTAL_READ,
        P.OBLIGATION_ANSWER,
        P.PURCHASE_REPORT,
        P.SALE_REPORT,
        P.DUTY_ANSWER,
        P.CONTACT_CHANGE,
        P.REPORT_REPLY,
        P.ACTION_ANSWER,
        P.FINANCE_SIGN,
        P.EDUCATION_ANSWER,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.DIRECTOR: frozenset(Permission) - _ANSWERS_OUTSIDE,
    Role.PUBLISHER: _READ_PROGRAM
    | {P.PUBLISH, P.EXPORT, P.AGREEMENT_READ, P.ENDORSEMENT_MODERATE, P.NEWS_CHANGE},
    Role.CASE_HANDLER: _READ_PROGRAM
    | _READ_RESULTS
    | {P.AGREEMENT_READ, P.ESCALATION_READ, P.INSPECTION_READ, P.ACTION_CHANGE}
    | {P.COMPLAINT_ENTER, P.COMPLAINT_READ, P.COMPLAINT_TRIAGE, P.COMPLAINT_HANDLE},
    # Writes down what workers say and calls them back; which complaints there are, and what was said in them, is not hers to read.
    Role.HOTLINE_OPERATOR: frozenset({P.PROGRAM_READ, P.COMPLAINT_ENTER}),
    Role.INSPECTOR_IN_CHARGE: _READ_PROGRAM
    | _KEEP_LISTS
    | _READ_BINDING
    | _INSPECTS
    | {
        P.STANDING_CHANGE,
        P.CLOCK_CHANGE,
        P.INSPECTION_PLAN,
        P.INSPECTION_REVIEW,
        P.ACTION_CHANGE,
        P.CHECKLIST_CHANGE,
    },
    Role.EDUCATOR: _READ_PROGRAM | {P.EXPORT, P.EDUCATION_CHANGE, P.EDUCATION_CONFIRM},
    Role.FINANCE: _READ_PROGRAM
    | _READ_BINDING
    | {P.SOURCING_CHANGE, P.EXPORT, P.MONEY_READ, P.MONEY_CHANGE, P.OBLIGATION_DECIDE},
    Role.OBSERVER: _READ_PROGRAM | _READ_RESULTS,
    # Reads what is put before the committee and decides on it; agreements, breaches and clocks of single brands are not hers to look through.
    Role.COMMITTEE_MEMBER: frozenset({P.PROGRAM_READ, P.CODE_READ, P.RULE_READ, P.PUBLICATION_READ})
    | {P.DISPUTE_DECIDE, P.COMMITTEE_SIT},
    Role.AUDITOR: frozenset({P.PORTAL_READ}) | _INSPECTS,
    Role.BRAND_OFFICER: _PORTAL
    | {P.OBLIGATION_ANSWER, P.DUTY_ANSWER, P.PURCHASE_REPORT, P.MONEY_READ, P.DISPUTE_FILE, P.CONTACT_CHANGE}
    | {P.FINANCE_SIGN, P.COMMITTEE_SIT},
    Role.BRAND_SIGNATORY: _PORTAL
    | {P.AGREEMENT_SIGN, P.OBLIGATION_ANSWER, P.DUTY_ANSWER, P.DISPUTE_FILE, P.CONTACT_CHANGE}
    | {P.FINANCE_SIGN, P.COMMITTEE_SIT},
    Role.BRAND_FINANCE: _PORTAL | {P.PURCHASE_REPORT, P.MONEY_READ, P.OBLIGATION_ANSWER},
    Role.SUPPLIER_MANAGER: _PORTAL
    | {P.AGREEMENT_SIGN, P.OBLIGATION_ANSWER, P.SALE_REPORT, P.MONEY_READ, P.DISPUTE_FILE, P.CONTACT_CHANGE}
    | {P.REPORT_REPLY, P.ACTION_ANSWER, P.FINANCE_SIGN, P.EDUCATION_ANSWER, P.DUTY_ANSWER}
    | {P.COMMITTEE_SIT},
}

AUDIENCE_OF: dict[Role, Audience] = {
    **dict.fromkeys(Role, Audience.STAFF),
    Role.AUDITOR: Audience.AUDITOR,
    Role.BRAND_OFFICER: Audience.BRAND,
    Role.BRAND_SIGNATORY: Audience.BRAND,
    Role.BRAND_FINANCE: Audience.BRAND,
    Role.SUPPLIER_MANAGER: Audience.SUPPLIER,
}

# No brand or supplier role can hold any of these: the code, standing, publication and inspections belong to the worker organizations.
NEVER_OUTSIDE = frozenset(
    {
        P.RULE_CHANGE,
        P.CLOCK_CHANGE,
        P.CODE_CHANGE,
        P.STANDING_CHANGE,
        P.STANDING_OVERRIDE,
        P.PUBLISH,
        P.PUBLISH_OVERRIDE,
        P.MEMBER_CHANGE,
        P.AGREEMENT_CHANGE,
        P.OBLIGATION_DECIDE,
        P.MONEY_CHANGE,
        P.DISPUTE_DECIDE,
        P.COMMITTEE_CHANGE,
        P.WEBHOOK_CHANGE,
        P.INSPECTION_READ,
        P.INSPECTION_PLAN,
        P.INSPECTION_RECORD,
        P.INSPECTION_REVIEW,
        P.ASSIGNMENT_ANSWER,
        P.CHECKLIST_CHANGE,
        P.ACTION_CHANGE,
        P.ACTION_VERIFY,
        P.API_CLIENT_CHANGE,
        P.COMPLAINT_ENTER,
        P.COMPLAINT_READ,
        P.COMPLAINT_TRIAGE,
        P.COMPLAINT_HANDLE,
        P.COMPLAINT_ASSIGN,
        P.COMPLAINT_RELEASE,
        P.TRIAGE_CHANGE,
        P.ENDORSEMENT_MODERATE,
        P.NEWS_CHANGE,
        P.EDUCATION_READ,
        P.EDUCATION_CHANGE,
        P.EDUCATION_CONFIRM,
    }
)


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Union of what the given roles grant."""
    return frozenset().union(*(GRANTS[Role(role)] for role in roles))
