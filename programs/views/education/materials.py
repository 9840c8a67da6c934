"""The library, and the cards with the number to call."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs.documents import education as documents
from programs.forms.education import MaterialForm
from programs.models import Material
from programs.operations.education import materials as operations
from programs.queries import education as queries
from programs.queries import rule_value, today
from programs.views.answering import answer
from programs.views.education.sessions import FORM, as_pdf
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.forms import bound_with_files


@requires(Permission.EDUCATION_READ)
@require_GET
def materials(request: HttpRequest) -> HttpResponse:
    """What is handed out now, what no longer is, and cards in every language."""
    words = documents.words_of(request.program)
    needed = set(documents.spoken(words, queries.spoken()))
    context = {
        "materials": Material.objects.select_related("file").order_by(
            "retired_on", "title", "language", "version", "pk"
        ),
        "cards": [(one, one in needed) for one in words],
        "is_any_needed": bool(needed),
        "phone": rule_value(documents.PHONE, on=today(timezone.now())),
        "may_change": Permission.EDUCATION_CHANGE in request.permissions,
    }
    return render(request, "programs/education/materials.html", context)


@requires(Permission.EDUCATION_READ)
@require_GET
def cards(request: HttpRequest, code: str) -> HttpResponse:
    """A page of cards to cut, in one language, as PDF."""
    words = next((one for one in documents.words_of(request.program) if one.code == code), None)
    if words is None:
        raise Http404("No cards in this language.")
    return as_pdf(documents.cards(request.program, words, at=timezone.now()), f"cards-{code}.pdf")


@requires(Permission.EDUCATION_CHANGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a material in one language and version."""
    page = reverse("programs:education_materials", args=[request.program.slug])
    form = bound_with_files(MaterialForm, request, "file")

    def act(data: dict) -> Material:
        file = data.pop("file")
        return operations.add(
            chunks=file.chunks() if file else (),
            file_name=file.name if file else "",
            by=request.user,
            at=timezone.now(),
            **data,
        )

    return answer(
        request,
        form,
        act,
        done=_("It is in the library."),
        goes_to=lambda made: page,
        template=FORM,
        title=_("Add a material"),
        back_url=page,
    )


@requires(Permission.EDUCATION_CHANGE)
@require_POST
def retire(request: HttpRequest, material_id: UUID) -> HttpResponse:
    """Hand it out no longer."""
    get_object_or_404(Material, pk=material_id)
    try:
        operations.retire(material_id=material_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("programs:education_materials", request.program.slug)
