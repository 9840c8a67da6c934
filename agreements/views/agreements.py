"""Agreements: the list, one with its parties and versions, and what happens to it as a whole."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements import blueprints
from agreements.enums import AgreementState, Side, VersionState
from agreements.forms.agreements import AmendForm, EndForm, PartyForm, ReasonForm, StartForm
from agreements.models import Agreement, Party
from agreements.operations import agreements as operations
from agreements.operations import ending
from agreements.queries import agreements as queries
from agreements.tables.agreements import AgreementTable
from programs import countries
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError


@requires(Permission.AGREEMENT_READ)
@require_GET
def agreements(request: HttpRequest) -> HttpResponseBase:
    """Every agreement; a portal's own."""
    return AgreementTable(request, queries.agreements()).response("agreements/agreements.html")


@requires(Permission.AGREEMENT_READ)
@require_GET
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement: where it stands, its parties, its versions."""
    found = get_object_or_404(queries.agreements().select_related("parent"), pk=agreement_id)
    versions = list(found.versions.order_by("-number"))
    may_change = Permission.AGREEMENT_CHANGE in request.permissions
    held = next((version for version in versions if version.state == VersionState.IN_FORCE), None)
    context = {
        "agreement": found,
        "facts": _facts(found, held),
        "parties": [(party, Side(party.side).label) for party in found.parties.order_by("position", "pk")],
        "versions": versions,
        "held": held,
        "open": next((version for version in versions if version.state in operations.OPEN), None),
        "annexes": found.annexes.order_by("number", "pk"),
        "may_change": may_change,
        "may_change_parties": may_change and found.state == AgreementState.DRAFT,
        "may_amend": may_change
        and held is not None
        and not any(version.state in operations.OPEN for version in versions),
    }
    return render(request, "agreements/agreement.html", context)


def _facts(found: Agreement, held: Any) -> list[tuple[str, Any]]:
    facts = [(_("Number"), found.number), (_("State"), found.get_state_display())]
    if held:
        facts += [
            (_("In force since"), held.in_force_at),
            (_("Last day"), found.ended_on or held.ends_on or _("no end is agreed")),
        ]
    elif found.ended_on:
        facts.append((_("Ended"), found.ended_on))
    if found.end_reason:
        facts.append((_("Reason of the end"), found.end_reason))
    if found.country:
        facts.append((_("Country"), countries.name_of(found.country)))
    return facts


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Start an agreement from a template or from another agreement."""

    def act(data: dict[str, Any]) -> Agreement:
        kind, _colon, key = data["source"].partition(":")
        said = {"title": data["title"], "by": request.user, "at": timezone.now()}
        if kind == "agreement":
            return operations.start_from_agreement(agreement_id=UUID(key), **said)
        parent = data["parent"].pk if data["parent"] else None
        return operations.start_from_template(template=key, parent_id=parent, country=data["country"], **said)

    return answer(
        request,
        bound(StartForm, request),
        act,
        done=lambda made: (
            _("%(number)s is a draft. Add the parties, then go through the clauses.")
            % {"number": made.number}
        ),
        goes_to=lambda made: page(request, made.pk),
        template="agreements/start.html",
        templates=blueprints.templates().values(),
        back_url=reverse("agreements:agreements", args=[request.program.slug]),
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def add_party(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Make an organization a party of a draft."""
    found = get_object_or_404(Agreement, pk=agreement_id)
    return answer(
        request,
        bound(PartyForm, request),
        lambda data: operations.add_party(
            agreement_id=agreement_id,
            participation_id=data["participation"].pk,
            side=Side(data["side"]),
            signs=data["signs"],
            by=request.user,
            at=timezone.now(),
        ),
        done=lambda made: _("%(name)s is a party.") % {"name": made.name},
        goes_to=lambda made: page(request, agreement_id),
        title=_("Add a party to %(number)s") % {"number": found.number},
        back_url=page(request, agreement_id),
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_POST
def remove_party(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Take a party out of a draft."""
    party = get_object_or_404(Party, pk=party_id)
    try:
        operations.remove_party(party_id=party_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s is no longer a party.") % {"name": party.name})
    return redirect(page(request, party.agreement_id))


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Begin a new version of an agreement in force."""
    found = get_object_or_404(Agreement, pk=agreement_id)
    return answer(
        request,
        bound(AmendForm, request),
        lambda data: operations.amend(agreement_id=agreement_id, by=request.user, at=timezone.now(), **data),
        done=lambda made: (
            _("Version %(number)s is a draft. Until everyone has signed it, the present version holds.")
            % {"number": made.number}
        ),
        goes_to=lambda made: reverse("agreements:version", args=[request.program.slug, made.pk]),
        title=_("Amend %(number)s") % {"number": found.number},
        back_url=page(request, agreement_id),
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def suspend(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Suspend an agreement in force."""
    return _with_reason(
        request,
        agreement_id,
        ending.suspend,
        _("Suspend %(number)s"),
        _("The agreement is suspended. What it says still holds."),
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """End a suspension."""
    return _with_reason(
        request, agreement_id, ending.resume, _("Resume %(number)s"), _("The agreement is in force again.")
    )


@requires(Permission.AGREEMENT_CHANGE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Give notice that an agreement ends."""
    found = get_object_or_404(Agreement, pk=agreement_id)
    return answer(
        request,
        bound(EndForm, request),
        lambda data: ending.give_notice(
            agreement_id=agreement_id, by=request.user, at=timezone.now(), **data
        ),
        done=lambda made: _("%(number)s ends on %(day)s.") % {"number": made.number, "day": made.ended_on},
        goes_to=lambda made: page(request, agreement_id),
        title=_("End %(number)s") % {"number": found.number},
        back_url=page(request, agreement_id),
    )


def _with_reason(request: HttpRequest, agreement_id: UUID, act: Any, title: str, done: str) -> HttpResponse:
    found = get_object_or_404(Agreement, pk=agreement_id)
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: act(agreement_id=agreement_id, by=request.user, at=timezone.now(), **data),
        done=done,
        goes_to=lambda made: page(request, agreement_id),
        title=title % {"number": found.number},
        back_url=page(request, agreement_id),
    )


def page(request: HttpRequest, agreement_id: UUID) -> str:
    """The address of an agreement, within its program."""
    return reverse("agreements:agreement", args=[request.program.slug, agreement_id])
