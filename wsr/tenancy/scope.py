"""The scope: which program, seen by which audience, on which database login.

A scope is always one transaction. Role and program are set for that transaction only (`set_config(…, true)`), so nothing
leaks through a pooler in transaction mode, and a forgotten scope meets a login that holds no grant.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connections, transaction
from django.db.backends.utils import debug_transaction
from django.utils.translation import gettext as _
from psycopg import errors, pq

from wsr.errors import DoneTwice


class Audience(StrEnum):
    """Who looks. Each is a database role of its own, `wsr_<audience>`."""

    STAFF = "staff"
    AUDITOR = "auditor"
    BRAND = "brand"
    SUPPLIER = "supplier"
    WORKER = "worker"
    PUBLIC = "public"
    ENGINE = "engine"
    PERSON = "person"

    @property
    def role(self) -> str:
        """The database role of this audience."""
        return f"wsr_{self.value}"

    @property
    def alias(self) -> str:
        """The Django database alias whose login may become this audience."""
        return {Audience.PUBLIC: "public", Audience.ENGINE: "engine"}.get(self, "default")


class NoActiveProgram(Exception):
    """A query of program data outside a scope. A bug, never shown to a person."""


class ScopeError(Exception):
    """A scope used wrongly: outside its transaction, on another thread, or changed inside a transaction."""


@dataclass(frozen=True)
class Scope:
    """What is active: the program (None for the engine and the public across programs), audience, person, organization.

    A worker is no person of the platform: what she reaches is her case.
    """

    audience: Audience
    program_id: UUID | None = None
    person_id: UUID | None = None
    organization_id: UUID | None = None
    connection: str = ""
    case_id: UUID | None = None

    @property
    def alias(self) -> str:
        """The Django database alias this scope lives on."""
        return self.connection or self.audience.alias


_scope: ContextVar[Scope | None] = ContextVar("wsr_scope", default=None)


def current_scope() -> Scope | None:
    """The active scope, or None."""
    return _scope.get()


def current_program_id() -> UUID:
    """The program of the active scope. Raises NoActiveProgram where there is none."""
    scope = _scope.get()
    if scope is None or scope.program_id is None:
        raise NoActiveProgram("There is no active program; enter program_scope() first.")
    return scope.program_id


def current_audience() -> Audience | None:
    """The audience of the active scope, or None."""
    scope = _scope.get()
    return scope.audience if scope else None


def current_alias() -> str:
    """The database alias of the active scope; `default` outside one."""
    scope = _scope.get()
    return scope.alias if scope else "default"


def program_scope(
    program_id: UUID,
    audience: Audience = Audience.STAFF,
    *,
    person_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> contextlib.AbstractContextManager[Scope]:
    """Enter one program as an audience, in one transaction."""
    return _enter(Scope(audience, program_id, person_id, organization_id))


def worker_scope(program_id: UUID, case_id: UUID) -> contextlib.AbstractContextManager[Scope]:
    """Enter as the worker of one case, and reach nothing else. Also for what somebody enters on her behalf and must not read."""
    return _enter(Scope(Audience.WORKER, program_id, case_id=case_id))


def engine_scope(program_id: UUID | None = None) -> contextlib.AbstractContextManager[Scope]:
    """Enter as the engine (sealer, publisher, relay). Without a program only tables fenced `across` show rows."""
    return _enter(Scope(Audience.ENGINE, program_id))


def aside_scope(program_id: UUID) -> contextlib.AbstractContextManager[Scope]:
    """Enter as the engine on a second connection, beside an open scope: for progress that must be seen at once."""
    return _enter(Scope(Audience.ENGINE, program_id, connection="aside"))


def public_scope() -> contextlib.AbstractContextManager[Scope]:
    """Enter as the public: registry tables of all programs, nothing else."""
    return _enter(Scope(Audience.PUBLIC))


def person_scope(person_id: UUID) -> contextlib.AbstractContextManager[Scope]:
    """Enter as a signed-in person who has not chosen a program yet: her own memberships, nothing else."""
    return _enter(Scope(Audience.PERSON, person_id=person_id))


@contextlib.contextmanager
def _enter(scope: Scope) -> Iterator[Scope]:
    outer = _scope.get()
    if outer == scope:
        yield scope
        return
    if outer is not None and outer.alias == scope.alias:
        raise ScopeError("A scope cannot be changed inside another one; leave the first.")
    connection = connections[scope.alias]
    if getattr(connection, "wsr_scope", None) is not None:
        raise ScopeError("A scope is already active on this connection; leave the first.")
    with transaction.atomic(using=scope.alias):
        _announce(scope.alias, scope.audience.role, scope)
        connection.wsr_scope = scope
        token = _scope.set(scope)
        try:
            yield scope
        finally:
            _scope.reset(token)
            connection.wsr_scope = None
            # Inside an outer transaction (tests, nested use) the role would outlive the scope.
            if len(connection.savepoint_ids) and not connection.needs_rollback and connection.is_usable():
                _announce(scope.alias, "none", None)


def _announce(alias: str, role: str, scope: Scope | None) -> None:
    """Tell PostgreSQL the role and the program, until the end of the transaction.

    In one message together with BEGIN, where the driver would send, and wait for, two.
    """
    connection = connections[alias]
    escape = pq.Escaping(connection.connection.pgconn).escape_literal
    values = {
        "role": role,
        "wsr.program": scope.program_id if scope and scope.program_id else "",
        "wsr.person": scope.person_id if scope and scope.person_id else "",
        "wsr.organization": scope.organization_id if scope and scope.organization_id else "",
    }
    if scope is None or scope.case_id:  # for nobody else it is ever set
        values["wsr.case_id"] = (scope and scope.case_id) or ""
    text = "; ".join(
        f"SET LOCAL {name} = {bytes(escape(str(value).encode())).decode()}" for name, value in values.items()
    )
    if connection.connection.info.transaction_status == pq.TransactionStatus.IDLE:
        text = f"BEGIN; {text}"
    with debug_transaction(connection, text), connection.wrap_database_errors:
        _send(connection.connection.pgconn, text)


def _send(server: pq.abc.PGconn, text: str) -> None:
    result = server.exec_(text.encode())
    if result.status != pq.ExecStatus.COMMAND_OK:
        code = (
            result.error_field(pq.DiagnosticField.SQLSTATE) or b"08006"
        ).decode()  # none: the connection is gone
        raise errors.lookup(code)(result.get_error_message())


@contextlib.contextmanager
def _atomic() -> Iterator[None]:
    with transaction.atomic(using=current_alias()):
        yield


def atomic(function: Callable[..., Any] | None = None) -> Any:
    """`transaction.atomic` on the database of the active scope: `@atomic` on an operation, `with atomic():` in one.

    Where two do the same thing at once and a unique constraint stops the second, the operation raises DoneTwice.
    """
    if function is None:
        return _atomic()

    @functools.wraps(function)
    def wrapped(*args: object, **kwargs: object) -> object:
        try:
            with _atomic():
                return function(*args, **kwargs)
        except IntegrityError as error:
            if isinstance(error.__cause__, errors.UniqueViolation):
                raise DoneTwice(
                    _(
                        "This was done already, by a second click or by somebody else at the same moment. "
                        "Load the page again to see how it stands."
                    )
                ) from error
            raise

    return wrapped


def on_commit(function: Callable[[], object]) -> None:
    """Run after the transaction of the active scope commits; the same function once, however often it is asked for.

    Only ever a wake-up, so a failure is logged and not raised: what must happen is a row, and beat finds it.
    """
    connection = connections[current_alias()]
    open_savepoints = set(connection.savepoint_ids)
    for savepoints, waiting, _robust in connection.run_on_commit:
        if waiting == function and savepoints <= open_savepoints:
            return
    transaction.on_commit(function, using=current_alias(), robust=True)


def guard(execute, sql, params, many, context):  # noqa: ANN001, ANN201 -- Django's execute wrapper
    """Refuse a query made under a scope that this connection has not entered, or outside its transaction."""
    connection = context["connection"]
    scope = _scope.get()
    if scope is not None and scope.alias == connection.alias:
        if not connection.in_atomic_block:
            raise ScopeError("A scope is active but its transaction is over.")
        if getattr(connection, "wsr_scope", None) != scope:
            raise ScopeError("The active scope was entered on another connection.")
    return execute(sql, params, many, context)
