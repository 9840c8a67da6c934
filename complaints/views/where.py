"""Whom to tell: the door for a worker who has only the name of this site, and no address of her program's form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from complaints.views.worker import chosen_language, show, worker_page
from wsr.registry.views import published_programs
from wsr.tenancy import public_scope


@worker_page
def where(request: HttpRequest) -> HttpResponse:
    """The programs that are public, each with the way to its form; at once to it where there is only one."""
    with translation.override(chosen_language(request)):
        with public_scope():
            programs = published_programs()
        if len(programs) == 1:
            form = reverse("complaints:report", args=[programs[0].slug])
            return redirect(f"{form}?lang={translation.get_language()}")
        return show(request, "where", {"programs": programs})
