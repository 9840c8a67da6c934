"""Addresses of education, below /p/<program>/education/."""

from django.urls import path

from programs.views.education import materials, portal, schedule, sessions

urlpatterns = [
    path("", schedule.schedule, name="education"),
    path("draw-up/", schedule.draw_up, name="draw_up_education"),
    path("owed/<uuid:due_id>/", schedule.due, name="education_due"),
    path("owed/<uuid:due_id>/drop/", schedule.drop, name="drop_education"),
    path("owed/<uuid:due_id>/again/", schedule.owe_again, name="owe_education_again"),
    path("coverage/", schedule.coverage, name="education_coverage"),
    path("workplaces/<uuid:workplace_id>/", schedule.workplace, name="education_workplace"),
    path("workplaces/<uuid:workplace_id>/plan/", sessions.plan, name="plan_session"),
    path("sessions/", sessions.sessions, name="education_sessions"),
    path("sessions/<uuid:session_id>/", sessions.session, name="education_session"),
    path("sessions/<uuid:session_id>/change/", sessions.change, name="change_session"),
    path("sessions/<uuid:session_id>/report/", sessions.report, name="report_session"),
    path("sessions/<uuid:session_id>/confirm/", sessions.confirm, name="confirm_session"),
    path("sessions/<uuid:session_id>/reopen/", sessions.reopen, name="reopen_session"),
    path("sessions/<uuid:session_id>/cancel/", sessions.cancel, name="cancel_session"),
    path("sessions/<uuid:session_id>/sheet.pdf", sessions.sheet, name="session_sheet"),
    path("materials/", materials.materials, name="education_materials"),
    path("materials/add/", materials.add, name="add_material"),
    path("materials/<uuid:material_id>/retire/", materials.retire, name="retire_material"),
    path("cards/<slug:code>/", materials.cards, name="cards"),
    path("own/", portal.own, name="own_education"),
    path("own/<uuid:session_id>/", portal.own_session, name="own_session"),
]
