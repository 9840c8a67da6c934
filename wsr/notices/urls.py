"""Addresses of a person's notices, and of what a program sends."""

from django.urls import path

from wsr.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notices, name="list"),
    path("notices/read/", views.read, name="read"),
    path("notices/stop/<str:token>/", views.stop, name="stop"),
    path("notices/<uuid:notice_id>/", views.open_notice, name="open"),
    path("accounts/notices/", views.preferences, name="preferences"),
]
