"""Where the pages of programs stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

_SUPPLY = _("Supply chain")
_PROGRAM = _("Program")
_EDUCATION = _("Education")

ENTRIES = [
    Entry(_("News"), "programs:news", Permission.PUBLICATION_READ, order=820, group=_PROGRAM),
    Entry(
        _("Endorsements"),
        "programs:endorsements",
        Permission.ENDORSEMENT_MODERATE,
        order=830,
        group=_PROGRAM,
    ),
    Entry(_("Workplaces"), "programs:workplaces", Permission.WORKPLACE_READ, order=10, group=_SUPPLY),
    Entry(_("Suppliers"), "programs:suppliers", Permission.SUPPLIER_READ, order=20, group=_SUPPLY),
    Entry(_("Brands"), "programs:brands", Permission.SOURCING_READ, order=30, group=_SUPPLY),
    Entry(_("Schedule"), "programs:education", Permission.EDUCATION_READ, order=90, group=_EDUCATION),
    Entry(
        _("Sessions"), "programs:education_sessions", Permission.EDUCATION_READ, order=91, group=_EDUCATION
    ),
    Entry(
        _("Coverage"), "programs:education_coverage", Permission.EDUCATION_READ, order=92, group=_EDUCATION
    ),
    Entry(
        _("Materials and cards"),
        "programs:education_materials",
        Permission.EDUCATION_READ,
        order=93,
        group=_EDUCATION,
    ),
    Entry(
        _("Sessions with workers"),
        "programs:own_education",
        Permission.EDUCATION_ANSWER,
        order=94,
        group=_EDUCATION,
    ),
    Entry(_("Code of conduct"), "programs:codes", Permission.CODE_READ, order=500, group=_PROGRAM),
    Entry(_("Rules"), "programs:rules", Permission.RULE_READ, order=510, group=_PROGRAM),
    Entry(_("Seasons"), "programs:seasons", Permission.RULE_READ, order=516, group=_PROGRAM),
    Entry(_("Organizations"), "programs:bodies", Permission.PROGRAM_READ, order=520, group=_PROGRAM),
]
PUBLIC = [(_("Principles"), "programs:principles"), (_("News"), "programs:all_news")]
