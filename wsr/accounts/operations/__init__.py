"""What happens to people, memberships and invitations. Each is one call, one transaction, one line of history."""

from wsr.accounts.operations.acceptance import (
    NotForThisPerson,
    WeakPassword,
    accept,
    accept_as_new_person,
)
from wsr.accounts.operations.colleagues import (
    NotYours,
    end_colleague,
    invite_colleague,
    revoke_colleague,
    roles_to_give,
)
from wsr.accounts.operations.invitations import (
    AlreadyInvited,
    AlreadyMember,
    InvitationIsOver,
    NeedsOrganization,
    TwoSides,
    invite,
    resend,
    revoke,
)
from wsr.accounts.operations.members import (
    DayHasPassed,
    LastDirector,
    MembershipIsOver,
    NothingToChange,
    change_role,
    end_membership,
    keep_membership,
    plan_end,
)
from wsr.accounts.operations.people import reset_second_factors, save_profile

__all__ = [
    "AlreadyInvited",
    "AlreadyMember",
    "DayHasPassed",
    "InvitationIsOver",
    "LastDirector",
    "MembershipIsOver",
    "NeedsOrganization",
    "NotForThisPerson",
    "NotYours",
    "NothingToChange",
    "TwoSides",
    "WeakPassword",
    "accept",
    "accept_as_new_person",
    "change_role",
    "end_colleague",
    "end_membership",
    "invite",
    "invite_colleague",
    "keep_membership",
    "plan_end",
    "resend",
    "reset_second_factors",
    "revoke",
    "revoke_colleague",
    "roles_to_give",
    "save_profile",
]
