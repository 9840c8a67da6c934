"""More workers join a complaint that there is; whoever enters them needs no part in it, and reads nothing of it."""

from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from complaints.forms.hotline import JoinForm
from complaints.models import Complaint
from complaints.operations import complainants
from complaints.operations.drafts import Slip, Token
from complaints.queries import texts
from complaints.views.console import print_slips, slip_shown
from complaints.views.desk import crumbs, page_of
from wsr import languages
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.tenancy import atomic, case_scope
from wsr.vault.numbers import shown

MOST = 20  # at once
_SALT = "complaints.joining"


@requires(Permission.COMPLAINT_ENTER)
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Enter workers who join; their slips are shown once."""
    request.sensitive_post_parameters = "__ALL__"
    row = get_object_or_404(Complaint, pk=complaint_id)
    token = _token(request)
    asked = request.POST.get("count", "1")
    count = min(int(asked), MOST) if asked.isascii() and asked.isdigit() else 1
    sends = request.method == "POST" and "send" in request.POST
    if request.method == "POST" and not sends:
        count = min(count + 1, MOST)
    forms = [_form(request, place, is_bound=sends) for place in range(max(count, 1))]
    error = ""
    if request.method == "POST" and "renew" in request.POST:
        return _renew(request, row)
    if sends and not [form for form in forms if not form.is_valid()]:
        try:
            with atomic():  # all of them, or none
                slips = [_enter(request, row, token, place, form) for place, form in enumerate(forms)]
        except DomainError as refused:
            error = str(refused)
        else:
            return _print(request, row, slips)
    page = page_of(request, row.pk)
    context = {
        "forms": forms,
        "error": error,
        "once": signing.dumps(token.text, salt=_SALT),
        "back_url": page,
        "crumbs": [*crumbs(request), (shown(row.number), page)],
    }
    return render(request, "complaints/hotline/join.html", context, status=422 if sends else 200)


def _enter(request: HttpRequest, row: Complaint, token: Token, place: int, form: JoinForm) -> Slip:
    with case_scope(row.pk, complainants.joining_id(token, place)):
        return complainants.join(
            complaint_id=row.pk,
            token=token,
            place=place,
            who=form.who,
            words=form.cleaned_data["words"],
            by=request.user,
            at=timezone.now(),
        )


def _renew(request: HttpRequest, row: Complaint) -> HttpResponse:
    """Another one-time code for one who joined a moment ago."""
    try:
        who = UUID(request.POST["renew"])
        with case_scope(row.pk, who):
            slip = complainants.renew(
                complaint_id=row.pk,
                complainant_id=who,
                by=request.user,
                at=timezone.now(),
            )
    except (DomainError, ValueError):
        raise Http404("There is no one-time code to replace.") from None
    return _print(request, row, [slip])


def _print(request: HttpRequest, row: Complaint, slips: list[Slip]) -> HttpResponse:
    language = languages.nearest(row.language) or "en"
    context = {
        "slips": [slip_shown(slip) for slip in slips],
        "address": request.build_absolute_uri(reverse("complaints:case")),
        "page": page_of(request, row.pk),
        "renew_url": request.path,
    }
    return print_slips(request, language, texts.all_of(request.program, language), context)


def _form(request: HttpRequest, place: int, *, is_bound: bool) -> JoinForm:
    """Unbound it shows what was typed without complaining of what is missing."""
    form = JoinForm(request.POST if is_bound else None, prefix=f"o{place}")
    if not is_bound and f"o{place}-calls" in request.POST:
        form.initial = {
            name: field.widget.value_from_datadict(request.POST, {}, form.add_prefix(name))
            for name, field in form.fields.items()
        }
    return form


def _token(request: HttpRequest) -> Token:
    try:
        return Token(signing.loads(request.POST.get("once", ""), salt=_SALT), request.program.pk)
    except signing.BadSignature:
        return Token.new(request.program.pk)
