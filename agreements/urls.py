"""The pages of agreements, for staff and portals alike: row-level security decides what each sees."""

from django.urls import include, path

from agreements.views import (
    agreements,
    breaches,
    clauses,
    disputes,
    duties,
    escalation,
    letters,
    obligations,
    signing,
    versions,
)
from agreements.views.committee.urls import ADDRESSES as COMMITTEE
from agreements.views.money.urls import ADDRESSES as MONEY

app_name = "agreements"

_agreements = [
    path("", agreements.agreements, name="agreements"),
    path("start/", agreements.start, name="start"),
    path("<uuid:agreement_id>/", agreements.agreement, name="agreement"),
    path("<uuid:agreement_id>/parties/add/", agreements.add_party, name="add_party"),
    path("parties/<uuid:party_id>/remove/", agreements.remove_party, name="remove_party"),
    path("<uuid:agreement_id>/amend/", agreements.amend, name="amend"),
    path("<uuid:agreement_id>/suspend/", agreements.suspend, name="suspend"),
    path("<uuid:agreement_id>/resume/", agreements.resume, name="resume"),
    path("<uuid:agreement_id>/end/", agreements.end, name="end"),
    path("versions/<uuid:version_id>/", versions.version, name="version"),
    path("versions/<uuid:version_id>/edit/", versions.edit, name="edit_version"),
    path("versions/<uuid:version_id>/compare/", versions.compare, name="compare"),
    path("versions/<uuid:version_id>/propose/", versions.propose, name="propose"),
    path("versions/<uuid:version_id>/take-back/", versions.take_back, name="take_back"),
    path("versions/<uuid:version_id>/withdraw/", versions.withdraw, name="withdraw"),
    path("versions/<uuid:version_id>/text.pdf", versions.text_file, name="text_file"),
    path("versions/<uuid:version_id>/complete.pdf", versions.complete_file, name="complete_file"),
    path("versions/<uuid:version_id>/sign/", signing.sign, name="sign"),
    path("versions/<uuid:version_id>/decline/", signing.decline, name="decline"),
    path("versions/<uuid:version_id>/clauses/add/", clauses.add, name="add_clause"),
    path("clauses/<uuid:clause_id>/edit/", clauses.edit, name="edit_clause"),
    path("clauses/<uuid:clause_id>/move/", clauses.move, name="move_clause"),
    path("clauses/<uuid:clause_id>/remove/", clauses.remove, name="remove_clause"),
]
_obligations = [
    path("", obligations.obligations, name="obligations"),
    path("<uuid:obligation_id>/", obligations.obligation, name="obligation"),
    path("<uuid:obligation_id>/answer/", obligations.answer, name="answer_obligation"),
    path("<uuid:obligation_id>/record/", obligations.answer_for, name="answer_obligation_for"),
    path("<uuid:obligation_id>/accept/", obligations.accept, name="accept_obligation"),
    path("<uuid:obligation_id>/return/", obligations.return_answer, name="return_obligation"),
    path("<uuid:obligation_id>/remind/", obligations.remind, name="remind_obligation"),
    path("<uuid:obligation_id>/waive/", obligations.waive, name="waive_obligation"),
    path("<uuid:obligation_id>/files/<uuid:file_id>/", obligations.proof, name="proof"),
]
_breaches = [
    path("", breaches.breaches, name="breaches"),
    path("open/", breaches.open_breach, name="open_breach"),
    path("<uuid:breach_id>/", breaches.breach, name="breach"),
    path("<uuid:breach_id>/notice/", breaches.serve_notice, name="serve_notice"),
    path("<uuid:breach_id>/letter/", breaches.draft_letter, name="draft_letter"),
    path("<uuid:breach_id>/files/<uuid:file_id>/", breaches.breach_file, name="breach_file"),
    path("<uuid:breach_id>/acknowledge/", breaches.acknowledge, name="acknowledge_breach"),
    path("<uuid:breach_id>/cure/", breaches.claim_cure, name="claim_cure"),
    path("<uuid:breach_id>/cure/accept/", breaches.accept_cure, name="accept_cure"),
    path("<uuid:breach_id>/cure/refuse/", breaches.reject_cure, name="reject_cure"),
    path("<uuid:breach_id>/withdraw/", breaches.withdraw_breach, name="withdraw_breach"),
    path("<uuid:breach_id>/petition/", breaches.file_petition, name="file_petition"),
]
_disputes = [
    path("<uuid:dispute_id>/vote/", disputes.cast_vote, name="cast_vote"),
    path("<uuid:dispute_id>/decide/", disputes.decide, name="decide_dispute"),
    path("<uuid:dispute_id>/withdraw/", disputes.withdraw_petition, name="withdraw_petition"),
    path("<uuid:dispute_id>/arbitration/", disputes.appeal, name="appeal"),
    path("arbitrations/<uuid:arbitration_id>/file/", disputes.file_arbitration, name="file_arbitration"),
    path("arbitrations/<uuid:arbitration_id>/end/", disputes.end_arbitration, name="end_arbitration"),
]
_ladder = [
    path("", escalation.board, name="escalations"),
    path("texts/", letters.texts, name="letter_texts"),
    path("texts/<slug:rung_key>/<slug:to>/add/", letters.add_language, name="add_letter_language"),
    path("texts/<slug:rung_key>/<slug:to>/<slug:language>/", letters.set_text, name="set_text"),
    path("suppliers/<uuid:participation_id>/start/", escalation.start, name="start_escalation"),
    path("<uuid:escalation_id>/", escalation.escalation, name="escalation"),
    path("<uuid:escalation_id>/climb/", escalation.climb, name="climb"),
    path("<uuid:escalation_id>/limit/", escalation.apply_limit, name="apply_limit"),
    path("<uuid:escalation_id>/down/", escalation.step_down, name="step_down"),
    path("<uuid:escalation_id>/condition/", escalation.condition, name="prove_condition"),
    path("<uuid:escalation_id>/meetings/plan/", escalation.plan_meeting, name="plan_meeting"),
    path("meetings/<uuid:meeting_id>/", escalation.hold_meeting, name="hold_meeting"),
    path("meetings/<uuid:meeting_id>/cancel/", escalation.cancel_meeting, name="cancel_meeting"),
    path("steps/<uuid:step_id>/letters/", letters.send_letters, name="send_letters"),
    path("letters/<uuid:letter_id>/", letters.letter, name="letter"),
    path("letters/<uuid:letter_id>/pdf/", letters.letter_pdf, name="letter_pdf"),
    path("letters/<uuid:letter_id>/received/", letters.acknowledge, name="acknowledge_letter"),
]
_duties = [
    path("", duties.duties, name="duties"),
    path("<uuid:duty_id>/", duties.duty, name="duty"),
    path("<uuid:duty_id>/acknowledge/", duties.acknowledge, name="acknowledge_duty"),
    path("<uuid:duty_id>/stopped/", duties.stopped, name="confirm_stop"),
    path("<uuid:duty_id>/prove/", duties.prove, name="prove_duty"),
    path("<uuid:duty_id>/decide/", duties.decide, name="decide_duty"),
    path("<uuid:duty_id>/proof/", duties.proof, name="duty_proof"),
]
_program = [
    path("ladder/", include(_ladder)),
    path("duties/", include(_duties)),
    path("agreements/", include(_agreements)),
    path("obligations/", include(_obligations)),
    path("breaches/", include(_breaches)),
    path("disputes/", include(_disputes)),
    path("money/", include(MONEY)),
    path("committee/", include(COMMITTEE)),
]
urlpatterns = [
    path("p/<slug:program_slug>/", include(_program)),
]
