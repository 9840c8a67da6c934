"""Makes the database equal to what the apps declare, and says where it is not.

`apply()` runs after every `migrate` as the owner. A table that no app declares has no grant at all, so it cannot be reached.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections

from wsr.tenancy import changes, moves, touching
from wsr.tenancy.fences import LOGINS, OWNER, PROGRAM, VERBS, Fence, Shared, declared, role_of
from wsr.tenancy.models import ProgramForeignKey, ProgramModel

MIGRATIONS_TABLE = "django_migrations"


@dataclass(frozen=True)
class Policy:
    """One policy: one role, one table, one scalar predicate (`core.md` 1.2 measured every other shape as slower)."""

    table: str
    role: str
    using: str

    @property
    def name(self) -> str:
        """Named after its role; there is one per role and table."""
        return self.role

    @property
    def mark(self) -> str:
        """Kept as the policy's comment, to see that the declaration did not change."""
        return hashlib.sha256(f"{self.table} {self.role} {self.using}".encode()).hexdigest()[:16]


def policies_of(fence: Fence) -> list[Policy]:
    """The policies a fence asks for, the owner's among them (FORCE binds the owner too)."""
    found = [Policy(fence.table, OWNER, "true")]
    for audience in fence.grants:
        predicate = (
            "true" if audience in fence.across else fence.only.get(audience, f"{fence.key} = {PROGRAM}")
        )
        found.append(Policy(fence.table, role_of(audience), predicate))
    return found


def grants_of(item: Fence | Shared) -> set[tuple[str, str, str]]:
    """{(role, verb, columns or "")} of one table."""
    found = set()
    for audience, words in item.grants.items():
        for verb, columns in re.findall(r"(\w+)(?:\(([^)]*)\))?", words):
            if verb not in VERBS:
                raise ValueError(f"{item.table}: {verb} is no verb of a grant")
            names = [name.strip() for name in columns.split(",")] if columns else [""]
            found |= {(role_of(audience), verb, name) for name in names}
    return found


def composite_keys() -> dict[str, tuple[str, str, str]]:
    """{constraint name: (table, column, target table)} for every ProgramForeignKey."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, ProgramForeignKey):
                continue
            target = field.related_model
            if not issubclass(target, ProgramModel):
                raise TypeError(f"{model.__name__}.{field.name} points to a table without a program")
            name = f"{model._meta.db_table}_{field.column}"
            name = f"{name[:43]}_{hashlib.sha256(name.encode()).hexdigest()[:6]}_same_program"
            found[name] = (model._meta.db_table, field.column, target._meta.db_table)
    return found


def apply(alias: str = "owner") -> list[str]:
    """Alter what differs; returns what was done, one sentence each. Runs as the owner."""
    done: list[str] = []
    with connections[alias].cursor() as cursor:
        cursor.execute(REFUSE_CHANGE)
        present = _tables(cursor)
        items = {name: item for name, item in declared().items() if name in present}
        for item in items.values():
            done += _apply_grants(cursor, item)
            if isinstance(item, Fence):
                done += _apply_policies(cursor, item)
                done += _apply_append_only(cursor, item)
        done += _apply_composite_keys(cursor, present)
        done += moves.apply(cursor, present)
        done += changes.apply(cursor, present)
        done += touching.apply(cursor, present)
    return done


def differences(alias: str = "default") -> list[str]:
    """Where the database is not what the apps declare, one sentence each; empty is good. Reads catalogs only."""
    found: list[str] = []
    with connections[alias].cursor() as cursor:
        items = declared()
        present = _tables(cursor)
        found += [
            f"Table {name} is declared by no app."
            for name in sorted(present - set(items) - {MIGRATIONS_TABLE})
        ]
        found += [f"Table {name} does not exist; run migrate." for name in sorted(set(items) - present)]
        for name in sorted(present & set(items)):
            found += _grant_differences(cursor, items[name])
            if isinstance(item := items[name], Fence):
                found += _policy_differences(cursor, item)
                found += _append_only_differences(cursor, item)
        found += _undeclared_program_tables(cursor, items)
        found += _role_differences(cursor)
        found += moves.differences(cursor, present)
        found += changes.differences(cursor, present)
        found += touching.differences(cursor, present)
        missing = set(composite_keys()) - _composite_key_names(cursor)
        found += [f"Composite foreign key {name} is missing." for name in sorted(missing)]
    return found


# ── Grants ───────────────────────────────────────────────────────────────────────────────────────


def _present_grants(cursor: Any, table: str) -> set[tuple[str, str, str]]:
    cursor.execute(
        """
        SELECT r.rolname, lower(a.privilege_type), '' FROM pg_class c
          CROSS JOIN LATERAL aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
          WHERE c.oid = %s::regclass AND r.rolname LIKE 'wsr\\_%%' AND r.rolname <> %s
        UNION ALL
        SELECT r.rolname, lower(a.privilege_type), t.attname FROM pg_attribute t
          CROSS JOIN LATERAL aclexplode(t.attacl) a JOIN pg_roles r ON r.oid = a.grantee
          WHERE t.attrelid = %s::regclass AND r.rolname LIKE 'wsr\\_%%' AND r.rolname <> %s
        """,
        [table, OWNER, table, OWNER],
    )
    return set(cursor.fetchall())


def _apply_grants(cursor: Any, item: Fence | Shared) -> list[str]:
    wanted, present = grants_of(item), _present_grants(cursor, item.table)
    for role, verb, column in sorted(present - wanted):
        part = f"{verb} ({_q(column)})" if column else verb
        cursor.execute(f"REVOKE {part} ON {_q(item.table)} FROM {role}")
    for role, verb, column in sorted(wanted - present):
        part = f"{verb} ({_q(column)})" if column else verb
        cursor.execute(f"GRANT {part} ON {_q(item.table)} TO {role}")
    return [f"Grants of {item.table} set."] if wanted != present else []


def _grant_differences(cursor: Any, item: Fence | Shared) -> list[str]:
    wanted, present = grants_of(item), _present_grants(cursor, item.table)
    lacking = [
        f"{role} lacks {verb} on {item.table} {column}".strip() + "."
        for role, verb, column in wanted - present
    ]
    extra = [
        f"{role} should not {verb} {item.table} {column}".strip() + "."
        for role, verb, column in present - wanted
    ]
    return sorted(lacking + extra)


# ── Policies ─────────────────────────────────────────────────────────────────────────────────────


def _present_policies(cursor: Any, table: str) -> dict[str, tuple[str, str, bool, str]]:
    """{name: (comment, command, permissive, deparsed predicates)}"""
    cursor.execute(
        """
        SELECT p.polname, coalesce(obj_description(p.oid, 'pg_policy'), ''), p.polcmd::text, p.polpermissive,
               coalesce(pg_get_expr(p.polqual, p.polrelid), '') || '/' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
        FROM pg_policy p WHERE p.polrelid = %s::regclass
        """,
        [table],
    )
    return {name: tuple(rest) for name, *rest in cursor.fetchall()}


def _comment(policy: Policy, deparsed: str) -> str:
    return f"{policy.mark} {hashlib.sha256(deparsed.encode()).hexdigest()[:16]}"


def _is_forced(cursor: Any, table: str) -> bool:
    cursor.execute(
        "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
    )
    return cursor.fetchone()[0]


def _apply_policies(cursor: Any, item: Fence) -> list[str]:
    if not _policy_differences(cursor, item):
        return []
    table = _q(item.table)
    for name in _present_policies(cursor, item.table):
        cursor.execute(f"DROP POLICY {_q(name)} ON {table}")
    for policy in policies_of(item):
        cursor.execute(
            f"CREATE POLICY {policy.name} ON {table} TO {policy.role} USING ({policy.using}) WITH CHECK ({policy.using})"
        )
        deparsed = _present_policies(cursor, item.table)[policy.name][3]
        cursor.execute(f"COMMENT ON POLICY {policy.name} ON {table} IS '{_comment(policy, deparsed)}'")
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    return [f"Policies of {item.table} set."]


def _policy_differences(cursor: Any, item: Fence) -> list[str]:
    found = [] if _is_forced(cursor, item.table) else [f"Row-level security of {item.table} is not forced."]
    present = _present_policies(cursor, item.table)
    wanted = {policy.name: policy for policy in policies_of(item)}
    found += [f"Policy {name} on {item.table} is missing." for name in sorted(set(wanted) - set(present))]
    found += [
        f"Policy {name} on {item.table} is declared nowhere." for name in sorted(set(present) - set(wanted))
    ]
    for name in sorted(set(wanted) & set(present)):
        comment, command, permissive, deparsed = present[name]
        if comment != _comment(wanted[name], deparsed) or command != "*" or not permissive:
            found.append(f"Policy {name} on {item.table} is not what is declared.")
    return found


def _undeclared_program_tables(cursor: Any, items: dict[str, Fence | Shared]) -> list[str]:
    cursor.execute(
        """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'program_id'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
        """
    )
    tables = {name for (name,) in cursor.fetchall()}
    return [
        f"Table {name} has a program_id and no fence."
        for name in sorted(tables)
        if not isinstance(items.get(name), Fence)
    ]


# ── Append-only tables ───────────────────────────────────────────────────────────────────────────

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION wsr_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'insufficient_privilege';
END $$
"""


def _append_only_triggers(cursor: Any, table: str) -> set[str]:
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'append_only_%%' AND tgenabled <> 'D'",
        [table],
    )
    return {name.removeprefix("append_only_") for (name,) in cursor.fetchall()}


def _apply_append_only(cursor: Any, item: Fence) -> list[str]:
    missing = set(item.append_only) - _append_only_triggers(cursor, item.table)
    for verb in sorted(missing):
        level = "STATEMENT" if verb == "truncate" else "ROW"
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER append_only_{verb} BEFORE {verb} ON {_q(item.table)} "
            f"FOR EACH {level} EXECUTE FUNCTION wsr_refuse_change()"
        )
    return [f"{item.table} made append-only."] if missing else []


def _append_only_differences(cursor: Any, item: Fence) -> list[str]:
    missing = set(item.append_only) - _append_only_triggers(cursor, item.table)
    return [f"{item.table} does not refuse {verb}." for verb in sorted(missing)]


# ── Composite foreign keys ───────────────────────────────────────────────────────────────────────


def _composite_key_names(cursor: Any) -> set[str]:
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conname LIKE '%%\\_same\\_program'"
    )
    return {name for (name,) in cursor.fetchall()}


def _apply_composite_keys(cursor: Any, present: set[str]) -> list[str]:
    done = []
    existing = _composite_key_names(cursor)
    for name, (table, column, target) in composite_keys().items():
        if name in existing or not {table, target} <= present:
            continue
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [f"{target}_program_key"])
        if not cursor.fetchone():
            cursor.execute(
                f"ALTER TABLE {_q(target)} ADD CONSTRAINT {_q(target + '_program_key')} UNIQUE (program_id, id)"
            )
        cursor.execute(
            f"ALTER TABLE {_q(table)} ADD CONSTRAINT {_q(name)} FOREIGN KEY (program_id, {_q(column)}) "
            f"REFERENCES {_q(target)} (program_id, id) DEFERRABLE INITIALLY DEFERRED"
        )
        done.append(f"Composite foreign key {name} added.")
    return done


# ── Roles ────────────────────────────────────────────────────────────────────────────────────────


def _role_differences(cursor: Any) -> list[str]:
    found = []
    cursor.execute(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'wsr\\_%%' AND (rolsuper OR (rolbypassrls AND rolcanlogin))"
    )
    found += [f"Role {name} can walk around row-level security." for (name,) in cursor.fetchall()]
    for login, audiences in LOGINS.items():
        cursor.execute(
            """
            SELECT g.rolname, m.inherit_option, m.set_option FROM pg_auth_members m
            JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = %s
            """,
            [role_of(login)],
        )
        present = {name: (inherits, may_set) for name, inherits, may_set in cursor.fetchall()}
        for audience in audiences:
            if present.pop(role_of(audience), None) != (False, True):
                found.append(f"Login {role_of(login)} cannot become {role_of(audience)} as it should.")
        found += [f"Login {role_of(login)} should not be a member of {name}." for name in sorted(present)]
    return found


def _tables(cursor: Any) -> set[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
    )
    return {name for (name,) in cursor.fetchall()}


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
