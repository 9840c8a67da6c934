"""Addresses of the API. Those of a room are in `<room>/api/urls.py`, below /api/v1/programs/<slug>/."""

from django.urls import include, path, re_path

from wsr.api import root
from wsr.api.scopes import rooms_with
from wsr.api.views import documentation

app_name = "api"
urlpatterns = [
    path("api/v1/", root.Root.as_view(), name="root"),
    path("api/v1/schema/", documentation.description, name="schema"),
    path("api/v1/docs/", documentation.documentation, name="documentation"),
    path("api/v1/problems/<slug:kind>/", documentation.problem, name="problem"),
    *[path("api/v1/programs/<slug:program>/", include(f"{room}.api.urls")) for room in rooms_with("urls")],
    re_path(r"^api/(?P<path>.*)$", root.nowhere, name="nowhere"),
]
