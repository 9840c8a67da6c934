"""Who may touch grants and kept answers. Tokens belong to the sign-in machinery: no audience reads them."""

from wsr.tenancy.fences import PERSON, PROGRAM, fence, shared

_HERS = f"program_id = {PROGRAM} AND person_id = {PERSON}"
_OUTSIDE = ("auditor", "brand", "supplier")
_TOUCHED = "ended_at, ended_by_id, last_used_at"
_KEEPS = "select insert update delete"

FENCES = [
    fence(
        "api.Grant",
        staff="select insert update",
        **dict.fromkeys(_OUTSIDE, f"select insert update({_TOUCHED})")
        | {"auditor": f"select insert update({_TOUCHED}, secret_hash)"},
        person="select update(last_used_at)",
        only={**dict.fromkeys(_OUTSIDE, _HERS), "person": f"person_id = {PERSON}"},
    ),
    fence(
        "api.Replay",
        staff=_KEEPS,
        **dict.fromkeys(_OUTSIDE, _KEEPS),
        engine="select(id, created_at) delete",
        across=["engine"],
        only=dict.fromkeys(("staff", *_OUTSIDE), _HERS),
    ),
    shared("allauth_idp_oidc_client", app=_KEEPS, staff="insert"),  # a director makes one for a firm
    shared("allauth_idp_oidc_token", app=_KEEPS),
]
