"""What workers read, in the words of the program: all texts of a language, one of them beside its first words, and a look at the page."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints import wording
from complaints.forms.texts import PARTS, RecordingForm, Replacing, TextForm
from complaints.forms.worker import STEPS, Write
from complaints.operations import texts as operations
from complaints.queries import texts as queries
from complaints.views.worker import show
from complaints.wording import Part
from wsr import languages
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError, Stale
from wsr.files.forms import bound_with_files
from wsr.files.operations import take_in
from wsr.ui.answering import answer, bound
from wsr.vault import numbers, secrets

AUDIO = ("mp3", "m4a", "ogg", "wav")
# The page on which a text stands, where it is not the part's own.
_PAGES = {
    Part.FIRST: "first",
    Part.REVIEW: "review",
    Part.RECEIPT: "receipt",
    Part.STOP: "stop",
    Part.STATES: "case",
}


@requires(Permission.TRIAGE_CHANGE)
@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    """All texts in one of the languages of workers' pages."""
    language = languages.BY_CODE.get(request.GET.get("language", ""), languages.LANGUAGES[0])
    rows = queries.rows(language.code, reader=translation.get_language())
    parts = [(words, [row for row in rows if row.text.part == part]) for part, words in PARTS.items()]
    context = {
        "parts": parts,
        "language": language,
        "languages": languages.LANGUAGES,
        "own": sum(row.own is not None for row in rows),
        "all": len(rows),
    }
    return render(request, "complaints/texts.html", context)


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """One text: its first words, the program's own beside them, all versions, and its recording."""
    row, spoken = _row(key, language)
    first = {"words": row.own.words if row.own else row.default, **Replacing.of(row.own)}
    form = bound(TextForm, request, language=spoken, most=row.text.most, initial=first)
    if form.is_bound and form.is_valid():
        try:
            if "preview" in request.POST:
                operations.check(form.cleaned_data["words"], key)
                return _preview(request, key, spoken, form.cleaned_data["words"])
            operations.set_text(
                key=key, language=language, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except Stale as error:
            form.data = form.data | {"replaces": error.current.pk if error.current else ""}
            form.add_error(None, str(error))
        except DomainError as error:
            form.add_error("words", str(error))
        else:
            return redirect(_page(request, language))
    context = {
        "row": row,
        "form": form,
        "language": spoken,
        "part": PARTS[row.text.part],
        "versions": queries.versions(key, language),
        "has_page": row.text.part != Part.HOTLINE,
        "crumbs": [(_("What workers read"), _page(request, language)), (row.meaning, "")],
    }
    return render(request, "complaints/text.html", context, status=422 if form.is_bound else 200)


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """Back to the first words."""
    row, _spoken = _row(key, language)
    form = bound(Replacing, request, initial=Replacing.of(row.own))
    return _step(
        request,
        row,
        language,
        form,
        lambda data: operations.reset_text(
            key=key, language=language, **data, by=request.user, at=timezone.now()
        ),
        done=_("Workers read the first words again."),
        title=_("Go back to the first words"),
        explanation=row.default,
    )


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """A recording of the text, in place of the one before."""
    row, _spoken = _row(key, language)
    form = bound_with_files(RecordingForm, request, "file", initial=Replacing.of(row.recording))

    def act(data: dict[str, Any]) -> object:
        at, file = timezone.now(), data.pop("file")
        taken = take_in(chunks=file.chunks(), name=file.name, by=request.user, at=at, only=AUDIO)
        return operations.set_recording(
            key=key, language=language, file=taken.file, **data, by=request.user, at=at
        )

    return _step(
        request,
        row,
        language,
        form,
        act,
        done=_("Workers can listen to it."),
        title=_("Recording: %(words)s") % {"words": row.meaning},
        explanation=_("Read this aloud, slowly, in a quiet room: %(words)s")
        % {"words": row.own.words if row.own else row.default},
    )


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def end_recording(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """Take the recording away."""
    row, _spoken = _row(key, language)
    form = bound(Replacing, request, initial=Replacing.of(row.recording))
    return _step(
        request,
        row,
        language,
        form,
        lambda data: operations.take_recording(
            key=key, language=language, **data, by=request.user, at=timezone.now()
        ),
        done=_("The recording is taken away."),
        title=_("Take the recording away"),
    )


def _row(key: str, language: str) -> tuple[queries.Row, languages.Language]:
    if key not in wording.TEXTS or language not in languages.BY_CODE:
        raise Http404("No such text.")
    rows = queries.rows(language, reader=translation.get_language())
    return next(row for row in rows if row.key == key), languages.BY_CODE[language]


def _page(request: HttpRequest, language: str) -> str:
    return f"{reverse('complaints:texts', args=[request.program.slug])}?language={language}"


def _step(
    request: HttpRequest, row: queries.Row, language: str, form: forms.Form, act: Any, **words: str
) -> HttpResponse:
    back = reverse("complaints:text", args=[request.program.slug, row.key, language])
    return answer(
        request,
        form,
        act,
        done=words.pop("done"),
        goes_to=lambda _made: back,
        template="complaints/step.html",
        button=_("Save") if isinstance(form, RecordingForm) else words["title"],
        back_url=back,
        crumbs=[(_("What workers read"), _page(request, language)), (row.meaning, back)],
        **words,
    )


def _preview(request: HttpRequest, key: str, language: languages.Language, words: str) -> HttpResponse:
    """The page of a worker with these words on it; nothing on it can be pressed."""
    said = _("A preview. Nothing here can be pressed; close it to go on writing.")
    part = wording.TEXTS[key].part
    with translation.override(language.code):
        changed = dict(queries.all_of(request.program, language.code))
        changed[key] = queries.filled(" ".join(words.split()), request.program)
        step = next((step for step in STEPS if key.startswith(wording.question(step.key, step.key))), None)
        context: dict[str, Any] = {
            "preview": said,
            "words": changed,
            "number": numbers.shown("1" * 9),
            "secret": secrets.shown("2" * 12),
            "plain": changed[key],
            "form": Write(),
        }
        if part == Part.QUESTIONS and step:
            number = STEPS.index(step) + 1
            context |= {
                "form": wording.put((step.of_people or step.form)(), step, changed),
                "shown": number,
                "of": len(STEPS),
            }
            return show(request, "question", context)
        return show(request, "done" if key == "receipt_thanks" else _PAGES[part], context)
