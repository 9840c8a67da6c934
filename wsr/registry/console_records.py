"""Public records, for staff: what is published of one subject, and asking to correct, redact, hold back or merge it.

Each of the four asks twice: the form says what would happen, the second page shows it once more and wants a yes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import django_filters as filters
from django import forms
from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.registry import disclosure, operations, reach
from wsr.registry.enums import Act, Reason, Wish
from wsr.registry.forms import CorrectForm, EmbargoForm, MergeForm, RedactForm
from wsr.registry.ids import printed
from wsr.registry.models import Identity, Instruction, Listing, Publication, Record
from wsr.registry.names import fold
from wsr.ui.tables import Column, Empty, Table

NAMED = 20  # records that lose a name, listed one by one


@dataclass(frozen=True)
class Subject:
    """What the registry knows of one subject, published or not."""

    kind: disclosure.PublicKind
    pk: UUID
    name: str
    identity: Identity | None
    listing: Listing | None

    @property
    def label(self) -> str:
        """Its name; its number where the name is gone."""
        return self.name or (printed(self.identity.public_id) if self.identity else str(self.kind.label))

    @property
    def is_shown(self) -> bool:
        """Whether everyone can read it now."""
        return bool(self.listing and self.listing.is_shown)

    @property
    def is_redacted(self) -> bool:
        """Whether only a tombstone is left."""
        return bool(self.identity and self.identity.is_redacted)


def _subject(kind: str, subject_id: UUID) -> Subject:
    """The subject, as the program discloses it now or as it was published. Raises Http404."""
    known = disclosure.kinds().get(kind)
    if known is None:
        raise Http404("No such kind of record.")
    name = disclosure.module_of(kind).names(kind, {subject_id}).get(subject_id)
    identity = Identity.objects.filter(kind=kind, subject_id=subject_id).first()
    if name is None and identity is None:
        raise Http404("Nothing of this program.")
    listing = Listing.objects.filter(public_id=identity.public_id).first() if identity else None
    return Subject(known, subject_id, name or (listing.name if listing else ""), identity, listing)


class RecordFilter(filters.FilterSet):
    """What narrows the list of public records."""

    q = filters.CharFilter(label=gettext_lazy("Search by name or number"), method="search_words")
    kind = filters.ChoiceFilter(
        label=gettext_lazy("Kind"),
        choices=lambda: [(kind.key, kind.label) for kind in disclosure.kinds().values()],
    )
    act = filters.ChoiceFilter(label=gettext_lazy("Last change"), choices=Act.choices)

    def search_words(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By name, other names or number."""
        return rows.filter(search__contains=fold(value)) | rows.filter(
            public_id=value.replace("-", "").upper()
        )


class RecordTable(Table):
    """Public records."""

    name = "public-records"
    label = gettext_lazy("Public records")
    filterset = RecordFilter
    default_sort = "name"
    columns = [
        Column(
            "name",
            gettext_lazy("Record"),
            value=lambda row: row.name or printed(row.public_id),
            sort="name_key",
            link=lambda row: reverse("registry:subject", args=[row.program.slug, row.kind, row.subject_id]),
        ),
        Column("kind", gettext_lazy("Kind"), value=lambda row: str(disclosure.kinds()[row.kind].label)),
        Column(
            "act",
            gettext_lazy("Last change"),
            value=lambda row: str(Act(row.act).label),
            tone=lambda row: "" if row.is_shown else "warn",
        ),
        Column("published_at", gettext_lazy("Published"), sort="published_at"),
        Column(
            "number", gettext_lazy("Registry number"), value=lambda row: printed(row.public_id), hidden=True
        ),
        Column("version", gettext_lazy("Version"), numeric=True, hidden=True),
    ]
    empty = Empty(
        gettext_lazy("Nothing is published yet"),
        gettext_lazy("Records appear here with the first publication."),
        gettext_lazy("Publish"),
        "registry:console",
        Permission.PUBLICATION_READ,
    )


@requires(Permission.PUBLICATION_READ)
@require_GET
def records(request: HttpRequest) -> HttpResponseBase:
    """Everything that was ever published, tombstones too."""
    subject = Identity.objects.filter(public_id=OuterRef("public_id")).values("subject_id")
    rows = Listing.objects.select_related("program").annotate(subject_id=Subquery(subject))
    return RecordTable(request, rows).response("ui/table_page.html")


@requires(Permission.PUBLICATION_READ)
@require_GET
def subject(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """What is public of one subject, and what was asked of the next publication."""
    found = _subject(kind, subject_id)
    asked = Instruction.objects.filter(kind=kind, subject_id=subject_id).select_related("asked_by")
    versions = (
        Record.objects.filter(public_id=found.identity.public_id) if found.identity else Record.objects.none()
    )
    context = {
        "subject": found,
        "printed_id": printed(found.identity.public_id) if found.identity else "",
        "act": Act(found.listing.act).label if found.listing else "",
        "versions": [(row, Act(row.act).label) for row in versions.order_by("-version")],
        "asked": [
            {
                "one": one,
                "what": Wish(one.wish).label,
                "reason": Reason(one.reason_code).label if one.reason_code else "",
            }
            for one in asked.order_by("-asked_at")
        ],
        "is_leaving": asked.filter(wish=Wish.REDACTION, done_in=None).exists(),
        "may_publish": Permission.PUBLISH in request.permissions,
        "is_published": Publication.objects.exists(),
    }
    return render(request, "registry/subject.html", context)


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────


def _ask(
    request: HttpRequest,
    found: Subject,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    says: list[str],
    button: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    """Show the form with what would happen, then the same once more for a yes, then do it and go back to the subject."""
    page = reverse("registry:subject", args=[request.program.slug, found.kind.key, found.pk])
    context |= {"title": title, "says": says, "button": button, "back_url": page, "form": form}
    if form.is_bound and form.is_valid() and "change" not in request.POST:
        if "confirmed" not in request.POST:
            sent = [(name, value) for name in form.fields for value in form.data.getlist(name)]
            return render(request, "registry/confirm.html", {**context, "sent": sent})
        try:
            act(form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect(page)
    return render(request, "registry/ask.html", context, status=422 if form.is_bound and form.errors else 200)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _refuse(request: HttpRequest, found: Subject, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("registry:subject", request.program.slug, found.kind.key, found.pk)


def _instruct(request: HttpRequest, found: Subject, wish: Wish, **said: Any) -> Instruction:
    return operations.instruct(
        kind=found.kind.key, subject_id=found.pk, wish=wish, by=request.user, at=timezone.now(), **said
    )


@requires(Permission.PUBLISH)
@require_http_methods(["GET", "POST"])
def redact(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """Remove a record for good and leave a tombstone."""
    found = _subject(kind, subject_id)
    if found.listing is None or found.is_redacted:
        sentence = _("It was redacted already.") if found.is_redacted else _("It was never published.")
        return _refuse(request, found, sentence)
    reached = reach.reach(found.identity)
    versions = ngettext(
        "Its page and files: the content of %(n)d version, in every publication.",
        "Its page and files: the content of all %(n)d versions, in every publication.",
        reached.versions,
    ) % {"n": reached.versions}
    naming = ngettext(
        "Its name in %(n)d other record, old versions and search included.",
        "Its name in %(n)d other records, old versions and search included.",
        len(reached.naming),
    ) % {"n": len(reached.naming)}
    stays = _(
        "A tombstone stays: its number, when it was published, when it was redacted and the reason you choose."
    )
    final = _("This is final: the record can never be published again.")
    return _ask(
        request,
        found,
        RedactForm(_sent(request), reach=reached),
        lambda data: operations.redact(
            subjects=[(kind, subject_id), *reach.subjects(data.get("also", []))],
            reason_code=data["reason_code"],
            note=data["note"],
            by=request.user,
            at=timezone.now(),
        ),
        title=_("Redact %(name)s") % {"name": found.label},
        says=[versions, *([naming] if reached.naming else []), stays, final],
        button=_("Redact"),
        done=_("It disappears with the next publication. Press Publish to do it now."),
        naming=reached.naming[:NAMED],
        naming_more=max(len(reached.naming) - NAMED, 0),
        is_cut=reached.is_cut,
    )


@requires(Permission.PUBLISH)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """Name the next change of a record a correction."""
    found = _subject(kind, subject_id)
    if not found.is_shown:
        return _refuse(request, found, _("Only a record that everyone can read now can be corrected."))
    return _ask(
        request,
        found,
        CorrectForm(_sent(request)),
        lambda data: _instruct(request, found, Wish.CORRECTION, note=data["note"]),
        title=_("Correct %(name)s") % {"name": found.label},
        says=[
            _("The next version is named a correction, with your words beside it."),
            _("Earlier versions stay as they are. To remove what they say, redact the record."),
        ],
        button=_("Mark as a correction"),
        done=_("The next published change of this record is named a correction."),
    )


@requires(Permission.PUBLISH)
@require_http_methods(["GET", "POST"])
def hold_back(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """Publish nothing new of a subject before a time."""
    found = _subject(kind, subject_id)
    if found.is_redacted:
        return _refuse(request, found, _("It was redacted; nothing of it is published any more."))
    stays = _("What is published of it stays as it is until then.")
    nothing = _("It does not appear in public until then.")
    return _ask(
        request,
        found,
        EmbargoForm(_sent(request)),
        lambda data: _instruct(request, found, Wish.EMBARGO, note=data["note"], until=data["until"]),
        title=_("Hold %(name)s back") % {"name": found.label},
        says=[
            stays if found.is_shown else nothing,
            _(
                "This replaces what was said before about holding it back. After that time the next publication shows it."
            ),
        ],
        button=_("Hold back"),
        done=_("It is held back."),
    )


@requires(Permission.PUBLISH)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """Let a duplicate lead to the record that stays."""
    found = _subject(kind, subject_id)
    if not found.is_shown:
        return _refuse(request, found, _("Only a record that everyone can read now can be merged."))
    form = MergeForm(_sent(request))
    says = [
        _("Its public page says that it was merged, and leads to the record that stays."),
        _("Its number stays valid for ever. Its row leaves the lists and files."),
        _("What the program itself knows of both stays as it is."),
    ]
    if form.is_bound and form.is_valid():
        kept = Listing.objects.filter(public_id=form.cleaned_data["into"], kind=kind, is_shown=True).first()
        if kept is None:
            form.add_error("into", _("No record of the same kind is shown under this number."))
        else:
            says = [_("It will lead to %(name)s.") % {"name": kept.name}, *says]

    def act(data: dict[str, Any]) -> None:
        into = Identity.objects.get(public_id=data["into"])
        operations.merge(
            kind=kind,
            duplicate_id=subject_id,
            into_id=into.subject_id,
            by=request.user,
            at=timezone.now(),
            reason=data["note"],
        )

    return _ask(
        request,
        found,
        form,
        act,
        title=_("Merge %(name)s into another record") % {"name": found.label},
        says=says,
        button=_("Merge"),
        done=_("With the next publication it leads to the record that stays."),
    )
