"""Who may touch the tables of the programs room.

A portal shows an organization its own part and its partners: whom a brand buys from, whom a supplier sells to. Auditors
read the code, its severities, the rules and the seasons, and no list of suppliers or workplaces.
"""

from wsr.tenancy.fences import OWN_PARTICIPATION, OWN_PARTNERS, PROGRAM, fence

_PARTNER = f"program_id = {PROGRAM} AND {{}} = {OWN_PARTNERS}"
_OWN = f"program_id = {PROGRAM} AND {{}} = {OWN_PARTICIPATION}"

_KEEP = "select insert update"
_KEEP_AND_UNDO = "select insert update delete"  # an undone import removes what it created

_READ = {"brand": "select", "supplier": "select"}

FENCES = [
    fence(
        "programs.Participation",
        staff=_KEEP_AND_UNDO,
        engine="select",
        **_READ,
        only=dict.fromkeys(_READ, _PARTNER.format("id")),
        searcher="select(id, program_id, name, organization_id)",
    ),
    fence("programs.Rung", staff=_KEEP_AND_UNDO, engine="select", **_READ),
    fence(
        "programs.StandingEvent",
        staff="select insert",
        engine="select",
        **_READ,
        only={"brand": _PARTNER.format("participation_id"), "supplier": _OWN.format("participation_id")},
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
    fence("programs.Citation", staff=_KEEP_AND_UNDO, engine="select"),
    fence(
        "programs.Workplace",
        staff=_KEEP_AND_UNDO,
        engine="select",
        **_READ,
        only={"brand": _PARTNER.format("supplier_id"), "supplier": _OWN.format("supplier_id")},
        searcher="select",  # all columns: only then PostgreSQL lets its planner see how frequent the words of the index are
    ),
    fence("programs.Severity", staff=_KEEP_AND_UNDO, engine="select", auditor="select", **_READ),
    fence("programs.CodeVersion", staff=_KEEP, engine="select", auditor="select", **_READ),
    fence("programs.Provision", staff=_KEEP_AND_UNDO, engine="select", auditor="select", **_READ),
    fence(
        "programs.Rule",
        staff=_KEEP,
        engine="select",
        auditor="select",
        worker="select",
        **_READ,
        only={"worker": f"program_id = {PROGRAM} AND key = 'complaints.phone'"},  # the number she may call
    ),
    fence("programs.Season", staff=_KEEP_AND_UNDO, engine="select", auditor="select", **_READ),
]
