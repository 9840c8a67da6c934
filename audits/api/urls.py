"""Addresses of the auditors' API, below /api/v1/programs/<slug>/."""

from django.urls import path

from audits.api.views import actions, evidence, records, syncing, visits
from audits.openrosa import views as openrosa

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
    path("inspections/<uuid:inspection_id>/evidence/", evidence.EvidenceOfVisit.as_view(), name="evidence"),
    path("inspections/<uuid:inspection_id>/uploads/", evidence.Uploads.as_view(), name="uploads"),
    path("responses/<uuid:record_id>/", records.OneResponse.as_view(), name="response"),
    path("interviews/<uuid:record_id>/", records.OneInterview.as_view(), name="interview"),
    path("findings/<uuid:record_id>/", records.OneFinding.as_view(), name="finding"),
    path("findings/<uuid:record_id>/withdraw/", records.Withdraw.as_view(), name="withdraw"),
    path("evidence/<uuid:evidence_id>/content/", evidence.Content.as_view(), name="evidence-content"),
    path("evidence/<uuid:evidence_id>/", evidence.OneEvidence.as_view(), name="one-evidence"),
    path("uploads/<uuid:upload_id>/", evidence.OneUpload.as_view(), name="upload"),
    path("uploads/<uuid:upload_id>/finish/", evidence.Finish.as_view(), name="finish"),
    path("actions/", actions.Actions.as_view(), name="actions"),
    path("actions/<uuid:action_id>/", actions.OneAction.as_view(), name="action"),
    path("actions/<uuid:action_id>/verify/", actions.Verify.as_view(), name="verify"),
    path("actions/<uuid:action_id>/reject/", actions.Reject.as_view(), name="reject"),
    path("openrosa/formList", openrosa.FormList.as_view(), name="openrosa-forms"),
    path("openrosa/forms/<uuid:inspection_id>", openrosa.Form.as_view(), name="openrosa-form"),
    path("openrosa/submission", openrosa.Submissions.as_view(), name="openrosa-submission"),
    path("sync/batch/", syncing.Batch.as_view(), name="batch"),
    *[path(f"sync/{name}/", view.as_view(), name=f"sync-{name}") for name, view in syncing.SYNCS.items()],
]
