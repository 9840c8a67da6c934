"""Who may touch the tables of the committee.

Staff see all of it, but no item in which they have an interest. A member who sits for a brand or an employer reaches it from its
portal: the meetings she was called to, and of their items those in which neither she nor whom she sits for has an interest.
"""

from wsr.tenancy.fences import OWN_PARTICIPATION, PERSON, PROGRAM, Fence, fence

OWN_SEATS = "ANY ((SELECT wsr_own_seats())::uuid[])"
FELLOW_SEATS = "ANY ((SELECT wsr_own_fellows())::uuid[])"
OWN_SITTINGS = "ANY ((SELECT wsr_own_sittings())::uuid[])"
OWN_ITEMS = "ANY ((SELECT wsr_own_items())::uuid[])"
OWN_RESOLUTIONS = "ANY ((SELECT wsr_own_resolutions())::uuid[])"
NOT_RECUSED = "<> ALL ((SELECT wsr_recused_items())::uuid[])"
_PORTALS = ("brand", "supplier")
_KEEP = "select insert update"


def _fence(label: str, staff: str, portal: str, own: str, *, item: str = "", **more: object) -> Fence:
    """`own`: which rows a portal reaches; `item`: the column that names the item, hidden from staff who have an interest in it."""
    only = dict.fromkeys(_PORTALS, f"program_id = {PROGRAM} AND {own}")
    if item:
        only["staff"] = f"program_id = {PROGRAM} AND {item} {NOT_RECUSED}"
    return fence(label, staff=staff, engine="select", **dict.fromkeys(_PORTALS, portal), only=only, **more)


FENCES = [
    _fence(
        "agreements.Seat",
        _KEEP,
        "select",
        f"id = {FELLOW_SEATS}",
        searcher="select(id, program_id, person_id, participation_id, has_vote, starts_on, ends_on)",
        append_only=("delete", "truncate"),
    ),
    _fence(
        "agreements.Sitting",
        _KEEP,
        "select",
        f"id = {OWN_SITTINGS}",
        searcher="select(id, program_id, called_at)",
        append_only=("delete", "truncate"),
    ),
    _fence(
        "agreements.Attendance",
        f"{_KEEP} delete",
        "select update(comes)",
        f"seat_id = {OWN_SEATS}",
        searcher="select(id, program_id, sitting_id, seat_id)",
    ),
    _fence(
        "agreements.AgendaItem",
        f"{_KEEP} delete",
        "select",
        f"id = {OWN_ITEMS}",
        item="id",
        # update(id): to lock the row while somebody votes.
        searcher="select(id, program_id, sitting_id, participation_id, dispute_id, state) update(id)",
    ),
    _fence(
        "agreements.AgendaPaper",
        "select insert delete",
        "select",
        f"item_id = {OWN_ITEMS} AND participation_id = {OWN_PARTICIPATION}",
        item="item_id",
    ),
    # Whoever declares an interest sees the item no more, and staff not even that she did.
    fence(
        "agreements.Interest",
        staff="select insert delete",
        engine="select",
        **dict.fromkeys(_PORTALS, "select insert"),
        only=dict.fromkeys(_PORTALS, f"program_id = {PROGRAM} AND seat_id = {OWN_SEATS}"),
        searcher="select(id, program_id, item_id, seat_id)",
        append_only=("update", "truncate"),
    ),
    _fence(
        "agreements.Resolution",
        _KEEP,
        "select",
        f"id = {OWN_RESOLUTIONS}",
        item="item_id",
        searcher="select(id, program_id, item_id, participation_id)",
        append_only=("delete", "truncate"),
    ),
    _fence(
        "agreements.Minutes",
        _KEEP,
        "select",
        f"sitting_id = {OWN_SITTINGS}",
        searcher="select(id, program_id, state, version) update(id)",
        append_only=("delete", "truncate"),
    ),
    _fence(
        "agreements.Approval", "select insert", "select insert", f"seat_id = {OWN_SEATS}", append_only=True
    ),
    # What minutes said before is for those who keep them; who has an interest in the item does not read it here either.
    fence(
        "agreements.FormerText",
        staff="select insert",
        only={"staff": f"program_id = {PROGRAM} AND item_id {NOT_RECUSED}"},
        append_only=True,
    ),
    # A member reads her own votes; how the others voted she reads in the decision.
    fence(
        "agreements.Vote",
        staff="select insert",
        **dict.fromkeys(_PORTALS, "select insert"),
        only=dict.fromkeys(_PORTALS, f"program_id = {PROGRAM} AND person_id = {PERSON}"),
        append_only=True,
    ),
]
