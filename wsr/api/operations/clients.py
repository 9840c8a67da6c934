"""OAuth clients: the public one of devices, and those of firms."""

from allauth.idp.oidc.models import Client

from wsr.api.scopes import declared

DEVICE_CLIENT = "wsr-device"  # public by nature: whatever uses it, a person lets it in by name


def keep_device_client(*, using: str) -> None:
    """Make the client that devices sign in with, and let it ask for every scope there is. Runs after every migrate."""
    Client.objects.using(using).update_or_create(
        pk=DEVICE_CLIENT,
        defaults={
            "name": "wsr device",
            "type": Client.Type.PUBLIC,
            "secret": "",
            "grant_types": "\n".join([Client.GrantType.DEVICE_CODE, Client.GrantType.REFRESH_TOKEN]),
            "response_types": "",
            "scopes": "\n".join(declared()),
            "default_scopes": "",
        },
    )
