"""Addresses of corrective actions."""

from django.urls import path

from audits.views.actions import acting, lists, terms

_one = "<uuid:action_id>/"
_step = "milestones/<uuid:milestone_id>/"
ADDRESSES = [
    path("", lists.actions, name="actions"),
    path("board/", lists.board, name="action_board"),
    path("own/", lists.own, name="own_actions"),
    path("progress/", lists.progress, name="progress"),
    path("plans/<uuid:workplace_id>/plan.pdf", lists.plan_pdf, name="plan_pdf"),
    path("propose/", acting.propose, name="propose_action"),
    path(_one, acting.action, name="action"),
    path(f"{_one}agree/", acting.agree, name="agree_action"),
    path(f"{_one}report/", acting.report, name="report_action"),
    path(f"{_one}report/record/", acting.report_for, name="report_action_for"),
    path(f"{_one}verify/", acting.verify, name="verify_action"),
    path(f"{_one}reject/", acting.reject, name="reject_action"),
    path(f"{_one}withdraw/", acting.withdraw, name="withdraw_action"),
    path(f"{_one}news/", acting.ask_for_news, name="ask_action_news"),
    path(f"{_one}date/", acting.renew, name="renew_action"),
    path(f"{_one}files/<uuid:file_id>/", acting.proof, name="action_proof"),
    path(f"{_one}time/", terms.ask_time, name="ask_time"),
    path(f"{_one}time/record/", terms.ask_time_for, name="ask_time_for"),
    path("requests/<uuid:extension_id>/", terms.answer_time, name="answer_time"),
    path(f"{_one}milestones/add/", terms.add_milestone, name="add_milestone"),
    path(f"{_step}move/", terms.move_milestone, name="move_milestone"),
    path(f"{_step}reach/", terms.reach_milestone, name="reach_milestone"),
    path(f"{_step}reach/record/", terms.reach_milestone_for, name="reach_milestone_for"),
    path(f"{_step}verify/", terms.verify_milestone, name="verify_milestone"),
    path(f"{_one}paying/", terms.set_paying, name="set_paying"),
    path(f"{_one}paying/sign/", terms.sign_paying, name="sign_paying"),
    path(f"{_one}paying/sign/record/", terms.sign_paying_for, name="sign_paying_for"),
]
