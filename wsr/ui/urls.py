"""Pages of the platform itself."""

from django.urls import path

from wsr.ui import views
from wsr.ui.views import bulk, exports

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("search/", views.search, name="search"),
    path("help/", views.help_index, name="help"),
    path("help/pictures/<str:name>", views.help_picture, name="help_picture"),
    path("help/<path:name>/", views.help_page, name="help_page"),
    path("style/", views.style, name="style"),
    path("preferences/", views.preferences, name="preferences"),
    path("language/<slug:code>/", views.language, name="language"),
    path("p/<slug:program_slug>/", views.program, name="program"),
    path("p/<slug:program_slug>/set-up/", views.set_up, name="set_up"),
    path("p/<slug:program_slug>/views/", views.saved_views, name="views"),
    path("p/<slug:program_slug>/views/<uuid:view_id>/rename/", views.rename_view, name="rename_view"),
    path("p/<slug:program_slug>/views/<uuid:view_id>/delete/", views.delete_view, name="delete_view"),
    path("p/<slug:program_slug>/views/<uuid:view_id>/send/", exports.schedule_view, name="schedule_view"),
    path("p/<slug:program_slug>/several/", bulk.choose, name="choose_rows"),
    path("p/<slug:program_slug>/several/<uuid:batch_id>/", bulk.batch, name="batch"),
    path("p/<slug:program_slug>/my-files/", exports.exports, name="exports"),
    path("p/<slug:program_slug>/my-files/<uuid:export_id>/", exports.download_export, name="download_export"),
    path(
        "p/<slug:program_slug>/my-files/<uuid:export_id>/cancel/", exports.cancel_export, name="cancel_export"
    ),
    path("p/<slug:program_slug>/my-reports/", exports.reports, name="reports"),
    path(
        "p/<slug:program_slug>/my-reports/<uuid:schedule_id>/stop/", exports.stop_report, name="stop_report"
    ),
]
