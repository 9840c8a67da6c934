"""Who may touch what changes hands: staff of the program; the list of what was given only who gave it, had it or got it."""

from wsr.tenancy.fences import PERSON, PROGRAM, fence

_OWN = f"program_id = {PROGRAM} AND {PERSON} IN (by_id, before_id, to_id)"

FENCES = [
    fence("handover.Keeper", staff="select insert update delete"),
    fence("handover.Handed", staff="select insert", only={"staff": _OWN}, append_only=True),
    fence("handover.Absence", staff="select insert update(back_on)"),
]
