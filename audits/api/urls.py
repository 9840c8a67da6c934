"""Addresses of the auditors' API, below /api/v1/programs/<slug>/."""

from django.urls import path

from audits.api.views import records, syncing, visits

app_name = "audits_api"
urlpatterns = [
    path("me/", visits.Me.as_view(), name="me"),
    path("assignments/", visits.Assignments.as_view(), name="assignments"),
    path("assignments/<uuid:assignment_id>/", visits.Assignment.as_view(), name="assignment"),
    path("assignments/<uuid:assignment_id>/accept/", visits.Accept.as_view(), name="accept"),
    path("assignments/<uuid:assignment_id>/decline/", visits.Decline.as_view(), name="decline"),
    path("inspections/", visits.Inspections.as_view(), name="inspections"),
    path("inspections/<uuid:inspection_id>/", visits.OneInspection.as_view(), name="inspection"),
    path("inspections/<uuid:inspection_id>/team/", visits.Team.as_view(), name="team"),
    path("inspections/<uuid:inspection_id>/arrive/", visits.Arrive.as_view(), name="arrive"),
    path("inspections/<uuid:inspection_id>/leave/", visits.Leave.as_view(), name="leave"),
    path("inspections/<uuid:inspection_id>/submit/", visits.Submit.as_view(), name="submit"),
    path("inspections/<uuid:inspection_id>/checklist/", visits.Checklist.as_view(), name="checklist"),
    path(
        "inspections/<uuid:inspection_id>/earlier-findings/",
        visits.EarlierFindings.as_view(),
        name="earlier-findings",
    ),
    path("inspections/<uuid:inspection_id>/actions/", visits.ActionsThere.as_view(), name="actions-there"),
    path("inspections/<uuid:inspection_id>/responses/", records.Responses.as_view(), name="responses"),
    path("inspections/<uuid:inspection_id>/interviews/", records.Interviews.as_view(), name="interviews"),
    path("inspections/<uuid:inspection_id>/findings/", records.Findings.as_view(), name="findings"),
    path(
        "inspections/<uuid:inspection_id>/findings/bulk/",
        records.FindingsInBulk.as_view(),
        name="findings-in-bulk",
    ),
    path("responses/<uuid:record_id>/", records.OneResponse.as_view(), name="response"),
    path("interviews/<uuid:record_id>/", records.OneInterview.as_view(), name="interview"),
    path("findings/<uuid:record_id>/", records.OneFinding.as_view(), name="finding"),
    path("findings/<uuid:record_id>/withdraw/", records.Withdraw.as_view(), name="withdraw"),
    path("sync/batch/", syncing.Batch.as_view(), name="batch"),
    *[path(f"sync/{name}/", view.as_view(), name=f"sync-{name}") for name, view in syncing.SYNCS.items()],
]
