"""The one way a form page answers: shown, refused with 422 and everything typed, or done and sent on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from wsr.errors import DomainError


def bound(form: type[forms.BaseForm], request: HttpRequest, **kwargs: Any) -> Any:
    """The form, filled with what was sent where something was sent."""
    return form(request.POST if request.method == "POST" else None, **kwargs)


def answer(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], Any],
    *,
    done: str | Promise | Callable[[Any], str],
    goes_to: Callable[[Any], str],
    template: str = "ui/form.html",
    **context: Any,
) -> HttpResponse:
    """Do `act` with the cleaned input of a valid form, say `done` and go on; otherwise show the form.

    `done` and `goes_to` may depend on what `act` returned. A DomainError becomes an error of the form.
    """
    if form.is_bound and form.is_valid():
        try:
            result = act(form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done(result) if callable(done) else done)
            return redirect(goes_to(result))
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)
