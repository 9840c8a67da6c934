"""Pages of handing over and of being away."""

from django.urls import path

from wsr.handover import views

app_name = "handover"
urlpatterns = [
    path("p/<slug:program_slug>/hand-over/", views.nobody, name="nobody"),
    path("p/<slug:program_slug>/hand-over/given/", views.given, name="given"),
    path("p/<slug:program_slug>/members/<uuid:membership_id>/hand-over/", views.person, name="person"),
    path("p/<slug:program_slug>/away/", views.away, name="away"),
    path("p/<slug:program_slug>/away/<uuid:absence_id>/back/", views.back, name="back"),
]
