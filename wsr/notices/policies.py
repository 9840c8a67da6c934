"""The outbox belongs to its program; the relay delivers for all."""

from wsr.tenancy.fences import fence

FENCES = [
    fence(
        "notices.Outbox",
        staff="select insert",
        auditor="insert",
        brand="insert",
        supplier="insert",
        engine="select insert update",
        across=["engine"],
    ),
]
