from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from wsr.tenancy.scope import guard


def _install_guard(connection: Any, **kwargs: object) -> None:
    if guard not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, guard)


class TenancyConfig(AppConfig):
    """Watches every query for a scope used wrongly."""

    name = "wsr.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Install the guard and the checks."""
        from wsr.tenancy import checks  # noqa: F401, PLC0415 -- registers itself once apps are loaded

        connection_created.connect(_install_guard, dispatch_uid="wsr.tenancy.guard")
