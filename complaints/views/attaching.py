"""Files of workers and of staff. What is sent stays in memory until it is sealed; the second it takes to clean it holds no row."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from complaints.forms.files import FileForm
from complaints.models import Attachment, Complaint, WorkerKey
from complaints.operations import attachments, drafts, flood
from complaints.operations.attachments import MOST_OF_DRAFT, Sent, shown_name
from complaints.operations.states import NotInvolved
from complaints.queries.files import Shown
from complaints.views.desk import crumbs, page_of
from complaints.views.worker import network, show
from wsr.accounts.doors import own_scope, requires, requires_at_the_door
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files import sealed
from wsr.files.models import kind_in_words
from wsr.files.uploads import in_memory, was_too_large
from wsr.tenancy import worker_scope
from wsr.ui.answering import answer
from wsr.vault.numbers import shown as number_shown

if TYPE_CHECKING:
    from complaints.views.report import Visit

FREE = 120  # files of one network in an hour; words are never refused


def cleaned(request: HttpRequest, field: str = "file") -> Sent:
    """What was sent in a field, cleaned. Outside any scope: it takes a second. Raises DomainError with a sentence."""
    file = request.FILES.get(field)
    if was_too_large(request):
        raise sealed.too_large()
    if file is None or not file.size:
        raise DomainError(_("Choose a file first."))
    crowd = f"file:{network(request)}"
    if flood.is_flooding(crowd, free=FREE):
        raise DomainError(_("Many files came from your network within this hour. Tell us in words, and send the file later."))  # fmt: skip
    flood.note(crowd)
    return Sent(sealed.cleaned(file.read()), file.name or "")


# ── Before she sends her complaint: in the draft ─────────────────────────────────────────────────


def page_of_draft(visit: "Visit", *, error: str = "", status: int = 200) -> HttpResponse:
    """One field, and what has arrived so far."""
    files = [_in_draft(file) for file in visit.said.get("files", [])]
    is_full = len(files) >= MOST_OF_DRAFT
    context = {"files": files, "error": error, "is_full": is_full, "back": f"?q={visit.review}"}
    return show(visit.request, "file", context, status=status)


def act_on_draft(visit: "Visit") -> HttpResponse:
    """Take a file in, or out. What arrived before stays, whatever becomes of this one."""
    if not visit.token or not visit.said:
        return redirect(visit.path)
    here = f"{visit.path}?p=files"
    if dropped := visit.request.POST.get("drop"):
        _keep(visit, lambda files: [file for file in files if file["id"] != dropped])
        throw_away(visit, [file for file in visit.said.get("files", []) if file["id"] == dropped])
        return redirect(here)
    if len(visit.said.get("files", [])) >= MOST_OF_DRAFT:
        return redirect(here)
    try:
        sent = cleaned(visit.request)
        file_id = sealed.put_aside(visit.token.key, visit.program.pk, sent.made)
    except DomainError as error:
        return page_of_draft(visit, error=str(error), status=422)
    kind, size = sent.made.media_type, len(sent.made.content)
    added = {"id": str(file_id), "name": shown_name(sent.name), "type": kind, "size": size}
    _keep(visit, lambda files: [*files, added][:MOST_OF_DRAFT])
    return redirect(here)


def _keep(visit: "Visit", change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> None:
    """Change the list of files in the draft as it is now: two may arrive at once."""
    with worker_scope(visit.program.pk, visit.token.case_id):
        drafts.locked(visit.token, at=visit.at)
        said = drafts.answers_of(visit.token, at=visit.at)
        if said:
            drafts.keep(visit.token, {**said, "files": change(said.get("files", []))}, at=visit.at)


def of_draft(visit: "Visit") -> Iterator[Sent]:
    """The files of the draft, opened one after the other."""
    for file in visit.said.get("files", []):
        made = sealed.taken_up(visit.token.key, visit.program.pk, UUID(file["id"]))
        if made is not None:
            yield Sent(made, file["name"], UUID(file["id"]))


def throw_away(visit: "Visit", files: list[dict[str, object]] | None = None) -> None:
    """Files of the draft that nobody goes on with."""
    for file in visit.said.get("files", []) if files is None else files:
        sealed.throw_away(visit.program.pk, UUID(str(file["id"])))


def _in_draft(file: dict[str, object]) -> Shown:
    return Shown(UUID(str(file["id"])), kind_in_words(str(file["type"])), int(str(file["size"])), str(file["name"]))  # fmt: skip


# ── In her case ──────────────────────────────────────────────────────────────────────────────────


def page_of_case(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    """One field."""
    context = {"files": [], "error": error, "is_full": False, "back": "?"}
    return show(request, "file", context, status=status)


def download_own(key: WorkerKey, asked: str) -> HttpResponse:
    """A file of her thread. Raises Http404."""
    try:
        file = attachments.open_own(key=key, attachment_id=UUID(asked), at=timezone.now())
    except (Attachment.DoesNotExist, ValueError):
        raise Http404("No such file in her case.") from None
    return sealed.as_download(file)


# ── For those on the complaint ───────────────────────────────────────────────────────────────────


def cleaned_for(form: Any, request: HttpRequest, field: str) -> Sent | None:
    """The file of a form of staff, cleaned; None and a sentence at its field where it is refused. Outside any scope."""
    if not form.is_bound or not (
        form.fields[field].required or field in request.FILES or was_too_large(request)
    ):
        return None
    try:
        return cleaned(request, field)
    except DomainError as error:
        form.errors.pop(field, None)
        form.add_error(field, str(error))
        return None


@in_memory
@requires_at_the_door(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Add a file, for the worker or among those inside."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    sent = cleaned_for(form, request, "file")
    with own_scope(request):
        row = Complaint.objects.filter(pk=complaint_id).first()
        if row is None:
            raise Http404("No such complaint.")
        page = page_of(request, complaint_id)
        return answer(
            request,
            form,
            lambda data: attachments.add(
                complaint_id=complaint_id,
                sent=sent,
                is_for_worker=data["is_for_worker"],
                by=request.user,
                at=timezone.now(),
            ),
            done=_("The file is kept, encrypted."),
            goes_to=lambda made: page,
            template="complaints/attach.html",
            title=_("Add a file"),
            lede=_("Complaint %(number)s") % {"number": number_shown(row.number)},
            back_url=page,
            crumbs=[*crumbs(request), (number_shown(row.number), page)],
        )


@requires(Permission.COMPLAINT_READ)
@never_cache
@require_GET
def download(request: HttpRequest, complaint_id: UUID, attachment_id: UUID) -> HttpResponse:
    """A file, to somebody with a part in the complaint; the reading stands in history."""
    try:
        file = attachments.open_file(
            complaint_id=complaint_id, attachment_id=attachment_id, by=request.user, at=timezone.now()
        )
    except (Complaint.DoesNotExist, Attachment.DoesNotExist, NotInvolved):
        raise Http404("No such file for this person.") from None
    return sealed.as_download(file)
