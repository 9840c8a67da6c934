"""The page on which somebody of the program keys in a whole complaint: on the phone, or from paper for one or several.

What is typed is sealed under a token that only this browser holds, so it outlives a lost session and nobody else reads it. The complaint itself is
written in the scope of the worker: whoever entered it cannot open it. Number and one-time secret are shown once, when she has pen and paper.
"""

from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from complaints.enums import Channel, FiledBy
from complaints.forms.hotline import ConsoleForm, OtherForm, PaperForm
from complaints.forms.worker import MAY_BE_SAID, OTHER, YES
from complaints.models import Complaint, TriageRule
from complaints.operations import callbacks, complainants, drafts, intake
from complaints.operations.complainants import Who
from complaints.operations.drafts import Receipt, Slip, Token
from complaints.queries import desk as queries
from complaints.queries import texts
from complaints.views.worker import keep_cookie
from programs.models import Workplace
from wsr import languages
from wsr.accounts.doors import public_page, requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.tenancy import case_scope, worker_scope
from wsr.tenancy.models import Program
from wsr.vault import numbers, secrets

PHONE, PAPER = "console", "paper"  # also the names of the pages
COOKIES = {PHONE: "wsr-call", PAPER: "wsr-paper"}
_SALT = "complaints.console"
_ACTS = {"csrfmiddlewaretoken", "call", "kind", "send", "find", "more", "fewer"}  # in the form, no answers

# What is asked together: fields of the form, and the keys of what is said beside them.
_ASKED = (
    (("language",), ("hotline_greeting", "hotline_safe")),
    (("danger",), ("question_danger", "hotline_danger")),
    (("what",), ("hotline_name",)),
    (("about",), ("question_about",)),
    (("where", "workplace_id"), ("question_where", "question_where_help")),
    (("when",), ("question_when",)),
    (("how_many",), ("question_how_many",)),
    (("name",), ()),
    (
        ("phone", "calls", "texts", "call_from", "call_until", "code_word", "safe_contact"),
        ("hotline_reach",),
    ),
    (("allowed",), ("hotline_allow",)),
    (("call_back",), ("hotline_repeat", "hotline_receipt")),
)


@dataclass
class Call:
    """One complaint being keyed in: who does it, where, and what was typed so far."""

    request: HttpRequest
    kind: str
    token: Token
    at: datetime
    typed: QueryDict = field(default_factory=QueryDict)

    @property
    def program(self) -> Program:
        """The program of the page."""
        return self.request.program

    @property
    def page(self) -> str:
        """The address of the page, and of its cookie."""
        return page_of(self.program.slug, self.kind)

    @property
    def sealed(self) -> str:
        """What the form and the cookie carry: the token, for this person alone."""
        said = {"t": self.token.text, "p": str(self.request.user.pk), "g": str(self.program.pk)}
        return signing.dumps(said, salt=_SALT)

    @cached_property
    def language(self) -> str:
        """The language that is read aloud."""
        asked = self.typed.get("language") or self.request.GET.get("lang") or self.program.language
        return languages.nearest(asked) or "en"

    @cached_property
    def words(self) -> Any:
        """What is read aloud, by key."""
        return texts.all_of(self.program, self.language)

    @property
    def others(self) -> int:
        """How many complain besides the first."""
        asked = self.typed.get("others", "")
        return min(int(asked), complainants.MOST - 1) if asked.isascii() and asked.isdigit() else 0


@requires(Permission.COMPLAINT_ENTER)
@never_cache
@require_http_methods(["GET", "POST"])
def console(request: HttpRequest) -> HttpResponse:
    """A worker calls."""
    return _page(request, PHONE)


@requires(Permission.COMPLAINT_ENTER)
@never_cache
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """A complaint lies on the table, or a worker sits at it."""
    return _page(request, PAPER)


@public_page
@csrf_exempt
@require_POST
def keep(request: HttpRequest, program_slug: str) -> HttpResponse:
    """Seal what was typed before anything else happens to it, then go on to the page: a session that ended meanwhile loses nothing.

    Public, since the token in the form, which only the page that made it knows, is all that it takes; it gives nothing back.
    """
    request.sensitive_post_parameters = "__ALL__"
    program = Program.objects.filter(slug=program_slug).first()
    said = _opened(request.POST.get("call", ""))
    kind = request.POST.get("kind", "")
    if program is None or kind not in COOKIES or said.get("g") != str(program.pk):
        raise Http404("Nothing to keep.")
    token = Token(said["t"], program.pk)
    content = _answers(request.POST).urlencode()
    if len(content) <= drafts.MOST_BYTES:
        with worker_scope(program.pk, token.case_id):
            drafts.keep(token, {"form": content}, at=timezone.now())
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(page_of(program.slug, kind), preserve_request=True)


def page_of(slug: str, kind: str) -> str:
    """The address of a page."""
    return reverse(f"complaints:{kind}", args=[slug])


def _page(request: HttpRequest, kind: str) -> HttpResponse:
    request.sensitive_post_parameters = "__ALL__"
    call = Call(request, kind, _token(request, kind), timezone.now())
    with case_scope(call.token.case_id):
        receipt = drafts.receipt_of(call.token, at=call.at)
        kept = drafts.answers_of(call.token, at=call.at)
    if request.method == "POST" and "over" in request.POST:
        return _over(call)
    if receipt:
        return _after(call, receipt)
    call.typed = request.POST if request.method == "POST" else QueryDict(kept.get("form", ""))
    if request.method == "POST" and "send" in request.POST:
        return _send(call)
    return _ask(call)


def _ask(
    call: Call, form: ConsoleForm | None = None, others: list[OtherForm] | None = None, *, status: int = 200
) -> HttpResponse:
    """The form with what was typed so far, and beside it what to say."""
    count = call.others + ("more" in call.typed) - ("fewer" in call.typed and call.others > 0)
    others = _others(call, min(count, complainants.MOST - 1), is_bound=False) if others is None else others
    form = form or _form(call, is_bound=False)
    context = {
        "form": form,
        "groups": [
            ([form[name] for name in names if name in form.fields], [call.words[key] for key in keys])
            for names, keys in _ASKED
        ],
        "first": [form[name] for name in ("channel", "received_on", "filed_by") if name in form.fields],
        "others": others,
        "aloud": _consents(call.language),
        "is_phone": call.kind == PHONE,
        "typed_where": call.typed.get("where", ""),
        "keep_url": reverse("complaints:keep", args=[call.program.slug]),
        "call": call,
        "language": languages.BY_CODE[call.language],
    }
    response = render(call.request, "complaints/hotline/console.html", context, status=status)
    keep_cookie(response, COOKIES[call.kind], call.sealed, path=call.page, seconds=drafts.HOURS * 3600)
    return response


def _send(call: Call) -> HttpResponse:
    """Take it in. Whatever goes wrong, everything is still on the page."""
    form = _form(call, is_bound=True)
    others = _others(call, call.others, is_bound=True)
    if not all([form.is_valid(), *(other.is_valid() for other in others)]):
        return _ask(call, form, others, status=422)
    said = form.cleaned_data
    try:
        facts = _facts(call, said)
        with case_scope(call.token.case_id):
            intake.receive(
                token=call.token,
                facts=facts,
                answers=form.answers,
                complainants=[form.who, *(other.who for other in others)],
                entered_by=call.request.user,
                received_at=_received(call, said),
                at=call.at,
            )
        if said["call_back"]:
            _call_back(call, form.who)
    except DomainError as error:
        form.add_error(None, str(error))
        return _ask(call, form, others, status=409)
    return redirect(call.page)


def _call_back(call: Call, who: Who) -> None:
    new = call.token.made_id("callback")
    wish = callbacks.Wish(
        phone=who.phone,
        name=who.name,
        code_word=who.code_word,
        words=who.safe_contact,
        language=call.language,
        call_from=who.call_from,
        call_until=who.call_until,
    )
    with case_scope(new):
        callbacks.ask(
            callback_id=new,
            wish=wish,
            matter_id=call.token.case_id,
            complainant_id=call.token.case_id,
            by=call.request.user,
            at=call.at,
        )


# ── After it was sent ────────────────────────────────────────────────────────────────────────────


def _after(call: Call, receipt: Receipt) -> HttpResponse:
    """The number; on a press, once, the secrets; and another one-time secret for one that went wrong."""
    if call.request.method == "POST" and "show" in call.request.POST:
        with case_scope(call.token.case_id):
            receipt = drafts.reveal(call.token, at=call.at) or receipt
        return _receipt(call, receipt, _slips(call, receipt))
    if call.request.method == "POST" and "renew" in call.request.POST:
        try:
            slip = _renewed(call)
        except DomainError as error:
            return _receipt(call, receipt, [], error=str(error), status=409)
        return _receipt(call, receipt, [slip])
    return _receipt(call, receipt, [])


def _renewed(call: Call) -> Slip:
    """Raises CannotRenew."""
    try:
        wanted = UUID(call.request.POST["renew"])
    except ValueError:
        wanted = call.token.case_id
    with case_scope(call.token.case_id, wanted):
        return complainants.renew(
            complaint_id=call.token.case_id, complainant_id=wanted, by=call.request.user, at=call.at
        )


def _slips(call: Call, receipt: Receipt) -> list[Slip]:
    """Those whose secrets are shown now; none where they were shown before."""
    first = Slip(call.token.case_id, receipt.number, receipt.secret)
    return [slip for slip in (first, *receipt.others) if slip.secret]


def _receipt(
    call: Call, receipt: Receipt, slips: list[Slip], *, error: str = "", status: int = 200
) -> HttpResponse:
    call.typed = QueryDict(f"language={receipt.language}")
    context = {
        "number": groups(receipt.number),
        "all": [Slip(call.token.case_id, receipt.number), *receipt.others],
        "slips": [slip_shown(slip) for slip in slips],
        "is_waiting": bool(receipt.secret) and not slips,
        "is_urgent": Complaint.objects.filter(pk=call.token.case_id, is_urgent=True).exists(),
        "error": error,
        "call": call,
        "language": languages.BY_CODE[call.language],
        "address": call.request.build_absolute_uri(reverse("complaints:case")),
        "page": call.page,
    }
    if call.kind == PAPER and slips:
        return print_slips(call.request, call.language, call.words, context)
    return render(call.request, "complaints/hotline/receipt.html", context, status=status)


def print_slips(request: HttpRequest, language: str, words: Any, context: dict[str, Any]) -> HttpResponse:
    """Pages to print and hand over: number, code and how to come back. Nothing on them says what it is about."""
    with translation.override(language):
        return render(
            request,
            "complaints/hotline/slips.html",
            {**context, "words": words, "language": languages.BY_CODE[language]},
        )


def slip_shown(slip: Slip) -> dict[str, Any]:
    """A slip as pages show it: in threes to copy, digit by digit to read aloud."""
    return {
        "number": numbers.shown(slip.number),
        "secret": secrets.shown(slip.secret),
        "numbers": groups(slip.number),
        "secrets": groups(slip.secret),
        "complainant_id": slip.complainant_id,
    }


def groups(digits: str) -> list[str]:
    """`482193047` → `4 8 2`, `1 9 3`, `0 4 7`: as one reads them aloud."""
    return [" ".join(digits[first : first + 3]) for first in range(0, len(digits), 3)]


def _over(call: Call) -> HttpResponse:
    """The call is over, or what was typed is thrown away: nothing of it stays with this browser."""
    with case_scope(call.token.case_id):
        drafts.forget(call.token)
    response = redirect(call.page)
    response.delete_cookie(COOKIES[call.kind], path=call.page, samesite="Lax")
    return response


# ── What is asked, and what was said ─────────────────────────────────────────────────────────────


def _token(request: HttpRequest, kind: str) -> Token:
    """That of the form or of the cookie, where this person made it in this program; else a new one."""
    for text in (request.POST.get("call", ""), request.COOKIES.get(COOKIES[kind], "")):
        said = _opened(text)
        if (said.get("p"), said.get("g")) == (str(request.user.pk), str(request.program.pk)):
            return Token(said["t"], request.program.pk)
    return Token.new(request.program.pk)


def _opened(sealed: str) -> dict[str, str]:
    try:
        return signing.loads(sealed, salt=_SALT, max_age=drafts.HOURS * 3600)
    except signing.BadSignature:
        return {}


def _answers(posted: QueryDict) -> QueryDict:
    kept = posted.copy()
    for name in _ACTS & set(kept):
        del kept[name]
    return kept


def _form(call: Call, *, is_bound: bool) -> ConsoleForm:
    """The form; unbound it shows what was typed without complaining of what is missing."""
    places = queries.workplaces_to_choose(call.typed.get("where", ""), call.typed.get("workplace_id", ""))
    more: dict[str, Any] = {"labels": _labels(call), "places": places}
    if call.kind == PAPER:
        more["today"] = call.at.astimezone(ZoneInfo(call.program.time_zone)).date()
    made = PaperForm if call.kind == PAPER else ConsoleForm
    form = made(call.typed if is_bound else None, **more)
    if not is_bound:
        form.initial = _typed(form, call) or {"language": call.language}
    return form


def _others(call: Call, count: int, *, is_bound: bool) -> list[OtherForm]:
    if call.kind != PAPER:
        return []
    shown = []
    for place in range(1, count + 1):
        form = OtherForm(call.typed if is_bound else None, prefix=f"o{place}")
        if not is_bound and f"o{place}-calls" in call.typed:
            form.initial = _typed(form, call)
        shown.append(form)
    return shown


def _typed(form: forms.Form, call: Call) -> dict[str, Any]:
    """What was typed into each field, as it is."""
    if not call.typed:
        return {}
    return {
        name: asked.widget.value_from_datadict(call.typed, {}, form.add_prefix(name))
        for name, asked in form.fields.items()
    }


def _labels(call: Call) -> list[tuple[str, str]]:
    """What a complaint can be about, in the operator's words and in those that she reads aloud."""
    own, hers = translation.get_language(), call.language
    today = call.at.astimezone(ZoneInfo(call.program.time_zone)).date()
    return [
        (rule.key, " · ".join(dict.fromkeys((rule.words(own), rule.words(hers)))))
        for rule in TriageRule.objects.on(today)
    ]


def _consents(language: str) -> list[str]:
    """The questions of consent, one by one."""
    with translation.override(language):
        return [str(words) for _to, _said, words in MAY_BE_SAID.values()]


def _facts(call: Call, said: dict[str, Any]) -> intake.Facts:
    place = Workplace.objects.filter(pk=said["workplace_id"]).first() if said["workplace_id"] else None
    is_group = said["how_many"] in ("few", "many")
    return intake.Facts(
        channel=Channel(said.get("channel", Channel.HOTLINE)),
        filed_by=FiledBy(said.get("filed_by") or (FiledBy.GROUP if is_group else FiledBy.WORKER)),
        language=said["language"],
        rule_key="" if said["about"] == OTHER else said["about"],
        is_urgent=said["danger"] == YES,
        where=intake.Where(place.pk, place.supplier_id) if place else intake.Where(),
    )


def _received(call: Call, said: dict[str, Any]) -> datetime | None:
    """The beginning of the day on which it lay there; None: now."""
    if "received_on" not in said:
        return None
    return datetime.combine(said["received_on"], time.min, ZoneInfo(call.program.time_zone))
