"""The list of programs: names and addresses are public, changes are made inside the program. Circles: only their functions."""

from wsr.tenancy.fences import PROGRAM, fence

FENCES = [
    fence(
        "tenancy.Program",
        key="id",
        staff="select update",
        auditor="select",
        brand="select",
        supplier="select",
        worker="select",
        person="select",
        public="select",
        engine="select",
        app="select insert",
        site="select",
        engine_login="select",
        across=["person", "public", "engine", "app", "site", "engine_login"],
        only={"staff": f"id = {PROGRAM}"},
    ),
    fence("tenancy.Circle", searcher="select insert update"),
    fence("tenancy.CircleMember", searcher="select insert delete"),
    fence("tenancy.CircleLeaving", searcher="select insert", append_only=True),
    # Written by triggers alone; a list of it would tell of what is secret, so a person learns through a function whether her own answer holds.
    fence("tenancy.Touched", searcher="select delete"),
]

CHANGES = ["tenancy.CircleMember", "tenancy.CircleLeaving"]
