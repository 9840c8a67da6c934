"""Stored files belong to their program; what each is for is said by the rows that point to it.

A portal keeps files of its own and reads them, and those that were made for it; auditors those of their inspections.
"""

from wsr.tenancy.fences import KNOWN_CIRCLES, OWN_CIRCLES, OWN_PARTICIPATION, PROGRAM, fence
from wsr.tenancy.models import OPEN

_OWN = f"program_id = {PROGRAM} AND participation_id = {OWN_PARTICIPATION}"

FENCES = [
    fence(
        "files.StoredFile",
        staff="select insert update(secret_of)",
        auditor="select insert update(secret_of)",
        engine="select",
        brand="select insert",
        supplier="select insert",
        only={
            "brand": _OWN,
            "supplier": _OWN,
            "staff": f"program_id = {PROGRAM} AND secret_of = {KNOWN_CIRCLES}",
            "auditor": f"program_id = {PROGRAM} AND circle_id = {OWN_CIRCLES}",
            "engine": f"program_id = {PROGRAM} AND secret_of = '{OPEN}'::uuid",
        },
    )
]
