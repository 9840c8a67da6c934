"""A person lets a device in, sees what acts in her name, and takes it back."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.internal.userkit import user_id_to_str
from allauth.core.internal import ratelimit
from allauth.idp.oidc.internal.oauthlib import device_codes
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import signed_in
from wsr.accounts.models import Person
from wsr.accounts.queries import Standing, programs_of
from wsr.api.forms import CodeForm, LetInForm, PasswordForm, for_passwords
from wsr.api.models import Grant, GrantKind
from wsr.api.operations import grants, passwords
from wsr.api.operations.clients import DEVICE_CLIENT
from wsr.api.queries import devices_of, standing_of
from wsr.api.scopes import declared, of_passwords
from wsr.api.setup_codes import setup_code
from wsr.errors import DomainError
from wsr.tenancy import program_scope


@signed_in
@require_http_methods(["GET", "POST"])
def let_in(request: HttpRequest) -> HttpResponse:
    """The code of a device, then what it asks for, then yes or no."""
    given = request.POST if request.method == "POST" else request.GET
    form = CodeForm(given if "code" in given else None)
    found = _waiting(request, form) if form.is_valid() else None
    if found is None:
        return render(request, "api/code.html", {"form": form}, status=422 if form.is_bound else 200)
    device_code, waiting = found
    standings = programs_of(request.user)
    asked = [scope for scope in waiting["scope"] or declared() if scope in declared()]
    is_answered = "answer" in request.POST
    if is_answered and request.POST["answer"] != "allow":
        _settle(device_code, waiting, request.user, granted=False)
        return render(request, "api/device_answered.html", {"is_allowed": False})
    answer = LetInForm(request.POST if is_answered else None, standings=standings, asked=asked)
    if is_answered and answer.is_valid():
        try:
            _allow(request.user, device_code, waiting, standings, answer.cleaned_data)
        except DomainError as error:
            answer.add_error(None, str(error))
        else:
            return render(request, "api/device_answered.html", {"is_allowed": True})
    context = {"form": answer, "code": form.cleaned_data["code"], "has_programs": bool(standings)}
    return render(request, "api/let_in.html", context, status=422 if answer.is_bound else 200)


def _waiting(request: HttpRequest, form: CodeForm) -> tuple[str, dict[str, Any]] | None:
    """The device code behind what was typed, and what waits for it; with an error in the form where there is none."""
    if not ratelimit.consume(request, action="device_user_code", app="allauth.idp.oidc", limit_get=True):
        form.add_error("code", _("Too many codes were tried. Wait a minute."))
        return None
    try:
        device_code, client = device_codes.validate_user_code(form.cleaned_data["code"].strip())
    except ValidationError:
        form.add_error("code", _("No device waits with this code. Let the device show a new one."))
        return None
    waiting = cache.get(device_codes.cache_device_code_key(device_code))
    return (device_code, waiting) if waiting and client.pk == DEVICE_CLIENT else None


def _allow(
    person: Person,
    device_code: str,
    waiting: dict[str, Any],
    standings: list[Standing],
    chosen: dict[str, Any],
) -> None:
    """A grant in each chosen program, then the token may be fetched."""
    now, device_id = timezone.now(), uuid.uuid4()
    for number in chosen["programs"]:
        _grant(person, standings[int(number)], device_id=device_id, at=now, chosen=chosen)
    waiting = {**waiting, "scope": chosen["scopes"], "resources": [f"{grants.DEVICE}{device_id}"]}
    _settle(device_code, waiting, person, granted=True)


def _grant(
    person: Person, standing: Standing, *, device_id: UUID, at: datetime, chosen: dict[str, Any]
) -> None:
    with program_scope(
        standing.program.pk, standing.audience, person_id=person.pk, organization_id=standing.organization_id
    ):
        grants.give(
            kind=GrantKind.DEVICE,
            device_id=device_id,
            client_key=DEVICE_CLIENT,
            name=chosen["name"],
            person=person,
            standing=standing,
            scopes=chosen["scopes"],
            expires_at=at + timedelta(days=chosen["days"]),
            by=person,
            at=at,
        )


def _settle(device_code: str, waiting: dict[str, Any], person: Person, *, granted: bool) -> None:
    device_codes.update_device_state(
        device_code, {**waiting, "granted": granted, "user": user_id_to_str(person)}
    )


@signed_in
@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """Everything that acts in the person's name."""
    context = {
        "devices": devices_of(request.user),
        "has_phones": bool(for_passwords(programs_of(request.user))),
    }
    return render(request, "api/devices.html", context)


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def add_password(request: HttpRequest) -> HttpResponse:
    """Make an app password for a phone; it is shown once, on this page."""
    standings = for_passwords(programs_of(request.user))
    if not standings:
        raise Http404("No program of hers has anything for phones.")
    is_sent = request.method == "POST"
    form = PasswordForm(
        request.POST if is_sent else None, standings=standings, initial={"device_id": uuid.uuid4()}
    )
    if is_sent and form.is_valid():
        standing = standings[int(form.cleaned_data["program"])]
        try:
            grant, password, path = _password(request.user, standing, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            address = f"{settings.BASE_URL}{reverse('api:root')}programs/{standing.program.slug}/{path}"
            context = {"grant": grant, "program": standing.program, "address": address, "password": password}
            context["code"] = setup_code(address, request.user.email, password, standing.program.name)
            return render(request, "api/password_made.html", context)
    return render(request, "api/add_password.html", {"form": form}, status=422 if is_sent else 200)


def _password(person: Person, standing: Standing, chosen: dict[str, Any]) -> tuple[Grant, str, str]:
    """The grant, the password, and the path below the program that it opens."""
    now = timezone.now()
    scope, opens = next(
        (name, scope) for name, scope in of_passwords().items() if scope.permission in standing.permissions
    )
    with program_scope(
        standing.program.pk, standing.audience, person_id=person.pk, organization_id=standing.organization_id
    ):
        grant, password = passwords.make(
            device_id=chosen["device_id"],
            name=chosen["name"],
            person=person,
            standing=standing,
            scope=scope,
            expires_at=now + timedelta(days=chosen["days"]),
            at=now,
        )
    return grant, password, opens.path


@signed_in
@require_POST
def remove(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Take a device back, in all programs at once."""
    device = next((found for found in devices_of(request.user) if found.device_id == device_id), None)
    if device is None:
        raise Http404("Nothing of hers has this id.")
    now, standings = timezone.now(), programs_of(request.user)
    for grant in device.grants:
        standing = standing_of(grant, standings)
        if standing is None:
            continue  # she has left that program, and nothing counts there any more
        with program_scope(
            grant.program_id, grant.side, person_id=request.user.pk, organization_id=standing.organization_id
        ):
            grants.end(grant_id=grant.pk, by=request.user, at=now)
    grants.forget_tokens(device_id)
    messages.success(request, _("%(name)s is out, from now on.") % {"name": device.name})
    return redirect("api:devices")
