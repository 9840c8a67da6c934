"""Every address of the installation. An app with pages has a `urls.py`; this file says where it hangs."""

from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from wsr.accounts import admin as operators
from wsr.accounts.doors import public_page


@public_page
def healthz(request: HttpRequest) -> HttpResponse:
    """The web process is up."""
    return HttpResponse("ok", content_type="text/plain")


handler400 = "wsr.ui.views.bad_request"
handler403 = "wsr.ui.views.forbidden"
handler404 = "wsr.ui.views.not_found"
handler500 = "wsr.ui.views.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", operators.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
]
for _app in (
    "wsr.accounts",
    "wsr.api",
    "wsr.ui",
    "wsr.jobs",
    "wsr.history",
    "wsr.files",
    "wsr.imports",
    "agreements",
    "audits",
    "complaints",
    "wsr.registry",
    "wsr.deadlines",
    "wsr.handover",
    "wsr.notices",
    "programs",
):
    if find_spec(_app) and find_spec(f"{_app}.urls"):
        urlpatterns.append(path("", include(f"{_app}.urls")))
