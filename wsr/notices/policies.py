"""The outbox belongs to its program, notices and preferences to their person; the relay delivers for all."""

from wsr.tenancy.fences import KNOWN_CIRCLES, PERSON, PROGRAM, fence

_HERS = {"person": f"person_id = {PERSON}"}

FENCES = [
    fence(
        "notices.Outbox",
        staff="select insert update",
        auditor="insert",
        brand="insert",
        supplier="insert",
        worker="insert",
        engine="select insert update",
        searcher="insert",
        across=["engine"],
        only={"staff": f"program_id = {PROGRAM} AND secret_of = {KNOWN_CIRCLES}"},
    ),
    fence(
        "notices.Notice",
        person="select update(read_at)",
        engine="select insert update",
        across=["engine"],
        only=_HERS,
    ),
    fence("notices.Preference", person="select insert delete", engine="select", only=_HERS),
    fence("notices.Way", person="select insert delete", engine="select", only=_HERS),
    fence(
        "notices.WebhookEndpoint",
        staff="select insert update",
        engine="select update",
        across=["engine"],
    ),
    fence(
        "notices.WebhookDelivery",
        staff="select insert update",
        engine="select insert update",
        across=["engine"],
    ),
    fence("notices.Digest", engine="select insert", across=["engine"]),
]
