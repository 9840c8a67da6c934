"""Who may touch the tables of the programs room.

A portal shows an organization its own part and its partners: whom a brand buys from, whom a supplier sells to, and the sites on which it works with those it hired there. Auditors
read the code, its severities, the rules and the seasons, and no list of suppliers or workplaces.
"""

from programs.enums import (
    ACCESS_MOVES,
    ACCESS_MOVES_OF_SUPPLIERS,
    DUE_MOVES,
    ENDORSEMENT_MOVES,
    NEWS_MOVES,
    SESSION_MOVES,
    Access,
)
from wsr.tenancy.fences import OWN_PARTICIPATION, OWN_PARTNERS, PROGRAM, fence, shared
from wsr.tenancy.moves import moves
from wsr.tenancy.touching import touched

_PARTNER = f"program_id = {PROGRAM} AND {{}} = {OWN_PARTNERS}"
_OWN = f"program_id = {PROGRAM} AND {{}} = {OWN_PARTICIPATION}"
# Work on a site that goes on, its own and that of those it hired there, however far down; the sites, and who runs them (0017).
_OWN_ENGAGEMENT = "ANY ((SELECT wsr_own_engagements())::uuid[])"
_OWN_SITE = "ANY ((SELECT wsr_own_sites())::uuid[])"
_RUNS_OWN_SITE = "ANY ((SELECT wsr_runners_of_own_sites())::uuid[])"

_KEEP = "select insert update"
_KEEP_AND_UNDO = "select insert update delete"  # an undone import removes what it created

_READ = {"brand": "select", "supplier": "select"}

FENCES = [
    fence(
        "programs.Participation",
        staff=_KEEP_AND_UNDO,
        engine="select",
        **_READ,
        only=dict.fromkeys(
            _READ, f"program_id = {PROGRAM} AND (id = {OWN_PARTNERS} OR id = {_RUNS_OWN_SITE})"
        ),
        searcher="select(id, program_id, name, organization_id)",
    ),
    fence("programs.Rung", staff=_KEEP_AND_UNDO, engine="select", **_READ),
    fence(
        "programs.StandingEvent",
        staff="select insert",
        engine="select",
        **_READ,
        # a supplier has its own, and those of whom it hired on a site: it may have to end their work
        only=dict.fromkeys(_READ, _PARTNER.format("participation_id")),
        append_only=True,
    ),
    fence(
        "programs.Sourcing",
        staff=_KEEP_AND_UNDO,
        engine="select",
        **_READ,
        only={"brand": _OWN.format("brand_id"), "supplier": _OWN.format("supplier_id")},
        searcher="select(program_id, brand_id, supplier_id)",
    ),
    fence("programs.SiteExtension", staff="select insert", engine="select", append_only=True),
    fence(
        "programs.Engagement",
        staff=_KEEP_AND_UNDO,
        engine="select",
        **_READ,
        only=dict.fromkeys(_READ, f"program_id = {PROGRAM} AND id = {_OWN_ENGAGEMENT}"),
        searcher="select(id, program_id, site_id, contractor_id, hired_by_id, ended_on)",
    ),
    fence("programs.Citation", staff=_KEEP_AND_UNDO, engine="select"),
    fence(
        "programs.Workplace",
        staff=_KEEP_AND_UNDO,
        engine="select",
        **_READ,
        # and the sites on which it works
        only={
            "brand": f"program_id = {PROGRAM} AND (supplier_id = {OWN_PARTNERS} OR id = {_OWN_SITE})",
            "supplier": f"program_id = {PROGRAM} AND (supplier_id = {OWN_PARTICIPATION} OR id = {_OWN_SITE})",
        },
        searcher="select",  # all columns: only then PostgreSQL lets its planner see how frequent the words of the index are
    ),
    fence(
        "programs.Severity",
        staff=_KEEP_AND_UNDO,
        engine="select",
        auditor="select",
        worker="select",  # a complaint that opens by itself is of the gravest
        **_READ,
    ),
    fence("programs.CodeVersion", staff=_KEEP, engine="select", auditor="select", **_READ),
    fence("programs.Provision", staff=_KEEP_AND_UNDO, engine="select", auditor="select", **_READ),
    fence(
        "programs.Rule",
        staff=_KEEP,
        engine="select",
        auditor="select",
        worker="select",
        **_READ,
        # the number she may call, when she is asked how she is treated, whether she may complain about a person
        only={
            "worker": f"program_id = {PROGRAM} AND key = ANY ('{{complaints.phone,complaints.check_in_days,complaints.about_person}}')"
        },
    ),
    fence("programs.Season", staff=_KEEP_AND_UNDO, engine="select", auditor="select", **_READ),
    fence("programs.NewsItem", staff=_KEEP_AND_UNDO, engine="select"),
    # The statement and who endorses it belong to the installation: no program, so no policy. Staff of any program who may moderate
    # see what was typed; the addresses are for the login that takes the form and writes the mails, and for no audience.
    shared("programs.Endorsement", app="select insert update delete", staff="select update"),
    shared("programs.EndorserAddress", app="select insert update delete"),
    shared("programs.EndorsementLetter", app="select insert update delete", staff="select insert"),
    shared(
        "programs.Endorser",
        app="select update delete",
        staff="select insert update delete",
        public="select",
    ),
    # A supplier sees what its workplaces are owed and the sessions there, and writes of them its answer on time and place.
    fence(
        "programs.EducationDue",
        staff=_KEEP,
        engine="select",
        supplier="select",
        only={"supplier": _OWN.format("supplier_id")},
    ),
    fence(
        "programs.EducationSession",
        staff=_KEEP,
        engine="select",
        supplier="select update(access, access_note, answered_at, answered_by_id, updated_at)",
        only={"supplier": _OWN.format("supplier_id")},
    ),
    fence("programs.SessionNote", staff=_KEEP),
    fence("programs.Material", staff=_KEEP),
    fence("programs.Handout", staff=_KEEP_AND_UNDO, engine="select"),
]

MOVES = [
    moves("programs.Endorsement", "state", ENDORSEMENT_MOVES),
    moves("programs.NewsItem", "state", NEWS_MOVES),
    moves("programs.EducationDue", "state", DUE_MOVES),
    moves("programs.EducationSession", "state", SESSION_MOVES),
    moves(
        "programs.EducationSession",
        "access",
        ACCESS_MOVES,
        first=[Access.NOT_ASKED, Access.ASKED],
        supplier=ACCESS_MOVES_OF_SUPPLIERS,
    ),
]

TOUCHED = [touched("programs.Endorsement")]
