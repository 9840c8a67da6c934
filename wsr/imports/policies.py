"""Imports are the office's work; no other audience reads lists before they are decided on."""

from wsr.tenancy.fences import fence

FENCES = [
    fence("imports.Batch", staff="select insert update", engine="select"),
    fence("imports.Row", staff="select insert update delete", engine="select"),
    fence("imports.Decision", staff="select insert update", engine="select"),
    fence("imports.Mapping", staff="select insert update", engine="select"),
    fence("imports.Link", staff="select insert update delete", engine="select"),
    fence("imports.Change", staff="select insert update", engine="select"),
]
