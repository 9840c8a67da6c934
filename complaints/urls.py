"""The pages of complaints: for workers under /report/, for the program's staff under /p/."""

from django.urls import include, path

from complaints.views import case, desk, parts, report, rules, triage

app_name = "complaints"

_complaint = [
    path("", desk.complaint, name="complaint"),
    path("answer/", desk.answer_worker, name="answer"),
    path("note/", desk.note, name="note"),
    path("take/", parts.take, name="take"),
    path("emergency/", parts.emergency, name="emergency"),
    path("parts/", parts.ask, name="parts"),
    path("parts/<uuid:assignment_id>/accept/", parts.accept, name="accept_part"),
    path("parts/<uuid:assignment_id>/decline/", parts.decline, name="decline_part"),
    path("parts/<uuid:assignment_id>/end/", parts.end, name="end_part"),
    path("accept/", triage.accept, name="accept"),
    path("refer/", triage.refer, name="refer"),
    path("not-covered/", triage.not_covered, name="not_covered"),
    path("set-aside/", triage.set_aside, name="set_aside"),
    path("bring-back/", triage.bring_back, name="bring_back"),
    path("no-complaint/", triage.no_complaint, name="no_complaint"),
]
_desk = [
    path("", desk.complaints, name="complaints"),
    path("walls/", parts.walls, name="walls"),
    path("walls/<uuid:wall_id>/end/", parts.end_wall, name="end_wall"),
    path("rules/", rules.rules, name="rules"),
    path("rules/add/", rules.add, name="add_rule"),
    path("rules/<uuid:rule_id>/", rules.change, name="change_rule"),
    path("rules/<uuid:rule_id>/end/", rules.end, name="end_rule"),
    path("<uuid:complaint_id>/", include(_complaint)),
]
_worker = [
    path("case/", case.case, name="case"),
    path("<slug:program_slug>/", report.report, name="report"),
]
urlpatterns = [
    path("p/<slug:program_slug>/complaints/", include(_desk)),
    path("report/", include(_worker)),
]
