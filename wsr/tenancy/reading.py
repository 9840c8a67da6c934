"""What an answer was made of: the tables that its queries read, those behind row-level security and functions included.

`Reading` looks at every statement that runs meanwhile. A word of a statement that is the name of a table is a table that was read; one
that is the name of a function stands for the words of that function, and a table for those of its policy of the active audience. That
names too much at times, never too little: a statement can only read what it, a policy or a function names.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections

from wsr.tenancy.scope import Audience, current_alias
from wsr.tenancy.touching import declared

_WORD = re.compile(r"[a-z_][a-z0-9_]*")
# What tells the time: an answer made of it is another one a moment later.
_MOMENTS = frozenset(
    {
        "clock_timestamp",
        "current_time",
        "current_timestamp",
        "localtime",
        "localtimestamp",
        "now",
        "random",
        "statement_timestamp",
        "timeofday",
        "transaction_timestamp",
    }
)


_DAY = "current_date"  # where the server counts its days: UTC


class Read(NamedTuple):
    """The tables that were read, by name. `is_of_day`: the database was asked for the day."""

    tables: list[str]
    is_of_day: bool


@dataclass
class Reading:
    """The statements of an answer, as they were sent, without what was filled in."""

    audience: Audience
    statements: set[str] = field(default_factory=set)

    def __call__(self, execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        """Django's execute wrapper."""
        self.statements.add(str(sql))
        return execute(sql, *rest)

    def read(self) -> Read | None:
        """What was read; None where it is not known by `wsr.tenancy.touching` when it changes. Inside the scope."""
        known = _names(self.audience)
        words = frozenset[str]().union(*(_read_by(statement, known) for statement in self.statements))
        tables = words & known.relations.keys()
        if words & _MOMENTS or not tables <= declared().keys():
            return None
        return Read(sorted(tables), _DAY in words)


@contextmanager
def reading(audience: Audience) -> Iterator[Reading]:
    """Look at every statement of this thread, on every connection."""
    watched = Reading(audience)
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(watched))
        yield watched


class _Names:
    """What the words of a statement stand for. One object for each audience and database of this process."""

    def __init__(self, relations: Mapping[str, str], functions: Mapping[str, str]) -> None:
        """`relations`: {name: its policies of the audience}; `functions`: {name: what it says}."""
        self.relations = {name: _words(text) for name, text in relations.items()}
        self.functions = {name: _words(text) - {name} for name, text in functions.items()}

    def behind(self, words: frozenset[str]) -> frozenset[str]:
        """All words that are read where these are."""
        found, waiting = set(words), set(words)
        while waiting:
            word = waiting.pop()
            more = (self.relations.get(word, frozenset()) | self.functions.get(word, frozenset())) - found
            found |= more
            waiting |= more
        return frozenset(found)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


@lru_cache(maxsize=4096)
def _read_by(statement: str, known: _Names) -> frozenset[str]:
    """The words of it and behind it that name a table or tell the time."""
    return known.behind(_words(statement)) & (known.relations.keys() | _MOMENTS | {_DAY})


def _names(audience: Audience) -> _Names:
    return _asked(audience, connections[current_alias()].settings_dict["NAME"])


@lru_cache(maxsize=32)
def _asked(audience: Audience, _database: str) -> _Names:
    """From PostgreSQL itself: what is declared somewhere may not be what is there. Once for each process."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, coalesce(string_agg(pg_get_expr(p.polqual, p.polrelid), ' '), '')
            FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND (p.polroles = '{0}' OR %s::regrole = ANY (p.polroles))
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') GROUP BY c.relname
            """,
            [audience.role],
        )
        relations = dict(cursor.fetchall())
        cursor.execute(
            "SELECT proname, string_agg(pg_get_functiondef(oid), ' ') FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND prorettype <> 'trigger'::regtype GROUP BY proname"
        )
        return _Names(relations, dict(cursor.fetchall()))
