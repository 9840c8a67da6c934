"""The pages of inspections, for staff, auditors and portals alike: row-level security decides what each sees."""

from django.urls import include, path

from audits.views import checklists, planning, plans, records, reports, requests, reviewing, teams, visits
from audits.views.actions.urls import ADDRESSES as ACTIONS

app_name = "audits"

_planning = [
    path("", planning.board, name="board"),
    path("list/", planning.inspections, name="inspections"),
    path("calendar/", planning.calendar, name="calendar"),
    path("due/", planning.due, name="due"),
    path("plan/", plans.choose_workplace, name="choose_workplace"),
    path("plan/<uuid:workplace_id>/", plans.plan, name="plan"),
    path("asked/<uuid:request_id>/", requests.visit_request, name="visit_request"),
    path("asked/<uuid:request_id>/take/", requests.take, name="take_request"),
    path("asked/<uuid:request_id>/decline/", requests.decline, name="decline_request"),
    path("barred/", teams.bars, name="bars"),
    path("barred/<uuid:bar_id>/end/", teams.end_bar, name="end_bar"),
]
_checklist = [
    path("checklist/", checklists.checklist, name="checklist"),
    path("checklist/<uuid:provision_id>/add/", checklists.add_question, name="add_question"),
    path("checklist/questions/<uuid:question_id>/", checklists.change_question, name="change_question"),
    path(
        "checklist/questions/<uuid:question_id>/retire/", checklists.retire_question, name="retire_question"
    ),
    path("checklist/questions/<uuid:question_id>/move/", checklists.move_question, name="move_question"),
]
_inspection = [
    path("", visits.inspection, name="inspection"),
    path("change/", plans.change_plan, name="change_plan"),
    path("cancel/", plans.cancel, name="cancel"),
    path("team/", teams.team, name="team"),
    path("team/<uuid:person_id>/remove/", teams.remove, name="remove_member"),
    path("assignment/", teams.assignment, name="assignment"),
    path("assignment/decline/", teams.decline, name="decline"),
    path("arrive/", visits.arrive, name="arrive"),
    path("visit/", visits.change_visit, name="change_visit"),
    path("leave/", visits.leave, name="leave"),
    path("submit/", visits.submit, name="submit"),
    path("paper/", visits.paper, name="paper"),
    path("answers/<uuid:line_id>/", records.respond, name="respond"),
    path("interviews/add/", records.add_interview, name="add_interview"),
    path("interviews/<uuid:interview_id>/", records.change_interview, name="change_interview"),
    path("findings/add/", records.add_finding, name="add_finding"),
    path("findings/<uuid:finding_id>/", records.change_finding, name="change_finding"),
    path("findings/<uuid:finding_id>/withdraw/", records.withdraw_finding, name="withdraw_finding"),
    path("evidence/", include("audits.views.evidence_urls")),
]
_review = [
    path("", reviewing.review, name="review"),
    path("return/", reviewing.send_back, name="return_inspection"),
    path("share/", reviewing.share, name="share_report"),
    path("issue/", reviewing.issue, name="issue_report"),
]
_reports = [
    path("", reports.reports, name="reports"),
    path("<uuid:report_id>/", reports.report, name="report"),
    path("<uuid:report_id>/report.pdf", reports.report_pdf, name="report_pdf"),
    path("<uuid:report_id>/reply/", reports.reply, name="reply"),
    path("<uuid:report_id>/reply/record/", reports.record_reply, name="record_reply"),
]
_inspections = [
    *_planning,
    *_checklist,
    path("<uuid:inspection_id>/", include(_inspection)),
    path("<uuid:inspection_id>/review/", include(_review)),
]
_rooms = [
    path("inspections/", include(_inspections)),
    path("reports/", include(_reports)),
    path("actions/", include(ACTIONS)),
]
urlpatterns = [path("p/<slug:program_slug>/", include(_rooms))]
