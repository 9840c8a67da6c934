"""Letters of the ladder, and the program's own words for them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.enums import Recipient
from agreements.forms import escalation as forms
from agreements.models import Letter, LetterText
from agreements.operations import letters as operations
from agreements.queries import ladder as ladders
from agreements.queries.letters import Words, words_for
from agreements.views.escalation import only_for
from programs.models import Rung
from programs.queries import today
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.serving import as_download
from wsr.tenancy import Audience, current_audience

READERS = (Audience.STAFF, Audience.BRAND, Audience.SUPPLIER)


@requires(Permission.ESCALATION_READ)
@only_for(*READERS)
@require_GET
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """One letter as it was written; its PDF, its hash, its receipt."""
    found = get_object_or_404(Letter, pk=letter_id)
    is_staff = current_audience() == Audience.STAFF
    context = {
        "letter": found,
        "paragraphs": found.body.split("\n\n"),
        "is_staff": is_staff,
        "may_acknowledge": found.sent_at
        and not found.acknowledged_at
        and _may_acknowledge(request, is_staff),
    }
    return render(request, "agreements/letter.html", context)


@requires(Permission.ESCALATION_READ)
@only_for(*READERS)
@require_GET
def letter_pdf(request: HttpRequest, letter_id: UUID) -> HttpResponseBase:
    """The printed letter."""
    found = get_object_or_404(Letter.objects.select_related("file"), pk=letter_id)
    if found.file is None:
        raise Http404
    return as_download(found.file)


@requires(Permission.ESCALATION_READ)
@only_for(*READERS)
@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Whoever got the letter says so; staff for those without an account."""
    found = get_object_or_404(Letter, pk=letter_id)
    page = reverse("agreements:letter", args=[request.program.slug, letter_id])
    is_staff = current_audience() == Audience.STAFF
    if not _may_acknowledge(request, is_staff):
        raise Http404
    form = bound(forms.ReceiptForm, request, initial={} if is_staff else {"name": request.user.name})
    if is_staff:
        form.fields["name"].label = _("Received by")
    return answer(
        request,
        form,
        lambda data: operations.acknowledge(letter_id=letter_id, by=request.user, at=timezone.now(), **data),
        done=_("The receipt is on record."),
        goes_to=lambda made: page,
        title=_("Letter %(number)s received") % {"number": found.number},
        back_url=page,
    )


@requires(Permission.STANDING_CHANGE)
@require_POST
def send_letters(request: HttpRequest, step_id: UUID) -> HttpResponse:
    """Print and send what broke off."""
    first = get_object_or_404(Letter.objects.filter(step_id=step_id).order_by("serial")[:1])
    try:
        operations.send_again(step_id=step_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The letters are being printed."))
    return redirect("agreements:escalation", request.program.slug, first.escalation_id)


@requires(Permission.RULE_READ)
@only_for(Audience.STAFF)
@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    """Which letters each rung sends, and in whose words."""
    steps = ladders.ladder(on=today(timezone.now()))
    own = {(text.rung_id, text.to, text.language) for text in LetterText.objects.all()}
    rows = [
        (
            rung,
            [
                (
                    to,
                    steps.says(rung, f"letter_{to.value}"),
                    sorted(language for rung_id, kind, language in own if (rung_id, kind) == (rung.pk, to)),
                )
                for to in Recipient
            ],
        )
        for rung in steps.steps
    ]
    return render(
        request, "agreements/letter_texts.html", {"rows": rows, "language": request.program.language}
    )


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_language(request: HttpRequest, rung_key: str, to: str) -> HttpResponse:
    """Choose another language of a letter."""
    rung, reader = _of(rung_key, to)
    return answer(
        request,
        bound(forms.LanguageForm, request),
        lambda data: data["language"],
        done=_("Write the text."),
        goes_to=lambda language: reverse(
            "agreements:set_text", args=[request.program.slug, rung_key, to, language]
        ),
        title=_("%(rung)s, %(reader)s: another language") % {"rung": rung.label, "reader": reader.label},
        back_url=reverse("agreements:letter_texts", args=[request.program.slug]),
    )


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_text(request: HttpRequest, rung_key: str, to: str, language: str) -> HttpResponse:
    """The program's own words of one letter in one language."""
    rung, reader = _of(rung_key, to)
    page = reverse("agreements:letter_texts", args=[request.program.slug])
    return answer(
        request,
        bound(forms.LetterTextForm, request, initial=_said(words_for(rung, reader, language))),
        lambda data: operations.set_text(
            rung_key=rung_key, to=reader, language=language, by=request.user, at=timezone.now(), **data
        ),
        done=_("The text is on record and is used from the next letter on."),
        goes_to=lambda made: page,
        title=_("%(rung)s, %(reader)s (%(language)s)")
        % {"rung": rung.label, "reader": reader.label, "language": language},
        back_url=page,
    )


def _of(rung_key: str, to: str) -> tuple[Rung, Recipient]:
    if to not in Recipient.values:
        raise Http404
    return get_object_or_404(Rung, key=rung_key), Recipient(to)


def _said(words: Words | None) -> dict[str, Any]:
    return {"subject": words.subject, "body": words.body} if words else {}


def _may_acknowledge(request: HttpRequest, is_staff: bool) -> bool:
    return Permission.STANDING_CHANGE in request.permissions if is_staff else True
