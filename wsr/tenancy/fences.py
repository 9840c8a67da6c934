"""How an app declares who may touch its tables, in its `policies.py`.

`FENCES` is a list of `Fence` (program data) and `Shared` (people, sessions, the directories). `wsr.tenancy.catalog` makes the
database equal to what is declared here and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

# Without a sub-select: that would be planned anew in every statement. Beside the literal `program_id` of the manager PostgreSQL
# compares the two once per statement, not per row.
PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
ORGANIZATION = "nullif(current_setting('wsr.organization', true), '')::uuid"
OWN_CASE = "nullif(current_setting('wsr.case_id', true), '')::uuid"  # of a worker
OWN_WORKER = "nullif(current_setting('wsr.worker_id', true), '')"  # which of several in one case, as text
# The part that the portal's organization has in the program, and its partners there: whom it buys from or sells to, and itself.
# The functions belong to the rooms that know (programs); a predicate with one of them is evaluated once per statement.
OWN_PARTICIPATION = "(SELECT wsr_own_participation())"
OWN_PARTNERS = "ANY ((SELECT wsr_own_partners())::uuid[])"

# Closed groups of people (`wsr.tenancy.circles`): those the person is in, and for staff together with what is open to all.
OWN_CIRCLES = "ANY ((SELECT wsr_own_circles())::uuid[])"
KNOWN_CIRCLES = "ANY ((SELECT wsr_known_circles())::uuid[])"

# Files of matters that the person has a tie to; the function belongs to the room that knows (audits). Once per statement.
NOT_BARRED_FILES = "<> ALL ((SELECT wsr_barred_files())::uuid[])"

# Matters that the person must not know of, and what runs by a clock in them; the function belongs to the room that knows (complaints).
NOT_HIDDEN = "<> ALL ((SELECT wsr_hidden_matters())::uuid[])"

OWNER = "wsr_owner"
SEARCHER = "wsr_searcher"  # owns the SECURITY DEFINER search functions; NOLOGIN, BYPASSRLS
AUDIENCES = ("staff", "auditor", "brand", "supplier", "worker", "public", "engine", "person")
LOGINS: Mapping[str, tuple[str, ...]] = {
    "app": ("staff", "auditor", "brand", "supplier", "worker", "person"),
    "site": ("public",),
    "engine_login": ("engine",),
}
VERBS = ("select", "insert", "update", "delete")


@dataclass(frozen=True)
class Fence:
    """Row-level security of one table with program data.

    `grants`: audience -> verbs in words ("select insert"), each policy bound to the row's own program.
    `across`: audiences that see every program. `only`: audience -> SQL predicate that replaces the program predicate.
    `append_only`: verbs refused by trigger, whoever asks (the owner and a superuser included).
    """

    table: str
    grants: Mapping[str, str]
    across: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)
    key: str = "program_id"
    append_only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shared:
    """A table without program data: plain grants, no policy. Column lists as "select(id, name)"."""

    table: str
    grants: Mapping[str, str]


def fence(
    label: str,
    *,
    across: Iterable[str] = (),
    only: Mapping[str, str] | None = None,
    key: str = "program_id",
    append_only: bool | Iterable[str] = False,
    **grants: str,
) -> Fence:
    """`fence("programs.Workplace", staff="select insert update", engine="select")`."""
    refused = ("update", "delete", "truncate") if append_only is True else tuple(append_only or ())
    return Fence(_table(label), dict(grants), tuple(across), dict(only or {}), key, refused)


def shared(label: str, **grants: str) -> Shared:
    """`shared("accounts.Organization", app="select insert update", staff="select")`. `label` may be a bare table name."""
    return Shared(_table(label), dict(grants))


def role_of(name: str) -> str:
    """Database role of an audience or a login."""
    return f"wsr_{name}"


def declared() -> dict[str, Fence | Shared]:
    """Everything all apps declare, by table name. Raises on a table declared twice."""
    found: dict[str, Fence | Shared] = {}
    for config in apps.get_app_configs():
        module_name = f"{config.name}.policies"
        if not find_spec(module_name):
            continue
        for item in import_module(module_name).FENCES:
            if item.table in found:
                raise ValueError(f"{item.table} is declared twice")
            found[item.table] = item
    return found


def _table(label: str) -> str:
    """Table name of `app.Model`, or the name itself."""
    return apps.get_model(label)._meta.db_table if "." in label else label
