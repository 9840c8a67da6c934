"""Pages of imports."""

from django.urls import path

from wsr.imports import views

app_name = "imports"
_ONE = "p/<slug:program_slug>/imports/<uuid:batch_id>/"
urlpatterns = [
    path("p/<slug:program_slug>/imports/", views.imports, name="list"),
    path("p/<slug:program_slug>/imports/upload/", views.upload, name="upload"),
    path(_ONE, views.detail, name="detail"),
    path(_ONE + "read/", views.read, name="read"),
    path(_ONE + "map/", views.map_columns, name="map"),
    path(_ONE + "rows/", views.rows, name="rows"),
    path(_ONE + "repairs/", views.repairs, name="repairs"),
    path(_ONE + "decide/", views.decide, name="decide"),
    path(_ONE + "different/", views.different, name="different"),
    path(_ONE + "apply/", views.apply, name="apply"),
    path(_ONE + "errors.csv", views.errors, name="errors"),
    path(_ONE + "undo/", views.undo, name="undo"),
]
