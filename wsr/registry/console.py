"""Publishing, for staff."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.jobs.models import Job
from wsr.registry import disclosure, gates, operations
from wsr.registry.comparison import Comparison
from wsr.registry.enums import Act
from wsr.registry.forms import OverrideForm
from wsr.registry.models import Publication
from wsr.registry.pages import counted

SAMPLE = 10


@requires(Permission.PUBLICATION_READ)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Gates, what publishing now would change, and what was published."""
    publications = list(Publication.objects.all()[:10])
    states = gates.states(request.program.pk)
    context = {
        "gates": states,
        "can_publish": Permission.PUBLISH in request.permissions and all(state.is_open for state in states),
        "may_report": Permission.PUBLISH in request.permissions and bool(publications),
        "may_override": Permission.PUBLISH_OVERRIDE in request.permissions,
        "publications": [{"publication": one, "changes": counted(one)} for one in publications],
        "job": Job.objects.open().filter(kind=operations.JOB).first(),
        **_preview(publications[0] if publications else None),
    }
    return render(request, "registry/console.html", context)


def _preview(last: Publication | None) -> dict[str, Any]:
    """What publishing now would add: counts and a sample. Before the first publication, how many records there are."""
    kinds = disclosure.kinds()
    if last is None:
        counts = [
            (kind.label_plural, Act.FIRST.label, module.present(kind.key).count())
            for module in disclosure.modules()
            for kind in module.KINDS
        ]
        return {"changes": [row for row in counts if row[2]], "sample": []}
    drafts = Comparison(timezone.now(), last).run().drafts
    counted_drafts = Counter((draft.identity.kind, draft.act) for draft in drafts)
    return {
        "changes": [
            (kinds[kind].label_plural, Act(act).label, count) for (kind, act), count in counted_drafts.items()
        ],
        "sample": [
            {
                "kind": kinds[d.identity.kind].label,
                "act": Act(d.act).label,
                "name": d.said["content"].get("name", d.identity.public_id),
            }
            for d in drafts[:SAMPLE]
        ],
    }


@requires(Permission.PUBLISH)
@require_POST
def publish(
    request: HttpRequest,
) -> HttpResponse:
    """Start a publication and show how far it is."""
    try:
        job = operations.start_publication(
            by=request.user, at=timezone.now(), everything="everything" in request.POST
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("registry:console", request.program.slug)
    return redirect("jobs:detail", request.program.slug, job.pk)


@requires(Permission.PUBLISH_OVERRIDE)
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, gate: str) -> HttpResponse:
    """Override one gate with a public reason, or take the override back."""
    state = next((state for state in gates.states(request.program.pk) if state.key == gate), None)
    if state is None:
        raise Http404("No such gate.")
    if request.method == "POST" and "end" in request.POST and state.override:
        operations.end_override(gate=gate, by=request.user, at=timezone.now())
        messages.success(request, _("The override was taken back."))
        return redirect("registry:console", request.program.slug)
    form = OverrideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            operations.override_gate(gate=gate, by=request.user, at=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("Overridden. The program's public page names it with your reason."))
            return redirect("registry:console", request.program.slug)
    return render(
        request, "registry/override.html", {"gate": state, "form": form}, status=422 if form.is_bound else 200
    )
