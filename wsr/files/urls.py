"""Addresses of files: one, for sealed links."""

from django.urls import path

from wsr.files import views

app_name = "files"

urlpatterns = [path("files/<str:token>/", views.download, name="download")]
