"""The record of one program."""

from django.urls import path

from wsr.history import views

app_name = "history"
urlpatterns = [path("p/<slug:program_slug>/history/", views.history, name="list")]
