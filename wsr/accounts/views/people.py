"""Pages of the person herself, and the way in by invitation."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from wsr.accounts import operations, second_factor
from wsr.accounts.doors import public_page, signed_in
from wsr.accounts.forms import NewPersonForm, ProfileForm
from wsr.accounts.middleware import GOING_TO, factor_url
from wsr.accounts.operations.acceptance import refuse_over
from wsr.accounts.queries import Offer, offer_of
from wsr.errors import DomainError

Person = get_user_model()


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language, appearance and shortcuts."""
    person = Person.objects.get(pk=request.user.pk)  # the form writes into it before it is valid
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=person)
    if form.is_valid():
        operations.save_profile(person=request.user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in
@require_GET
def go_on(request: HttpRequest) -> HttpResponse:
    """Back to where the person was going when she was asked for a second factor."""
    going_to = request.session.pop(GOING_TO, "")
    if not url_has_allowed_host_and_scheme(going_to, {request.get_host()}, request.is_secure()):
        going_to = reverse("ui:inbox")
    return redirect(going_to)


@signed_in
@require_GET
def show_factor(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the kind of second factor this person has, and from there to `next`."""
    goes_to = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(
        goes_to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        goes_to = reverse("ui:home")
    return redirect(factor_url(second_factor.kinds_of(request.user), goes_to))


@public_page
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the link offers, and accepting it: signed in as the invited address, or as somebody new."""
    offer = offer_of(token)
    try:
        refuse_over(offer and offer.invitation, at=timezone.now())
    except DomainError as error:
        return _sentence(request, offer, str(error), status=410)
    if request.user.is_authenticated:
        return _accept_as_member(request, offer, token)
    if offer.has_account:
        login = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return render(request, "accounts/invitation.html", {"offer": offer, "login_url": login})
    return _accept_as_new(request, offer, token)


def _accept_as_member(request: HttpRequest, offer: Offer, token: str) -> HttpResponse:
    if request.user.email != offer.email:
        text = _("This invitation went to another e-mail address. Sign out, then open the link again.")
        return _sentence(request, offer, text, status=403)
    if request.method == "GET":
        return render(request, "accounts/invitation.html", {"offer": offer, "may_accept": True})
    try:
        operations.accept(program_id=offer.program_id, token=token, person=request.user, at=timezone.now())
    except DomainError as error:
        return _sentence(request, offer, str(error), status=409)
    messages.success(request, _("You are now a member of %(program)s.") % {"program": offer.program_name})
    return redirect("ui:program", offer.program_slug)


def _accept_as_new(request: HttpRequest, offer: Offer, token: str) -> HttpResponse:
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            person = operations.accept_as_new_person(
                program_id=offer.program_id,
                token=token,
                email=offer.email,
                **form.cleaned_data,
                language=get_language() or "",
                at=timezone.now(),
            )
        except operations.WeakPassword as error:
            form.add_error("password", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return perform_login(
                request, person, redirect_url=reverse("ui:program", args=[offer.program_slug])
            )
    context = {"offer": offer, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form.is_bound else 200)


def _sentence(request: HttpRequest, offer: Offer | None, text: str, *, status: int) -> HttpResponse:
    return render(request, "accounts/invitation.html", {"offer": offer, "sentence": text}, status=status)
