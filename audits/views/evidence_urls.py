"""Addresses of evidence, below those of its inspection: `path("<uuid:inspection_id>/evidence/", include(…))`."""

from django.urls import path

from audits.views import evidence

urlpatterns = [
    path("", evidence.evidence, name="evidence"),
    path("share/", evidence.share, name="share_proofs"),
    path("add/", evidence.add, name="add_evidence"),
    path("<uuid:evidence_id>/", evidence.one, name="one_evidence"),
    path("<uuid:evidence_id>/change/", evidence.change, name="change_evidence"),
    path("<uuid:evidence_id>/replace/", evidence.replace, name="replace_evidence"),
]
