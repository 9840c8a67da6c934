"""Pages of long work."""

from django.urls import path

from wsr.jobs import views

app_name = "jobs"
urlpatterns = [
    path("p/<slug:program_slug>/jobs/", views.jobs, name="list"),
    path("p/<slug:program_slug>/jobs/<uuid:job_id>/", views.job, name="detail"),
    path("p/<slug:program_slug>/jobs/<uuid:job_id>/cancel/", views.cancel, name="cancel"),
]
