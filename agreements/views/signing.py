"""Signing and declining. A signature needs a second factor shown a moment ago."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agreements.enums import Side, SignatureMethod, VersionState
from agreements.forms.agreements import DeclineForm, SignForm
from agreements.models import AgreementVersion, Party
from agreements.operations import proposing, signing
from agreements.queries import agreements as queries
from agreements.views.versions import find, page
from programs.views.answering import answer, bound
from wsr.accounts import second_factor
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.tenancy import Audience, atomic, current_audience

STEP_UP_SECONDS = 300
TYPED = "typed for a signature"


@requires(Permission.AGREEMENT_SIGN)
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Read what is signed, show the second factor, sign.

    Without a second factor within the last five minutes nothing is signed: what was typed waits in the session meanwhile.
    """
    found = find(version_id)
    parties = queries.parties_to_sign_for(found) if found.state == VersionState.PROPOSED else []
    if not parties:
        return redirect(page(request, version_id))
    method = second_factor.shown_just_now(request, seconds=STEP_UP_SECONDS)
    kept = request.session.get(TYPED, {}).get(str(version_id), {})
    initial = {"name": request.user.name, "sha256": found.text_sha256, **kept}
    form = bound(SignForm, request, parties=parties, initial=initial)
    if form.is_bound and not method:
        _keep(request, version_id, form)
        return redirect(_step_up_url(request))
    if form.is_bound and form.is_valid():
        party = next(party for party in parties if str(party.pk) == form.cleaned_data["party"])
        try:
            done = _sign(found, party, form.cleaned_data, SignatureMethod(method), request)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            request.session.pop(TYPED, None)
            messages.success(request, done)
            return redirect(page(request, version_id))
    context = {
        "version": found,
        "agreement": found.agreement,
        "form": form,
        "method": method,
        "step_up_url": _step_up_url(request),
        "back_url": page(request, version_id),
    }
    return render(request, "agreements/sign.html", context, status=422 if form.is_bound else 200)


def _sign(
    version: AgreementVersion,
    party: Party,
    data: dict[str, Any],
    method: SignatureMethod,
    request: HttpRequest,
) -> str:
    """Sign for the party; returns the sentence that says what now is. Raises DomainError, also for the second of two at once."""
    act = signing.sign if current_audience() in (Audience.BRAND, Audience.SUPPLIER) else signing.countersign
    said = {name: data[name] for name in ("sha256", "name", "title")}
    try:
        with atomic():
            made = act(
                version_id=version.pk, party=party, method=method, by=request.user, at=timezone.now(), **said
            )
    except IntegrityError as error:
        raise signing.CannotSign(
            _(
                "Somebody signed or changed this version a moment before you. Open it again to see how it stands."
            )
        ) from error
    if not isinstance(made, AgreementVersion):
        return _(
            "You have signed for %(party)s. The program signs last, then the complete document is here."
        ) % {"party": party.name}
    return {
        VersionState.IN_FORCE: _(
            "Everyone has signed. The agreement is in force, and the complete document is here."
        ),
        VersionState.SIGNED: _("Everyone has signed. It takes effect by itself on its day."),
    }.get(VersionState(made.state), _("Signed for %(party)s.") % {"party": party.name})


def _keep(request: HttpRequest, version_id: UUID, form: SignForm) -> None:
    typed = {name: form.data.get(name, "") for name in ("name", "title", "party")}
    request.session[TYPED] = {str(version_id): typed}


def _step_up_url(request: HttpRequest) -> str:
    """The page that asks for the second factor and comes back here."""
    return f"{reverse('accounts:show_factor')}?{urlencode({'next': request.path})}"


@requires(Permission.AGREEMENT_SIGN)
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Refuse to sign, with a reason."""
    found = find(version_id)
    own = [party for party in queries.parties_to_sign_for(found) if party.side in (Side.BRAND, Side.SUPPLIER)]
    if not own or found.state != VersionState.PROPOSED:
        return redirect(page(request, version_id))

    def act(data: dict[str, Any]) -> object:
        try:
            with atomic():
                return proposing.decline(
                    version_id=version_id, party=own[0], by=request.user, at=timezone.now(), **data
                )
        except IntegrityError as error:
            raise signing.CannotSign(
                _(
                    "Somebody signed or changed this version a moment before you. Open it again to see how it stands."
                )
            ) from error

    return answer(
        request,
        bound(DeclineForm, request),
        act,
        done=_("You have declined. The program is told and can change the text."),
        goes_to=lambda made: page(request, version_id),
        title=_("Decline to sign %(number)s") % {"number": found.agreement.number},
        back_url=page(request, version_id),
    )
