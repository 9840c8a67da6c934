"""The scope: which program, seen by which audience, on which database login.

A scope is always one transaction. Role and program are set for that transaction only (`set_config(…, true)`), so nothing
leaks through a pooler in transaction mode, and a forgotten scope meets a login that holds no grant.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
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

    A worker is no person of the platform: what she reaches is her case, and of what several workers said in it her own.
    """

    audience: Audience
    program_id: UUID | None = None
    person_id: UUID | None = None
    organization_id: UUID | None = None
    connection: str = ""
    case_id: UUID | None = None
    worker_id: UUID | None = None

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


def worker_scope(
    program_id: UUID, case_id: UUID, worker_id: UUID | None = None
) -> contextlib.AbstractContextManager[Scope]:
    """Enter as a worker of one case, and reach nothing else. Also for what somebody enters on her behalf and must not read.

    `worker_id`: which of several; without it the first one, whose id is that of the case.
    """
    return _enter(Scope(Audience.WORKER, program_id, case_id=case_id, worker_id=worker_id))


@contextlib.contextmanager
def case_scope(case_id: UUID, worker_id: UUID | None = None) -> Iterator[Scope]:
    """Go on as the worker of a case inside the scope of staff or of a worker, in the same transaction; then the one before is back.

    For what must happen in two cases at once or not at all, such as a case that follows from another. `worker_id`
    as in `worker_scope`. Raises ScopeError anywhere else.
    """
    outer = _scope.get()
    if outer is None or outer.audience not in (Audience.STAFF, Audience.WORKER):
        raise ScopeError("Only staff and workers go on in a case.")
    if (outer.case_id, outer.worker_id) == (case_id, worker_id):
        yield outer
        return
    inner = Scope(Audience.WORKER, outer.program_id, case_id=case_id, worker_id=worker_id)
    connection = connections[outer.alias]
    try:
        with transaction.atomic(using=outer.alias):  # rolled back, PostgreSQL is in the outer scope by itself
            _announce(outer.alias, inner.audience.role, inner)
            connection.wsr_scope = inner
            token = _scope.set(inner)
            try:
                yield inner
            finally:
                _scope.reset(token)
                connection.wsr_scope = outer
    finally:
        if not (connection.needs_rollback or connection.connection.closed):
            _announce(outer.alias, outer.audience.role, outer, ends_case=True)


def engine_scope(program_id: UUID | None = None) -> contextlib.AbstractContextManager[Scope]:
    """Enter as the engine (sealer, publisher, relay). Without a program only tables fenced `across` show rows."""
    return _enter(Scope(Audience.ENGINE, program_id))


def aside_scope(program_id: UUID | None = None) -> contextlib.AbstractContextManager[Scope]:
    """Enter as the engine on a second connection, beside an open scope: for progress that must be seen at once, for reading by two."""
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


def _announce(alias: str, role: str, scope: Scope | None, *, ends_case: bool = False) -> None:
    """Tell PostgreSQL the role and the program, until the end of the transaction. `ends_case`: a case was set before in it.

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
    if scope is None or scope.case_id or ends_case:  # for nobody else it is ever set
        values["wsr.case_id"] = (scope and scope.case_id) or ""
        values["wsr.worker_id"] = (scope and (scope.worker_id or scope.case_id)) or ""
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


def ask(statement: str, values: Sequence[str | None]) -> str:
    """The one value of a small statement that many acts make, asked in the active scope without the driver's cursor: that takes as long as
    all the rest of it. `values`: what stands for $1, $2 …, as PostgreSQL writes them, without NUL.
    """
    connection = connections[current_alias()]
    execute: Callable[..., str] = functools.partial(_ask, connection)
    for wrapper in reversed(connection.execute_wrappers):
        execute = functools.partial(wrapper, execute)
    return execute(statement, values, False, {"connection": connection})


def _ask(
    connection: Any, statement: str, values: Sequence[str | None], _many: bool, _context: dict[str, Any]
) -> str:
    connection.validate_no_broken_transaction()
    sent = [value if value is None else value.encode() for value in values]
    with debug_transaction(connection, statement), connection.wrap_database_errors:
        result = connection.connection.pgconn.exec_params(statement.encode(), sent)
        if result.status != pq.ExecStatus.TUPLES_OK:
            raise errors.error_from_result(result)
    return result.get_value(0, 0).decode()


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

    Only ever a wake-up, so a failure is logged and not raised: what must happen is a row, and beat finds it. Once is enough: Django drops
    what waits with the savepoint it was asked for in, and only a savepoint that is open now, so around this work too, can be rolled back.
    """
    waiting = (asked for _savepoints, asked, _robust in connections[current_alias()].run_on_commit)
    if function not in waiting:
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
