"""Addresses of the public registry, and of publishing in the console.

A record's address ends with its id, so that a web server finds the file: r/<two characters before the last>/<id>.html.gz.
"""

from django.urls import path, re_path, register_converter

from wsr.registry import (
    cards,
    changes,
    checks,
    console,
    console_records,
    crosswalk,
    discovery,
    figures,
    mapping,
    profile,
    reconcile,
    reports,
    verifying,
    views,
)
from wsr.registry.ids import ALPHABET, LENGTH


class PublicIdConverter:
    """A public id as it is published: ten characters, no separators."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(PublicIdConverter, "public_id")

_SUBJECT = "p/<slug:program_slug>/registry/records/<slug:kind>/<uuid:subject_id>"
app_name = "registry"
urlpatterns = [
    path("registry/", views.find, name="search"),
    path("registry/reconcile/", reconcile.service, name="reconcile"),
    path("registry/reconcile/preview/", reconcile.preview, name="reconcile_preview"),
    path("registry/reconcile/suggest/", reconcile.suggest, name="reconcile_suggest"),
    path("registry/reconcile/properties/", reconcile.properties, name="reconcile_properties"),
    path("registry/map/", mapping.show, name="map"),
    path("registry/map/cells/", mapping.map_cells, name="map_cells"),
    path("registry/check-list/", checks.check_list, name="check_list"),
    path("registry/label/", checks.check_label, name="label"),
    path("registry/key.pem", checks.key, name="key"),
    path("registry/verify/", views.verify, name="verify"),
    path("registry/verify-document/", verifying.verify_document, name="verify_document"),
    path("r/<str:public_id>", views.by_id, name="by_id"),
    path("registry/<slug:program_slug>/", views.program, name="program"),
    path("robots.txt", discovery.robots, name="robots"),
    path("sitemap.xml", discovery.sitemaps, name="sitemaps"),
    path("registry/<slug:program_slug>/sitemap-<int:number>.xml", discovery.sitemap, name="sitemap"),
    path("registry/<slug:program_slug>/dictionary/", views.dictionary, name="dictionary"),
    path("registry/<slug:program_slug>/verify/", views.verify_program, name="verify_program"),
    path("registry/<slug:program_slug>/publications/<int:number>/", views.publication, name="publication"),
    path("registry/<slug:program_slug>/<public_id:public_id>/", views.record, name="record"),
    path("registry/<slug:program_slug>/<public_id:public_id>.json", views.record_json, name="record_json"),
    path("registry/<slug:program_slug>/<public_id:public_id>.atom", views.record_feed, name="record_feed"),
    path("registry/<slug:program_slug>/<public_id:public_id>/profile/", profile.show, name="profile"),
    path(
        "registry/<slug:program_slug>/<public_id:public_id>/profile.atom", profile.feed, name="profile_feed"
    ),
    path("registry/<slug:program_slug>/<public_id:public_id>/share/", cards.share, name="share"),
    path("registry/<slug:program_slug>/<public_id:public_id>/card/", cards.card, name="card"),
    path("registry/<slug:program_slug>/<public_id:public_id>/card.svg", cards.card_svg, name="card_svg"),
    path("registry/<slug:program_slug>/<public_id:public_id>/qr.svg", cards.code, name="qr"),
    path("registry/<slug:program_slug>/<public_id:public_id>/on/", views.as_of, name="as_of"),
    path("registry/<slug:program_slug>/figures/", figures.show, name="figures"),
    path("registry/<slug:program_slug>/figures/<slug:key>.csv", figures.file, name="figures_file"),
    path("registry/<slug:program_slug>/reports/", reports.public_list, name="reports"),
    path("registry/<slug:program_slug>/reports/<slug:name>.pdf", reports.download, name="report"),
    path("registry/<slug:program_slug>/changes/", changes.between, name="changes"),
    path("registry/<slug:program_slug>/on/", changes.on_day, name="on_day"),
    path("registry/<slug:program_slug>/columns/<slug:standard>.csv", crosswalk.download, name="crosswalk"),
    path("registry/<slug:program_slug>/registry.zip", views.bundle, name="bundle"),
    re_path(
        r"^registry/(?P<program_slug>[-a-z0-9]+)/(?P<path>[A-Za-z0-9._/-]+[A-Za-z0-9])$",
        views.file,
        name="file",
    ),
    path("p/<slug:program_slug>/registry/", console.home, name="console"),
    path("p/<slug:program_slug>/registry/publish/", console.publish, name="publish"),
    path("p/<slug:program_slug>/registry/reports/", reports.console, name="console_reports"),
    path("p/<slug:program_slug>/registry/records/", console_records.records, name="records"),
    path(f"{_SUBJECT}/", console_records.subject, name="subject"),
    path(f"{_SUBJECT}/redact/", console_records.redact, name="redact"),
    path(f"{_SUBJECT}/correct/", console_records.correct, name="correct"),
    path(f"{_SUBJECT}/hold-back/", console_records.hold_back, name="hold_back"),
    path(f"{_SUBJECT}/merge/", console_records.merge, name="merge"),
    path("p/<slug:program_slug>/registry/override/<slug:gate>/", console.override, name="override"),
]
