"""Who may touch the tables of the programs room.

Brands and suppliers read publications, not these tables; their portals get their own rows with the agreements room.
"""

from wsr.tenancy.fences import fence

_KEEP = "select insert update"
_KEEP_AND_UNDO = "select insert update delete"  # an undone import removes what it created

FENCES = [
    fence(
        "programs.Participation",
        staff=_KEEP_AND_UNDO,
        engine="select",
        searcher="select(id, program_id, name)",
    ),
    fence("programs.Rung", staff=_KEEP, engine="select"),
    fence(
        "programs.StandingEvent",
        staff="select insert",
        engine="select",
        append_only=True,
    ),
    fence("programs.Sourcing", staff=_KEEP_AND_UNDO, engine="select"),
    fence("programs.Citation", staff=_KEEP_AND_UNDO, engine="select"),
    fence(
        "programs.Workplace",
        staff=_KEEP_AND_UNDO,
        engine="select",
        searcher="select(id, program_id, supplier_id, name, name_key, address)",
    ),
    fence("programs.Severity", staff=_KEEP, engine="select"),
    fence("programs.CodeVersion", staff=_KEEP, engine="select"),
    fence("programs.Provision", staff=_KEEP_AND_UNDO, engine="select"),
    fence("programs.Rule", staff=_KEEP, engine="select"),
]
