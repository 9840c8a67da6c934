"""The field's own words, explained in place. `docs/glossary.md` is the same list; a test keeps them equal."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Word:
    """One word, and what it means here."""

    word: Any
    meaning: Any


# {key: word}, in the order of the page
WORDS: dict[str, Word] = {
    "program": Word(
        _("program"),
        _(
            "a worker organization's own set of rules, agreements and people; nothing of one program is seen in another"
        ),
    ),
    "worker_organization": Word(
        _("worker organization"),
        _("who the program belongs to: it writes the code, appoints the monitor, decides what is published"),
    ),
    "monitor": Word(
        _("monitor"),
        _("the body that inspects and handles complaints; it may be the worker organization itself"),
    ),
    "brand": Word(
        _("brand"), _("a buyer, retailer or brand that signs an agreement with the worker organization")
    ),
    "supplier": Word(
        _("supplier"), _("an employer that takes part: a grower, a farm owner, a factory company")
    ),
    "workplace": Word(_("workplace"), _("a farm, factory or site of a supplier")),
    "participation": Word(
        _("participation"), _("the part of an organization in one program, from one day to another")
    ),
    "standing": Word(
        _("standing"),
        _("where a supplier stands on the program's ladder on a day; each change has a date and a reason"),
    ),
    "ladder_rung": Word(
        _("ladder, rung"),
        _(
            "the steps a supplier climbs when it does not do what the code asks, each with what follows from it"
        ),
    ),
    "sourcing": Word(_("sourcing"), _("a brand buys from a supplier, or from one of its workplaces")),
    "code_provision": Word(
        _("code, provision"), _("the code of conduct in its versions, and one rule of it")
    ),
    "severity": Word(_("severity"), _("how grave a breach is, by the program's own scale")),
    "agreement_clause": Word(
        _("agreement, clause"),
        _("a binding contract in versions, and one part of it that creates obligations"),
    ),
    "obligation": Word(
        _("obligation"),
        _("what a clause asks of a party, with a date, the reason for the date, proof and an end"),
    ),
    "breach": Word(_("breach"), _("an obligation not kept: notice, cure, the committee, arbitration")),
    "premium": Word(
        _("premium"), _("what a brand pays on top of the price, and how it reaches the workers' pay")
    ),
    "stop_of_purchases": Word(
        _("stop of purchases"),
        _("the duty of each brand to stop buying from a supplier that has lost its standing"),
    ),
    "inspection": Word(_("inspection"), _("a visit to a workplace by people who answer to no brand")),
    "finding_corrective_action": Word(
        _("finding, corrective action"),
        _("what was found wrong, and what will be done about it, until when, paid by whom"),
    ),
    "reported_fixed_verified_fixed": Word(
        _("reported fixed, verified fixed"),
        _("the supplier says so; somebody else has seen it. Only the second counts"),
    ),
    "complaint": Word(
        _("complaint"),
        _(
            "what a worker, or somebody for her, tells the program; who handles it is written down, and nobody else can read it"
        ),
    ),
    "part": Word(
        _("part"), _("why somebody may read a complaint: she handles it, reviews it, decides the appeal")
    ),
    "wall": Word(
        _("wall"), _("a person is kept away from a complaint or a workplace because of a tie to it")
    ),
    "check_in": Word(
        _("check-in"),
        _(
            "a question to a worker, some days after an act that the employer could see: how are you treated since?"
        ),
    ),
    "clock": Word(
        _("clock"),
        _("one running time limit, with the day it ends and every day that was counted or left out"),
    ),
    "sweep": Word(_("sweep"), _("the job that moves clocks whose time is over, once and in order")),
    "rule": Word(
        _("rule"), _("a value the program sets itself, with its source and how sure it is, from a day on")
    ),
    "blueprint": Word(
        _("blueprint"), _("a ready-made set of rules after a real program; a program starts as a copy of one")
    ),
    "publication": Word(_("publication"), _("one dated, signed release of the public record")),
    "history": Word(_("history"), _("who did what, when; nobody can change it, and a change would show")),
    "disclosure": Word(_("disclosure"), _("what may be public of a record; nothing else is")),
    "withheld": Word(_("withheld"), _("a value that is left out on purpose, with the reason")),
    "inbox_my_work_today": Word(
        _("inbox, my work today"),
        _("what waits for a person, over all her programs, with the reason for each date"),
    ),
}
