"""One program at a time: the scope, the models that live in it, and the fences around them."""

from wsr.tenancy.scope import (
    Audience,
    NoActiveProgram,
    Scope,
    ScopeError,
    aside_scope,
    atomic,
    current_alias,
    current_audience,
    current_program_id,
    current_scope,
    engine_scope,
    on_commit,
    person_scope,
    program_scope,
    public_scope,
    worker_scope,
)

__all__ = [
    "Audience",
    "NoActiveProgram",
    "Scope",
    "ScopeError",
    "aside_scope",
    "atomic",
    "current_alias",
    "current_audience",
    "current_program_id",
    "current_scope",
    "engine_scope",
    "on_commit",
    "person_scope",
    "program_scope",
    "public_scope",
    "worker_scope",
]
