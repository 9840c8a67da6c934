"""Staff keep clocks, those of matters that they are walled off from apart; the sweep moves them for all programs; brands and suppliers read those they must act on."""

from wsr.tenancy.fences import NOT_HIDDEN, OWN_PARTICIPATION, PROGRAM, fence, shared

_KEEP = "select insert update"
_RESPONSIBLE = f"program_id = {PROGRAM} AND responsible_participation_id = {OWN_PARTICIPATION}"
_ASKS = f"program_id = {PROGRAM} AND participation_id = {OWN_PARTICIPATION}"

FENCES = [
    fence(
        "deadlines.Clock",
        staff=_KEEP,
        brand="select",
        supplier="select",
        engine="select insert update",
        across=["engine"],
        only={
            "staff": f"program_id = {PROGRAM} AND subject_id {NOT_HIDDEN}",
            "brand": _RESPONSIBLE,
            "supplier": _RESPONSIBLE,
        },
    ),
    fence("deadlines.Fired", staff=_KEEP, engine="select insert update", across=["engine"]),
    fence("deadlines.Pause", staff=_KEEP, engine="select", across=["engine"]),
    fence(
        "deadlines.Asked",
        staff="select insert update delete",
        auditor="insert",
        brand="insert",
        supplier="insert",
        worker="insert",
        engine="select",
        across=["engine"],
        only={"brand": _ASKS, "supplier": _ASKS},
    ),
    fence("deadlines.WorkingWeek", staff=_KEEP, engine="select"),
    fence("deadlines.CalendarDay", staff="select insert update delete", engine="select"),
    shared("deadlines.Feed", app="select insert update"),
]
