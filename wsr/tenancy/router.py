"""Which login a query runs on: the one of the active scope."""

from typing import Any

from wsr.tenancy.scope import current_alias


class ScopeRouter:
    """Sends every query to the database alias of the active scope; only `owner` migrates."""

    def db_for_read(self, model: Any, **hints: object) -> str:
        """Alias for reads."""
        return current_alias()

    def db_for_write(self, model: Any, **hints: object) -> str:
        """Alias for writes."""
        return current_alias()

    def allow_relation(self, obj1: object, obj2: object, **hints: object) -> bool:
        """All aliases are one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        """Only the owner changes tables."""
        return db == "owner"
