"""In a demo only: the code an authenticator app would show."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from programs import demo
from wsr.accounts.doors import public_page
from wsr.accounts.grants import Role


class CodeForm(forms.Form):
    """Whose code."""

    asked = forms.CharField(
        label=gettext_lazy(
            "E-mail address of a demo person, or the key shown when setting up the second factor"
        ),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@public_page
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The present six digits; no such page outside a demo."""
    if not settings.DEMO:
        raise Http404
    form = CodeForm(
        request.POST if request.method == "POST" else None,
        initial={"asked": demo.email_of(demo.DEMOS[1], Role.DIRECTOR)},
    )
    found = None
    if form.is_valid():
        found = demo.code_for(form.cleaned_data["asked"], at=timezone.now())
        if found is None:
            form.add_error(
                "asked",
                _("There is no such demo person, or she has no second factor yet, or this is no such key."),
            )
    return render(
        request, "programs/demo_code.html", {"form": form, "code": found}, status=422 if form.errors else 200
    )
