"""Evidence of a visit in the browser: what there is, one of it, sending more, putting a better file in its place."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.enums import AssignmentState
from audits.forms.evidence import AddForm, ReplaceForm, WordsForm
from audits.models import Evidence, Inspection, TeamMember
from audits.operations import evidence as operations
from audits.operations.proofs import share_proofs
from audits.operations.records import APPLIED, Put
from audits.queries import evidence as queries
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.forms import bound_with_files
from wsr.files.operations import take_in
from wsr.tenancy import atomic
from wsr.ui.answering import answer
from wsr.ui.navigation import url_or_nothing

FORM = "audits/evidence_form.html"


@requires(Permission.INSPECTION_READ)
@require_GET
def evidence(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """All that was brought from a visit, replaced files included."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    context = {
        "visit": visit,
        "evidence": queries.evidence_of(visit),
        "proofs": queries.shared_proofs(visit),
        "may_share": Permission.INSPECTION_PLAN in request.permissions,
        "may_write": _may_write(request, visit),
        "crumbs": [*_crumbs(request, visit), (_("Evidence"), "")],
    }
    return render(request, "audits/evidence_list.html", context)


@requires(Permission.INSPECTION_READ)
@require_GET
def one(request: HttpRequest, inspection_id: UUID, evidence_id: UUID) -> HttpResponse:
    """One file: what it shows, who sent it when, which it replaces; for the team where it was made."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    found = get_object_or_404(queries.evidence_of(visit), pk=evidence_id)
    context = {
        "visit": visit,
        "one": found,
        "by": queries.name_on_team(visit, found.by_id),
        "place": queries.place_of(found),
        "later": queries.evidence_of(visit).filter(replaces=found).first(),
        "is_photo": found.file.media_type.startswith("image/"),
        "may_write": _may_write(request, visit),
        "crumbs": [
            *_crumbs(request, visit),
            (_("Evidence"), _list_url(request, visit)),
            (found.caption or found.file.name, ""),
        ],
    }
    return render(request, "audits/evidence_one.html", context)


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Send photos, documents or recordings; `?finding=` chooses the finding beforehand."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    initial = {"finding_id": request.GET.get("finding", "")}
    form = _form(AddForm, request, visit, initial)
    return _answer(
        request,
        visit,
        form,
        lambda data: _add(request, visit, data, replaces_id=None),
        done=_said,
        title=_("Add evidence"),
    )


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, inspection_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Put a better file in the place of one."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    found = get_object_or_404(Evidence, pk=evidence_id, inspection=visit)
    form = _form(ReplaceForm, request, visit, _words_of(found))
    return _answer(
        request,
        visit,
        form,
        lambda data: _add(request, visit, data, replaces_id=found.pk),
        done=_("The new file is there; the earlier one is marked as replaced."),
        title=_("Replace a file"),
    )


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, inspection_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Say anew what a file shows."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    found = get_object_or_404(Evidence, pk=evidence_id, inspection=visit)
    form = _form(WordsForm, request, visit, _words_of(found))

    def act(data: dict[str, Any]) -> Put:
        return operations.change(evidence_id=found.pk, by=request.user, at=timezone.now(), **_words(data))

    return _answer(request, visit, form, act, done=_("Saved."), title=_("What the file shows"))


@requires(Permission.INSPECTION_PLAN)
@require_POST
def share(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Let the team read what the supplier has sent for its corrective actions."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    count = share_proofs(inspection_id=visit.pk, by=request.user, at=timezone.now())
    said = ngettext(
        "The team can read %(count)d more file.", "The team can read %(count)d more files.", count
    )
    messages.success(request, said % {"count": count})
    return redirect(_list_url(request, visit))


@atomic
def _add(
    request: HttpRequest, visit: Inspection, data: dict[str, Any], *, replaces_id: UUID | None
) -> list[Put]:
    """All the files, or none with the name of the one that is not taken."""
    at, made = timezone.now(), []
    for file in data["files"]:
        try:
            taken = take_in(
                chunks=file.chunks(),
                name=file.name or "",
                circle_id=visit.pk,
                secret_of=visit.secret_of,
                by=request.user,
                at=at,
            )
            made.append(
                operations.add_taken(
                    inspection_id=visit.pk,
                    taken=taken,
                    evidence_id=None,
                    replaces_id=replaces_id,
                    noted_at=at,
                    by=request.user,
                    at=at,
                    **_words(data),
                )
            )
        except DomainError as error:
            raise DomainError(f"{file.name}: {error}") from error
    return made


def _form(kind: type[WordsForm], request: HttpRequest, visit: Inspection, initial: dict[str, Any]) -> Any:
    findings = queries.standing_findings(visit)
    return bound_with_files(kind, request, "files", findings=findings, initial=initial)


def _words(data: dict[str, Any]) -> dict[str, Any]:
    chosen = data["finding_id"]
    return {"caption": data["caption"], "finding_id": UUID(chosen) if chosen else None}


def _words_of(found: Evidence) -> dict[str, Any]:
    return {"caption": found.caption, "finding_id": str(found.finding_id or "")}


def _said(made: list[Put]) -> str:
    fresh = sum(put.outcome == APPLIED for put in made)
    there = len(made) - fresh
    said = ngettext("%(count)d file added.", "%(count)d files added.", fresh) % {"count": fresh}
    if there:
        said += " " + ngettext("%(count)d was there already.", "%(count)d were there already.", there) % {
            "count": there
        }
    return said


def _answer(
    request: HttpRequest, visit: Inspection, form: Any, act: Any, *, done: Any, title: str
) -> HttpResponse:
    list_url = _list_url(request, visit)
    return answer(
        request,
        form,
        act,
        done=done,
        goes_to=lambda _made: list_url,
        template=FORM,
        title=title,
        back_url=list_url,
        crumbs=[*_crumbs(request, visit), (_("Evidence"), list_url), (title, "")],
    )


def _list_url(request: HttpRequest, visit: Inspection) -> str:
    return reverse("audits:evidence", args=[request.program.slug, visit.pk])


def _crumbs(request: HttpRequest, visit: Inspection) -> list[tuple[str, str]]:
    return [
        (
            visit.workplace_name,
            url_or_nothing(
                "audits:inspection", program_slug=request.program.slug, inspection_id=str(visit.pk)
            ),
        )
    ]


def _may_write(request: HttpRequest, visit: Inspection) -> bool:
    """Whether the page offers to; the operations check it again."""
    if Permission.INSPECTION_RECORD not in request.permissions or not visit.is_writable:
        return False
    return TeamMember.objects.filter(
        inspection=visit, person=request.user, state=AssignmentState.ACCEPTED
    ).exists()
