"""That others work in the program, too."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wsr.accounts.models import Membership
from wsr.ui.setup import Part


def colleagues(request: HttpRequest) -> Part:
    """At least two people: nobody decides alone on a complaint or an inspection."""
    people = Membership.objects.active().filter(organization=None).values("person_id").distinct().count()
    return Part(
        _("Invite those who will work here"),
        reverse("accounts:members", args=[request.program.slug]),
        _("Complaints need two who handle them: whoever handled one does not decide that it is closed."),
        people > 1,
        order=20,
    )


SETUP = [colleagues]
