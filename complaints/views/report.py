"""Reporting: one question a page at one address, a review, and the receipt. Her answers are sealed in a draft that only her browser opens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints import wording
from complaints.enums import Channel, FiledBy
from complaints.forms import worker as questions
from complaints.forms.worker import STEPS, Step
from complaints.models import Recording, TriageRule
from complaints.operations import drafts, flood, intake, respondents
from complaints.operations.drafts import Token
from complaints.queries import texts, workplaces
from complaints.views import attaching
from complaints.views.worker import chosen_language, keep_cookie, left, network, show, worker_page
from programs.queries import rule_value
from wsr.errors import DomainError
from wsr.tenancy import on_commit, worker_scope
from wsr.tenancy.models import Program
from wsr.vault import numbers, secrets

COOKIE = "wsr-report"
REVIEW = len(STEPS) + 1  # `?q=`: 1 … for the questions, then the review
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_PUBLIC_ID = re.compile(r"[A-Za-z0-9-]{1,12}")


@dataclass
class Visit:
    """One request of a worker: the program, her token if she has one, and what the draft holds."""

    request: HttpRequest
    program: Program
    token: Token | None
    at: datetime
    said: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The texts of the program in the language of the page."""
        return texts.all_of(self.program, translation.get_language())

    @cached_property
    def names_people(self) -> bool:
        """Whether the program takes complaints about a person. In the scope of the worker."""
        return respondents.may_be_named(self.at)

    @property
    def path(self) -> str:
        """Of all pages of this program's form, and of the cookie."""
        return f"/report/{self.program.slug}/"

    @property
    def carried(self) -> dict[str, str]:
        """What addresses must take along while there is no draft to keep it."""
        source = self.request.POST if self.request.method == "POST" else self.request.GET
        if self.said:
            return {}
        place = source.get("w", "")
        return {"lang": source.get("lang", ""), "w": place if _PUBLIC_ID.fullmatch(place) else ""}

    @property
    def review(self) -> int:
        """The number of the review."""
        return REVIEW

    @property
    def place_id(self) -> str:
        """The public id of the workplace whose page or poster she came from."""
        return self.said.get("w") or self.carried.get("w", "")

    def goes_to(self, question: int) -> HttpResponse:
        """The page of a question."""
        return redirect(
            f"{self.path}?{urlencode({'q': question, **{k: v for k, v in self.carried.items() if v}})}"
        )


@worker_page
def report(request: HttpRequest, program_slug: str) -> HttpResponse:
    """Everything: what this is, the questions, the review, the receipt."""
    program = Program.objects.filter(slug=program_slug).first()
    if program is None:
        raise Http404("No such program.")
    cookie = request.COOKIES.get(COOKIE, "")
    token = Token(cookie, program.pk) if _TOKEN.fullmatch(cookie) else None
    visit = Visit(request, program, token, timezone.now())
    with worker_scope(program.pk, token.case_id if token else uuid4()):
        receipt = drafts.receipt_of(token, at=visit.at) if token else None
        visit.said = drafts.answers_of(token, at=visit.at) if token else {}
        kept = receipt.language if receipt else visit.said.get("lang", "")
        language = chosen_language(request, kept)
        with translation.override(language):
            if request.method != "POST" and token and visit.said and language != kept:
                visit.said = drafts.add(token, {"lang": language}, at=visit.at)
            if request.method == "POST" and "leave" in request.POST:
                return _leave(visit, keeps_receipt=receipt is not None)
            if receipt:
                return _written_down(visit) if "done" in request.POST else _receipt(visit, receipt)
            if request.method != "POST":
                return _ask(visit)
            if "send" in request.POST and token:
                return _send(visit)
    # An answer makes the token where there is none, and so the scope: after the one above. Files are cleaned outside of any.
    with translation.override(language):
        return attaching.act_on_draft(visit) if "act" in request.POST else _answer(visit)


def _ask(visit: Visit) -> HttpResponse:
    """The page that was asked for: the first one, a question, the review, or that of files."""
    if visit.request.GET.get("p") == "files" and visit.said:
        return attaching.page_of_draft(visit)
    asked = visit.request.GET.get("q", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 0
    if not 1 <= number <= REVIEW:
        return _first(visit)
    if number == REVIEW:
        return _review(visit) if visit.said.get("what") else visit.goes_to(2)
    step = STEPS[number - 1]
    labels = _labels(visit)
    if step.key == "about" and not labels:
        return visit.goes_to(2)
    initial = visit.said.get(step.key) or _suggested(visit, step)
    return _question(visit, number, _form(visit, step, labels, initial=initial))


def _first(visit: Visit) -> HttpResponse:
    context = {
        "words": visit.words,
        "recording": _recording(visit, "first_title"),
        "phone": _phone(visit),
        "has_draft": bool(visit.said),
        "next": _next_question(visit),
        "review": REVIEW,
    }
    return show(visit.request, "first", context, carried=visit.carried)


def _phone(visit: Visit) -> str:
    """The number of the program that workers can call; empty where none is on record."""
    return str(rule_value("complaints.phone", on=_today(visit)) or "")


def _question(visit: Visit, number: int, form: forms.Form, *, status: int = 200) -> HttpResponse:
    first = 1 if _labels(visit) else 2
    context = {
        "form": form,
        "recording": _recording(visit, wording.title_of(STEPS[number - 1])),
        "q": number,
        "shown": number - first + 1,
        "of": len(STEPS) - first + 1,
        "back": number - 1 if number > first else 0,
        "to_review": "r" in visit.request.GET or "r" in visit.request.POST,
        "review": REVIEW,
    }
    return show(visit.request, "question", context, status=status, carried=visit.carried)


def _answer(visit: Visit) -> HttpResponse:
    """Keep the answer to one question and go on; what cannot be kept is shown again with the reason, whole."""
    asked = visit.request.POST.get("q", "")
    if asked not in {str(number) for number in range(1, REVIEW)}:
        return redirect(visit.path)
    number = int(asked)
    step = STEPS[number - 1]
    token = visit.token if visit.said else Token.new(visit.program.pk)
    language = translation.get_language()
    with worker_scope(visit.program.pk, token.case_id):
        form = _form(visit, step, _labels(visit), data=visit.request.POST)
        if not form.is_valid():
            return _question(visit, number, form, status=422)
        said = {step.key: form.cleaned_data, "lang": language, "w": visit.place_id}
        visit.said = drafts.add(token, said, at=visit.at) or said
    response = visit.goes_to(REVIEW if "r" in visit.request.POST else _following(visit, number))
    keep_cookie(response, COOKIE, token.text, path=visit.path, seconds=drafts.HOURS * 3600)
    return response


def _review(visit: Visit, *, error: str = "", status: int = 200) -> HttpResponse:
    labels = _labels(visit)
    rows = [
        (number, form.fields, _shown(form, visit.said.get(step.key, {})))
        for number, step in enumerate(STEPS, 1)
        if step.key != "about" or labels
        for form in [_form(visit, step, labels)]
    ]
    answers = [(number, next(iter(fields.values())).label, shown) for number, fields, shown in rows]
    context = {
        "words": visit.words,
        "recording": _recording(visit, "review_title"),
        "answers": answers,
        "error": error,
        "files": len(visit.said.get("files", [])),
        "back": REVIEW - 1,
    }
    return show(visit.request, "review", context, status=status)


def _send(visit: Visit) -> HttpResponse:
    """Take it in. Whatever goes wrong, the draft is still there and she presses again."""
    if not visit.said.get("what"):
        return visit.goes_to(2)
    crowd = network(
        visit.request
    )  # the same press again is counted again, which sets aside a little early and refuses nothing
    try:
        intake.receive(
            token=visit.token,
            facts=_facts(visit, is_set_aside=flood.is_flooding(crowd)),
            answers=_texts(visit),
            complainants=[_who(visit.said)],
            files=attaching.of_draft(visit),
            respondents=[visit.said.get("where", {}).get("person", "")],
            at=visit.at,
        )
    except DomainError as error:
        return _review(visit, error=str(error), status=409)
    on_commit(partial(attaching.throw_away, visit))
    flood.note(crowd)
    response = redirect(visit.path)
    keep_cookie(response, COOKIE, visit.token.text, path=visit.path, seconds=drafts.HOURS * 3600)
    return response


def _receipt(visit: Visit, receipt: drafts.Receipt) -> HttpResponse:
    context = {
        "number": numbers.shown(receipt.number),
        "secret": secrets.shown(receipt.secret),
        "words": visit.words,
        "recording": _recording(visit, "receipt_title"),
    }
    return show(visit.request, "receipt", context, carried=visit.carried)


def _written_down(visit: Visit) -> HttpResponse:
    drafts.forget(visit.token)
    response = show(
        visit.request, "done", {"words": visit.words, "phone": _phone(visit)}, carried=visit.carried
    )
    response.delete_cookie(COOKIE, path=visit.path, samesite="Lax")
    response["Clear-Site-Data"] = '"cache"'
    return response


def _leave(visit: Visit, *, keeps_receipt: bool) -> HttpResponse:
    """Gone, and what she typed with her. A receipt goes only when she says that she wrote it down: it cannot be had again."""
    if visit.token and not keeps_receipt:
        drafts.forget(visit.token)
        on_commit(partial(attaching.throw_away, visit))
    return left(visit.request, "" if keeps_receipt else COOKIE, path=visit.path)


# ── What is asked, and what was said ─────────────────────────────────────────────────────────────


def _form(visit: Visit, step: Step, labels: list[tuple[str, str]], **kwargs: Any) -> forms.Form:
    kind = step.of_people if step.of_people and visit.names_people else step.form
    form = kind(**kwargs, **({"labels": labels} if step.key == "about" else {}))
    return wording.put(form, step, visit.words)


def _recording(visit: Visit, key: str) -> Recording | None:
    """The text read aloud in the language of the page, where the program has it."""
    return texts.recordings(translation.get_language()).get(key)


def _labels(visit: Visit) -> list[tuple[str, str]]:
    """What a complaint can be about in this program, in her language."""
    language = translation.get_language()
    return [(rule.key, rule.words(language)) for rule in TriageRule.objects.on(_today(visit))]


def _today(visit: Visit) -> Any:
    return visit.at.astimezone(ZoneInfo(visit.program.time_zone)).date()


def _next_question(visit: Visit) -> int:
    """The first one that she has not seen."""
    unseen = [number for number, step in enumerate(STEPS, 1) if step.key not in visit.said]
    return unseen[0] if unseen else REVIEW


def _following(visit: Visit, number: int) -> int:
    return number + 1 if number < len(STEPS) else REVIEW


def _suggested(visit: Visit, step: Step) -> dict[str, str]:
    if step.key != "where" or not visit.place_id:
        return {}
    found = workplaces.published(visit.program.pk, visit.place_id)
    return {"where": found.name} if found else {}


def _shown(form: forms.Form, said: dict[str, Any]) -> list[str]:
    """The answers of one page in the words of the page."""
    words = []
    for name, asked in form.fields.items():
        value = said.get(name)
        if isinstance(asked, forms.BooleanField):
            words += [str(asked.label)] if value else []
        elif isinstance(asked, forms.ChoiceField):
            chosen = value if isinstance(value, list) else [value]
            words += [str(label) for key, label in asked.choices if key in chosen]
        elif value:
            words.append(str(value))
    return words or [_("No answer")]


def _texts(visit: Visit) -> dict[str, str]:
    """Her answers in her own words, by question; what is kept as a fact beside them is here too, for whoever reads."""
    labels, texts = _labels(visit), {}
    for step in STEPS:
        said = visit.said.get(step.key)
        if said and step.key not in ("contact", "allowed") and any(said.values()):
            texts[step.key] = "\n".join(_shown(_form(visit, step, labels), said))
    return texts


def _who(said: dict[str, Any]) -> intake.Who:
    contact = said.get("contact", {})
    return intake.Who(
        **{
            key: contact[key]
            for key in ("name", "phone", "safe_contact", "may_call", "may_text")
            if key in contact
        },
        consents=questions.pairs(said.get("allowed", {}).get("allowed", [])),
    )


def _facts(visit: Visit, *, is_set_aside: bool) -> intake.Facts:
    said = visit.said
    about, many = said.get("about", {}).get("about", ""), said.get("how_many", {}).get("how_many", "")
    found = workplaces.published(visit.program.pk, said["w"]) if said.get("w") else None
    is_there = found is not None and said.get("where", {}).get("where", "").strip() == found.name
    return intake.Facts(
        channel=Channel.WEB,
        filed_by=FiledBy.GROUP if many in ("few", "many") else FiledBy.WORKER,
        language=said.get("lang", "en"),
        rule_key="" if about == questions.OTHER else about,
        is_urgent=said.get("danger", {}).get("danger") == questions.YES,
        is_set_aside=is_set_aside,
        where=intake.Where(found.id, found.supplier_id) if is_there else intake.Where(),
    )
