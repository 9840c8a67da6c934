"""The app of the API's door."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _keep_device_client(using: str, **kwargs: Any) -> None:
    from wsr.api.operations.clients import keep_device_client  # noqa: PLC0415 -- models are ready only now

    keep_device_client(using=using)


class ApiConfig(AppConfig):
    """Tokens, grants, and everything that is the same for each address of the API."""

    name = "wsr.api"
    label = "api"

    def ready(self) -> None:
        """The OAuth client of devices may ask for every scope that exists, also for those of a later version."""
        post_migrate.connect(_keep_device_client, sender=self, dispatch_uid="wsr.api device client")
