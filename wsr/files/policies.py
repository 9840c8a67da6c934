"""Stored files belong to their program; what each is for is said by the rows that point to it.

A portal keeps files of its own and reads them, and those that were made for it; auditors those of their inspections. An upload
on its way is seen by its sender, as long as she is in the circle that it is for. Whoever has a tie to a supplier sees no file of its
inspections, whatever her role.
"""

from wsr.tenancy.fences import (
    KNOWN_CIRCLES,
    NOT_BARRED_FILES,
    OWN_CASE,
    OWN_CIRCLES,
    OWN_PARTICIPATION,
    PERSON,
    PROGRAM,
    fence,
)
from wsr.tenancy.models import OPEN

_OWN = f"program_id = {PROGRAM} AND participation_id = {OWN_PARTICIPATION}"
_MINE = f"program_id = {PROGRAM} AND owner_id = {PERSON}"
_SENDS = "select insert update(received, file_id, said, touched_at) delete"

FENCES = [
    fence(
        "files.StoredFile",
        staff="select insert update(secret_of)",
        auditor="select insert update(secret_of)",
        engine="select",
        searcher="select(id, program_id, circle_id, sha256)",
        brand="select insert",
        supplier="select insert",
        only={
            "brand": _OWN,
            "supplier": _OWN,
            "staff": f"program_id = {PROGRAM} AND secret_of = {KNOWN_CIRCLES} AND id {NOT_BARRED_FILES}",
            "auditor": f"program_id = {PROGRAM} AND circle_id = {OWN_CIRCLES} AND id {NOT_BARRED_FILES}",
            "engine": f"program_id = {PROGRAM} AND secret_of = '{OPEN}'::uuid",
        },
    ),
    fence(
        "files.SealedFile",
        staff="select insert",
        worker="select insert",
        engine="select(id, program_id, case_id)",  # to throw away contents whose case is erased
        across=["engine"],
        only={
            "staff": f"program_id = {PROGRAM} AND case_id = {OWN_CIRCLES}",
            "worker": f"program_id = {PROGRAM} AND case_id = {OWN_CASE}",
        },
        append_only=True,
    ),
    fence(
        "files.PersonalFile",
        staff="select insert",
        engine="select(id, expires_at) delete",  # to throw away; not whose, nor what
        across=["engine"],
        only={"staff": f"program_id = {PROGRAM} AND person_id = {PERSON}"},
    ),
    fence(
        "files.Upload",
        staff=_SENDS,
        auditor=_SENDS,
        brand=_SENDS,
        supplier=_SENDS,
        engine="select(id, touched_at, file_id) delete",  # to sweep; not whose, nor for what
        across=["engine"],
        searcher="select(program_id, size)",
        only={
            "staff": f"{_MINE} AND secret_of = {KNOWN_CIRCLES}",
            "auditor": f"{_MINE} AND secret_of = {KNOWN_CIRCLES}",
            "brand": _MINE,
            "supplier": _MINE,
        },
    ),
]
