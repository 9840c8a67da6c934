"""Saved views belong to the staff of their program; a person of a portal has her own.

What one person of the staff does with lists is hers alone: acts on several rows, files, reports.
"""

from wsr.tenancy.fences import ORGANIZATION, PERSON, PROGRAM, fence

_KEEP = "select insert update delete"
_KEEP_OWN = "select insert update(name, query, shared, is_pinned, is_default) delete"
_HERS = f"program_id = {PROGRAM} AND person_id = {PERSON}"
_HER_PART = f"{_HERS} AND organization_id = {ORGANIZATION}"
_OWN = f"program_id = {PROGRAM} AND person_id = {PERSON} AND NOT shared"

FENCES = [
    fence(
        "ui.SavedView",
        staff=_KEEP,
        brand=_KEEP_OWN,
        supplier=_KEEP_OWN,
        only={"brand": _OWN, "supplier": _OWN},
    ),
    fence(
        "ui.Batch", staff=_KEEP, engine="select(id, made_at) delete", across=["engine"], only={"staff": _HERS}
    ),
    fence(
        "ui.BatchRow",
        staff=_KEEP,
        engine="select(id, batch_id) delete",
        across=["engine"],
        only={"staff": _HERS},
    ),
    fence(
        "ui.Schedule",
        staff="select insert update(next_at, stopped_at, stopped_why)",
        engine="select update(stopped_at, stopped_why)",
        across=["engine"],
        only={"staff": _HERS},
    ),
    fence(
        "ui.Export",
        staff="select insert update(job_id)",
        engine="select(id, asked_at) delete",
        across=["engine"],
        only={"staff": _HERS},
    ),
    # What waited for her: no less than what she read, so nobody else's. Without a program she reads all of hers.
    fence(
        "ui.Answer",
        **dict.fromkeys(("staff", "auditor", "brand", "supplier"), "select insert update"),
        person="select",
        engine="select(id, made_at) delete",
        searcher="select(id, program_id, person_id, snapshot, reads)",
        across=["engine"],
        only={
            **dict.fromkeys(("staff", "auditor"), _HERS),
            **dict.fromkeys(("brand", "supplier"), _HER_PART),
            "person": f"person_id = {PERSON}",
        },
    ),
]
