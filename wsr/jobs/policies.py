"""Jobs belong to their program; the engine writes progress and wakes what a dead worker left behind."""

from wsr.tenancy.fences import fence

FENCES = [
    fence("jobs.Job", staff="select insert update", engine="select insert update", across=["engine"]),
]
