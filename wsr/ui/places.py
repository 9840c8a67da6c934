"""Which section of the handbook is about which page, and which words of the glossary stand on it. The one place where that is said.

A page is named by its view (`registry:map`); what has no line of its own has that of its app. A test walks every address.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from wsr.ui.glossary import WORDS, Word


@dataclass(frozen=True)
class Place:
    """A section of a page of `docs/` ("page#section"), and words."""

    section: str
    words: tuple[str, ...] = ()

    def explained(self) -> list[Word]:
        """The words with their meaning; none in a language that the handbook and its glossary do not speak."""
        if translation.get_language() not in dict(settings.LANGUAGES):
            return []
        return [WORDS[key] for key in self.words]


_AGREEMENT = ("agreement_clause", "obligation", "breach", "brand", "supplier")
_MONEY = ("premium", "brand", "supplier", "sourcing", "clock")
_VISIT = ("inspection", "finding_corrective_action", "severity", "code_provision", "workplace")
_ACTION = ("finding_corrective_action", "reported_fixed_verified_fixed", "clock", "supplier")
_CASE = ("complaint", "part", "wall", "check_in", "clock")
_PUBLIC = ("publication", "disclosure", "withheld", "standing", "history")
_CHAIN = ("supplier", "brand", "workplace", "participation", "sourcing", "standing")

# {app: where its pages are explained}
OF_APP: dict[str, Place] = {
    "": Place("worker-organization#start-a-program"),
    "accounts": Place(
        "worker-organization#when-somebody-leaves-or-is-away", ("program", "worker_organization")
    ),
    "agreements": Place("agreements#how-an-agreement-is-made", _AGREEMENT),
    "api": Place("api#a-token-for-a-device-with-curl"),
    "audits": Place("inspections#the-pages-one-by-one", _VISIT),
    "audits_api": Place("auditor-api#a-walk-with-curl"),
    "complaints": Place("complaints#who-may-know-what", _CASE),
    "deadlines": Place("worker-organization#limits-and-clocks", ("clock", "sweep", "rule")),
    "files": Place("operator#files-that-people-send"),
    "handover": Place("worker-organization#when-somebody-leaves-or-is-away", ("inbox_my_work_today", "part")),
    "history": Place("worker-organization#history", ("history", "publication")),
    "imports": Place("importing#the-way-of-a-file", ("supplier", "workplace")),
    "jobs": Place("importing#the-way-of-a-file"),
    "oidc": Place("api#a-token-for-a-firm"),
    "notices": Place("worker-organization#being-told", ("inbox_my_work_today", "clock")),
    "programs": Place("worker-organization#suppliers-brands-workplaces", _CHAIN),
    "registry": Place("public-data#what-is-public-and-what-is-not", _PUBLIC),
    "ui": Place("worker-organization#find-anything", ("inbox_my_work_today", "clock", "program")),
}

_RULES = ("rule", "blueprint", "ladder_rung", "severity")
_VISITS_OF_PROGRAM = Place("inspections#a-visit-from-plan-to-seal", _VISIT)

# {place: the views of an app that it explains, by the beginnings of their names}
OF_VIEWS: dict[str, list[tuple[Place, str]]] = {
    "accounts": [
        (Place("brand#your-people"), "colleagues invite_colleague end_colleague revoke_colleague"),
        (Place("worker-organization#setting-up-part-by-part"), "invite invitation grants"),
        (Place("worker-organization#being-told"), "profile"),
    ],
    "agreements": [
        (
            Place("committee#a-meeting-from-the-agenda-to-the-minutes", ("breach", "clock", "rule")),
            "plan_sitting sitting change_sitting collect_agenda call_sitting answer_call cancel_sitting hold_sitting close_sitting add_item meeting_pack minutes_file item agenda_paper vote_item enter_votes decide_item note_item adjourn_item change_item remove_item write_minutes circulate_minutes answer_minutes enter_answer take_back_minutes withdraw_minutes resolution carry_out",
        ),
        (Place("committee#who-reads-what", ("breach", "brand")), "declare_interest petition"),
        (Place("committee#seats", ("brand", "supplier")), "committee appoint set_term"),
        (Place("agreements#how-it-is-signed", _AGREEMENT), "sign decline text_file complete_file"),
        (
            Place("obligations#for-the-program", _AGREEMENT),
            "obligation accept_obl return_obl waive_obl breach open_breach serve accept_cure reject_cure withdraw_breach",
        ),
        (
            Place("obligations#for-brands-and-suppliers", _AGREEMENT),
            "answer_obligation proof acknowledge_breach claim_cure file_petition",
        ),
        (
            Place("escalation#a-case", ("ladder_rung", "standing", "stop_of_purchases")),
            "escalation start_escalation climb apply_limit step_down prove_condition",
        ),
        (
            Place("escalation#letters", ("ladder_rung", "standing")),
            "letter add_letter set_text plan_meeting hold_meeting cancel_meeting send_letters",
        ),
        (
            Place("escalation#the-duty-to-stop-purchases", ("stop_of_purchases", "brand", "supplier")),
            "dut acknowledge_duty confirm_stop prove_duty decide_duty",
        ),
        (
            Place("money#from-purchase-to-payroll", _MONEY),
            "money purchase premium payment difference invoice payroll support issue act_on_purchase answer_payment claim_payment confirm_support correct_ decide_diff disclose_diff escrow explain_diff record_support release_escrow report_ send_purchases settle tiers withdraw_purchase",
        ),
    ],
    "audits": [
        (
            _VISITS_OF_PROGRAM,
            "board calendar due choose plan inspection change_plan cancel team assignment visit_request",
        ),
        (Place("inspections#what-keeps-it-independent", _VISIT), "bars end_bar"),
        (Place("inspections#reports", _VISIT), "report review reply share issue return record_reply"),
        (
            Place("corrective-actions#for-the-staff-of-a-program", _ACTION),
            "action progress add_milestone agree_action answer_time ask_time move_milestone propose_action reach_milestone reject_action renew_action report_action set_paying sign_paying verify withdraw_action",
        ),
    ],
    "complaints": [
        (
            Place("complaints#from-the-first-word-to-a-decision", _CASE),
            "complaints complaint take accept refer not_covered set_aside console",
        ),
        (
            Place("complaints#from-the-investigation-to-what-is-owed", _CASE),
            "begin way conclude look_again add_step step_done add_interview interview add_finding owe pay",
        ),
        (
            Place("complaints#how-it-ends", _CASE),
            "propose enter_answer hand_over approve give_back enter_appeal decide_appeal reopen",
        ),
        (Place("complaints#how-she-is-treated-afterwards", _CASE), "seen check_in"),
        (
            Place("complaints#what-the-employer-is-asked-to-put-right", _CASE),
            "add_measure measure send_measure drop_measure",
        ),
        (
            Place("complaints#giving-a-name-or-a-contact-away", _CASE),
            "ask_release approve_release refuse_release end_release",
        ),
        (Place("complaints#figures", _CASE), "figures"),
        (Place("complaints#what-the-public-learns", _CASE), "summary clear_summary take_back_summary"),
        (
            Place("complaints#the-table-that-triages", _CASE),
            "rules add_rule begin_rules change_rule end_rule cancel_rule check",
        ),
        (Place("complaints#who-may-know-what", _CASE), "walls end_wall parts"),
        (Place("hotline#a-call", _CASE), "say_for"),
        (Place("hotline#calling-back", _CASE), "calls call note_callback"),
        (Place("hotline#on-paper-in-person-for-others", _CASE), "paper"),
        (
            Place("workers-pages#your-own-words-and-a-voice"),
            "texts text record_text reset_text end_recording",
        ),
        (Place("workers-pages#reporting"), "case keep call_me report listen"),
    ],
    "notices": [
        (
            Place("webhooks#what-arrives"),
            "webhook add_webhook change_webhook rotate_webhook act_on delivery replay",
        ),
        (Place("operator#mail-text-messages-webhooks"), "undelivered retry message texts"),
    ],
    "programs": [
        (
            Place("worker-organization#rules-and-how-sure-they-are", _RULES),
            "rule add_rule compare_rules set_rule cancel_plan add_rung set_rung add_sev set_sev move_ remove_rung remove_sev season add_season set_season remove_season",
        ),
        (
            Place("worker-organization#code-of-conduct", ("code_provision", "severity")),
            "code draft_code put_in_force add_provision edit_provision remove_provision",
        ),
        (
            Place("worker-organization#principles-endorsements-news"),
            "endorsements accept_endorsement decline_endorsement news write_news change_news publish_news withdraw_news discard_news",
        ),
        (
            Place("principles#for-everybody"),
            "principle all_news program_news public_news endorse endorser badge",
        ),
        (Place("education#what-is-owed-and-by-when", ("workplace", "clock", "rule")), "education"),
        (
            Place("education#a-session", ("workplace",)),
            "education_session",
        ),
        (Place("education#cards-and-materials"), "education_materials"),
        (Place("worker-organization#start-a-program", ("program", "blueprint", "rule")), "start"),
    ],
    "registry": [
        (Place("public-data#the-map", ("workplace", "disclosure")), "map"),
        (Place("public-data#checking-a-list-of-suppliers", _PUBLIC), "check_list"),
        (Place("public-data#a-label-on-a-day", _PUBLIC), "label"),
        (Place("public-data#openrefine"), "reconcile"),
        (Place("public-data#figures-and-reports", _PUBLIC), "figures report"),
        (
            Place("public-data#publishing", _PUBLIC),
            "console publish records subject redact correct hold_back merge override",
        ),
        (
            Place("verifying-the-registry#in-three-steps", ("publication", "history")),
            "verify key publication changes as_of on_day",
        ),
    ],
    "ui": [
        (
            Place("worker-organization#setting-up-part-by-part", ("blueprint", "rule", "publication")),
            "set_up",
        ),
        (
            Place("worker-organization#limits-and-clocks", ("inbox_my_work_today", "clock", "rule")),
            "inbox program",
        ),
        (Place("glossary"), "help home language preferences style"),
    ],
}

# {app: what is written for brands and suppliers}
_IN_PORTALS: dict[str, Place] = {
    "accounts": Place("brand#your-people"),
    "agreements": Place("obligations#for-brands-and-suppliers", _AGREEMENT),
    "audits": Place("brand#reports-of-inspections", _VISIT),
    "programs": Place("brand#what-you-find-in-the-portal", _CHAIN),
    "ui": Place("brand#what-you-find-in-the-portal", ("inbox_my_work_today", "clock", "obligation")),
}
_VIEWS_IN_PORTALS: dict[str, Place] = {
    "agreements:dut": Place("brand#when-you-must-stop-buying", ("stop_of_purchases", "standing")),
    "audits:action": Place("brand#corrective-actions", _ACTION),
    "programs:education": Place("education#for-suppliers"),
}


def place_of(view_name: str, *, in_portal: bool = False) -> Place:
    """Where a page is explained: the longest beginning of its name that has a line, else its app's. "": the pages of packages (signing in)."""
    app, _colon, name = view_name.rpartition(":")
    if in_portal:
        own = [place for start, place in _VIEWS_IN_PORTALS.items() if view_name.startswith(start)]
        if own or app in _IN_PORTALS:
            return own[0] if own else _IN_PORTALS[app]
    lines = [(start, place) for place, starts in OF_VIEWS.get(app, []) for start in starts.split()]
    found = max(
        (line for line in lines if name.startswith(line[0])), key=lambda line: len(line[0]), default=None
    )
    return found[1] if found else OF_APP.get(app, OF_APP[""])
