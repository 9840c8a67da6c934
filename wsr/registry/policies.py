"""The registry's tables: written by the publisher (the engine), read by everyone. Internal ids never reach the public.

`Listing` and `Facet` repeat the newest versions for search; the record itself is append-only.
"""

from wsr.tenancy.fences import fence

_READERS = {"staff": "select", "public": "select"}

FENCES = [
    fence("registry.Identity", staff="select update", engine="select insert update"),
    fence(
        "registry.Publication",
        **_READERS,
        engine="select insert update(gates)",  # a redaction takes a name out of the reasons of overrides
        across=["public", "engine"],
        append_only=["delete", "truncate"],
    ),
    fence("registry.Record", **_READERS, engine="select insert", across=["public"], append_only=True),
    fence(
        "registry.Content",
        **_READERS,
        engine="select insert delete",
        across=["public"],
        append_only=["update", "truncate"],
    ),
    fence("registry.Listing", **_READERS, engine="select insert update", across=["public"]),
    fence("registry.Facet", **_READERS, engine="select insert delete", across=["public"]),
    # the engine asks for what follows from a consent that was withdrawn
    fence("registry.Instruction", staff="select insert", engine="select insert update"),
    fence("registry.Override", staff="select insert update", engine="select update(reason)"),
]
