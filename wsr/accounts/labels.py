"""Permissions in words, for the page that shows who may do what."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import GRANTS, Permission, Role

P = Permission

LABELS = {
    P.PROGRAM_READ: _("See the program"),
    P.PROGRAM_CHANGE: _("Change the program"),
    P.MEMBER_READ: _("See the members"),
    P.MEMBER_CHANGE: _("Invite, change and end members"),
    P.HISTORY_READ: _("Read the history"),
    P.JOB_READ: _("See long work in progress"),
    P.JOB_CANCEL: _("Cancel long work"),
    P.SUPPLIER_READ: _("See suppliers and brands"),
    P.SUPPLIER_CHANGE: _("Change suppliers and brands"),
    P.STANDING_CHANGE: _("Change standing"),
    P.STANDING_OVERRIDE: _("Let a supplier return against the rules"),
    P.WORKPLACE_READ: _("See workplaces"),
    P.WORKPLACE_CHANGE: _("Change workplaces"),
    P.SOURCING_READ: _("See who buys from whom"),
    P.SOURCING_CHANGE: _("Change who buys from whom"),
    P.CODE_READ: _("Read the code of conduct"),
    P.CODE_CHANGE: _("Change the code of conduct"),
    P.RULE_READ: _("See the program's rules"),
    P.RULE_CHANGE: _("Change the program's rules"),
    P.CLOCK_READ: _("See clocks"),
    P.CLOCK_CHANGE: _("Pause, extend and cancel clocks"),
    P.IMPORT_READ: _("See imports"),
    P.IMPORT_APPLY: _("Import lists"),
    P.EXPORT: _("Export lists"),
    P.VIEW_SAVE: _("Save views of lists"),
    P.PUBLICATION_READ: _("See publications"),
    P.PUBLISH: _("Publish"),
    P.PUBLISH_OVERRIDE: _("Publish although an essential is missing"),
    P.AGREEMENT_READ: _("Read agreements"),
    P.AGREEMENT_CHANGE: _("Write, propose and end agreements"),
    P.AGREEMENT_SIGN: _("Sign agreements"),
    P.COMMITTEE_CHANGE: _("Prepare and lead meetings of the committee"),
    P.COMMITTEE_SIT: _("Sit on the committee"),
    P.OBLIGATION_READ: _("See obligations"),
    P.OBLIGATION_DECIDE: _("Accept, return and waive obligations"),
    P.OBLIGATION_ANSWER: _("Answer one’s own obligations"),
    P.MONEY_READ: _("See purchases, premium and payments"),
    P.MONEY_CHANGE: _("Record payments and settle differences"),
    P.PURCHASE_REPORT: _("Report one’s own purchases"),
    P.SALE_REPORT: _("Report one’s own sales and payroll"),
    P.ESCALATION_READ: _("See where suppliers stand on the ladder"),
    P.DUTY_ANSWER: _("Acknowledge and prove a stop of purchases"),
    P.DISPUTE_READ: _("See breaches and disputes"),
    P.DISPUTE_FILE: _("File a dispute"),
    P.DISPUTE_DECIDE: _("Decide disputes"),
    P.CONTACT_CHANGE: _("Invite and remove one’s own people"),
    P.DELIVERY_CHANGE: _("See and send again what could not be delivered"),
    P.WEBHOOK_CHANGE: _("Set up webhooks"),
    P.PORTAL_READ: _("See the portal of an organization"),
    P.INSPECTION_READ: _("See inspections, except unannounced ones of others"),
    P.INSPECTION_PLAN: _("Plan inspections and choose their teams"),
    P.INSPECTION_RECORD: _("Record what is found at a visit"),
    P.INSPECTION_REVIEW: _("Review, share and issue reports"),
    P.ASSIGNMENT_ANSWER: _("Accept an inspection and declare independence"),
    P.CHECKLIST_CHANGE: _("Change checklists"),
    P.REPORT_READ: _("Read issued reports"),
    P.REPORT_REPLY: _("Reply to reports about oneself"),
    P.API_CLIENT_CHANGE: _("Let programs of auditors’ firms in, and take that back"),
    P.COMPLAINT_ENTER: _("Write down complaints for workers"),
    P.COMPLAINT_READ: _("See which complaints there are, without what was said"),
    P.COMPLAINT_TRIAGE: _("Read new complaints and decide what happens to them"),
    P.COMPLAINT_HANDLE: _("Work on complaints one has a part in"),
    P.COMPLAINT_ASSIGN: _("Decide who handles complaints, and who must not"),
    P.COMPLAINT_RELEASE: _("Decide, as a second person, whether a name or contact is given away"),
    P.TRIAGE_CHANGE: _("Change the table of rules that complaints are triaged by"),
    P.ENDORSEMENT_MODERATE: _("Accept and decline endorsements of the principles"),
    P.NEWS_CHANGE: _("Write, publish and withdraw news"),
    P.ACTION_READ: _("See corrective actions"),
    P.ACTION_CHANGE: _("Agree corrective actions with suppliers and answer their requests"),
    P.ACTION_ANSWER: _("Report one’s own corrective actions as fixed"),
    P.ACTION_VERIFY: _("Verify that corrective actions are fixed"),
    P.FINANCE_SIGN: _("Sign who pays for corrective actions"),
    P.EDUCATION_READ: _("See the schedule, sessions and figures of education"),
    P.EDUCATION_CHANGE: _("Plan sessions with workers, report them and keep the library"),
    P.EDUCATION_CONFIRM: _("Confirm what others report of sessions"),
    P.EDUCATION_ANSWER: _("Answer for the supplier on time and place of sessions"),
}


def grants_table() -> list[tuple[str, list[bool]]]:
    """One row per permission: its words, and for every role, in order, whether it is granted."""
    return [
        (str(LABELS.get(permission, permission)), [permission in GRANTS[role] for role in Role])
        for permission in Permission
    ]
