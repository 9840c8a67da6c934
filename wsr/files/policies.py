"""Stored files belong to their program; what each is for is said by the rows that point to it.

A portal keeps files of its own and reads them, and those that were made for it.
"""

from wsr.tenancy.fences import OWN_PARTICIPATION, PROGRAM, fence

_OWN = f"program_id = {PROGRAM} AND participation_id = {OWN_PARTICIPATION}"

FENCES = [
    fence(
        "files.StoredFile",
        staff="select insert",
        engine="select",
        brand="select insert",
        supplier="select insert",
        only={"brand": _OWN, "supplier": _OWN},
    )
]
