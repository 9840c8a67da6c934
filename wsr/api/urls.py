"""Addresses of the API. Those of a room are in `<room>/api/urls.py`, below /api/v1/programs/<slug>/.

The names `idp:oidc:…` are allauth's own: its device flow looks for them.
"""

from django.urls import include, path, re_path

from wsr.api import root
from wsr.api.scopes import rooms_with
from wsr.api.views import clients, devices, documentation, oauth

_oauth = (
    [
        path("api/oauth/device/code", oauth.device_code, name="device_code"),
        path("api/oauth/token", oauth.token, name="token"),
        path("api/oauth/revoke", oauth.revoke, name="revoke"),
        path("device/", devices.let_in, name="device_authorization"),
    ],
    "oidc",
)
_api = (
    [
        path("accounts/devices/", devices.devices, name="devices"),
        path("accounts/devices/passwords/add/", devices.add_password, name="add_password"),
        path("accounts/devices/<uuid:device_id>/remove/", devices.remove, name="remove_device"),
        path("p/<slug:program_slug>/api/", clients.access, name="access"),
        path("p/<slug:program_slug>/api/clients/add/", clients.add, name="add_client"),
        path("p/<slug:program_slug>/api/<uuid:grant_id>/end/", clients.end, name="end_access"),
        path(".well-known/oauth-authorization-server", oauth.metadata, name="metadata"),
        path("api/v1/", root.Root.as_view(), name="root"),
        path("api/v1/schema/", documentation.description, name="schema"),
        path("api/v1/docs/", documentation.documentation, name="documentation"),
        path("api/v1/problems/<slug:kind>/", documentation.problem, name="problem"),
    ],
    "api",
)
urlpatterns = [
    path("", include(([path("", include(_oauth))], "idp"))),
    path("", include(_api)),
    *[path("api/v1/programs/<slug:program>/", include(f"{room}.api.urls")) for room in rooms_with("urls")],
    re_path(r"^api/(?P<path>(?s:.*))\Z", root.nowhere),
]
