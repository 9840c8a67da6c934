"""History is only ever added to: no role may change it, triggers refuse whoever tries, seals show who managed all the same."""

from wsr.tenancy.fences import KNOWN_CIRCLES, OWN_CIRCLES, PROGRAM, fence, shared

# Nobody chooses the transaction of an event: the sealer finds new events by it.
_ADD = "insert(id, program_id, at, event, actor_id, subject_type, subject_id, commitment)"

FENCES = [
    fence(
        "history.Event",
        staff=f"select {_ADD}",
        auditor=_ADD,
        brand=_ADD,
        supplier=_ADD,
        worker=_ADD,
        engine=f"select {_ADD}",
        across=["engine"],
        append_only=True,
    ),
    fence(
        "history.Payload",
        staff="select(id, program_id, body) insert",
        auditor="insert",
        brand="insert",
        supplier="insert",
        worker="insert",
        engine="select insert delete",
        across=["engine"],
        append_only=["update", "truncate"],
    ),
    fence(
        "history.Held",
        staff="select insert",
        auditor="select insert",
        only={
            "staff": f"program_id = {PROGRAM} AND secret_of = {KNOWN_CIRCLES}",
            "auditor": f"program_id = {PROGRAM} AND secret_of = {OWN_CIRCLES}",
        },
        append_only=True,
    ),
    fence("history.Leaf", staff="select", engine="select insert", across=["engine"], append_only=True),
    fence("history.Node", staff="select", engine="select insert", across=["engine"], append_only=True),
    fence("history.Head", staff="select", engine="select insert", across=["engine"], append_only=True),
    shared("history.Sealer", engine="select insert update"),
]
