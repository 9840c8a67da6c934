"""Who may touch the tables of people, sessions and sign-in.

The directories of people and organizations are no portal's business: who brands are and who works for them is read from rows that
carry the name, or from `wsr_own_people()`.
"""

from wsr.tenancy.fences import ORGANIZATION, PERSON, PROGRAM, fence, shared
from wsr.tenancy.touching import touched

_ALL = "select insert update delete"
_OF_OWN_ORGANIZATION = f"program_id = {PROGRAM} AND organization_id = {ORGANIZATION}"

FENCES = [
    shared(
        "accounts.Person",
        app=_ALL,
        staff="select",
        engine="select",
        person="select",
        searcher="select(id, name, email)",
    ),
    shared("accounts.Credential", app=_ALL),  # no audience: a page of a program never reads a password
    shared(
        "accounts.Organization",
        app="select insert update",
        staff="select insert update",
        person="select",
        engine="select",
    ),
    fence(
        "accounts.Membership",
        staff="select insert update",
        person="select",
        engine="select",
        brand="select update(ended_at)",
        supplier="select update(ended_at)",
        auditor="select",
        searcher="select(id, program_id, organization_id, person_id, role, ended_at)",
        only={
            "person": f"person_id = {PERSON}",
            "brand": _OF_OWN_ORGANIZATION,
            "supplier": _OF_OWN_ORGANIZATION,
            "auditor": f"person_id = {PERSON}",
        },
    ),
    fence(
        "accounts.Invitation",
        staff="select insert update",
        brand="select insert update(token_digest, expires_at, revoked_at)",
        supplier="select insert update(token_digest, expires_at, revoked_at)",
        engine="select update",
        across=["engine"],
        only={"brand": _OF_OWN_ORGANIZATION, "supplier": _OF_OWN_ORGANIZATION},
    ),
    # Staff see who has a second factor, never its secret.
    shared("mfa_authenticator", app=_ALL, staff="select(user_id, type)"),
    *[
        shared(name, app=_ALL)
        for name in (
            "account_emailaddress",
            "account_emailconfirmation",
            "auth_group",
            "auth_group_permissions",
            "auth_permission",
            "django_admin_log",
            "django_content_type",
            "django_session",
            "socialaccount_socialaccount",
            "socialaccount_socialapp",
            "socialaccount_socialtoken",
            "usersessions_usersession",
        )
    ],
]

# Names and addresses stand in answers that are kept; how she wants pages to look does not.
TOUCHED = [
    touched(
        "accounts.Person", but=["last_login", "theme", "single_keys", "second_factor_epoch"], with_new=False
    ),
    touched("accounts.Organization", with_new=False),
]
