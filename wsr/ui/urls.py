"""Pages of the platform itself."""

from django.urls import path

from wsr.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("style/", views.style, name="style"),
    path("preferences/", views.preferences, name="preferences"),
    path("language/<slug:code>/", views.language, name="language"),
    path("p/<slug:program_slug>/", views.program, name="program"),
    path("p/<slug:program_slug>/views/", views.saved_views, name="views"),
    path("p/<slug:program_slug>/views/<uuid:view_id>/rename/", views.rename_view, name="rename_view"),
    path("p/<slug:program_slug>/views/<uuid:view_id>/delete/", views.delete_view, name="delete_view"),
]
