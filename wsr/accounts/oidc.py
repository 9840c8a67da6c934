"""Single sign-on of organizations, from the environment variable WSR_OIDC.

Settings import this file, so it imports nothing of the project.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_WANTED = {"name", "server_url", "client_id", "secret", "domain"}


def single_sign_on(text: str) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS of a JSON list of objects with `name server_url client_id secret domain`.

    A provider may sign in only people whose e-mail address is at its own `domain`. Raises ImproperlyConfigured and says what is wrong.
    """
    try:
        entries = json.loads(text or "[]")
    except json.JSONDecodeError as error:
        raise ImproperlyConfigured(f"WSR_OIDC is not JSON: {error}.") from None
    if not isinstance(entries, list):
        raise ImproperlyConfigured("WSR_OIDC must be a JSON list of objects.")
    apps = [_app(entry) for entry in entries]
    if len({app["provider_id"] for app in apps}) != len(apps):
        raise ImproperlyConfigured("WSR_OIDC names a domain twice.")
    return {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}} if apps else {}


def _app(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict) or not all(
        isinstance(entry.get(key), str) and entry[key] for key in _WANTED
    ):
        raise ImproperlyConfigured(f"Each entry of WSR_OIDC needs the texts {', '.join(sorted(_WANTED))}.")
    if unknown := sorted(set(entry) - _WANTED):
        raise ImproperlyConfigured(f"WSR_OIDC does not know {', '.join(unknown)}.")
    if urlsplit(entry["server_url"]).scheme != "https":
        raise ImproperlyConfigured("server_url in WSR_OIDC must start with https.")
    domain = entry["domain"].lower()
    return {
        "provider_id": re.sub(r"[^a-z0-9]+", "-", domain),
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": entry["secret"],
        "settings": {"server_url": entry["server_url"], "domain": domain},
    }
