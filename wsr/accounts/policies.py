"""Who may touch the tables of people, sessions and sign-in."""

from wsr.tenancy.fences import PERSON, fence, shared

_ALL = "select insert update delete"
_NAME = "select(id, name)"

FENCES = [
    shared(
        "accounts.Person",
        app=_ALL,
        staff="select",
        engine="select",
        person="select",
        auditor=_NAME,
        brand=_NAME,
        supplier=_NAME,
    ),
    shared(
        "accounts.Organization",
        app="select insert update",
        staff="select insert update",
        auditor="select",
        brand="select",
        supplier="select",
        person="select",
        engine="select",
    ),
    fence(
        "accounts.Membership",
        staff="select insert update",
        person="select",
        engine="select",
        brand="select",
        supplier="select",
        auditor="select",
        only={
            "person": f"person_id = {PERSON}",
            "brand": f"person_id = {PERSON}",
            "supplier": f"person_id = {PERSON}",
            "auditor": f"person_id = {PERSON}",
        },
    ),
    fence("accounts.Invitation", staff="select insert update", engine="select update", across=["engine"]),
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
