"""What of programs is needed before a program can work."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs import queries
from programs.models import Participation, Workplace
from wsr.ui.setup import Part


def bodies(request: HttpRequest) -> Part:
    """The worker organization and the monitor."""
    organizations = Participation.objects.worker_organizations().present().exists()
    monitors = Participation.objects.monitors().present().exists()
    missing = ""
    if organizations != monitors:
        missing = _("The monitor is missing.") if organizations else _("The worker organization is missing.")
    return Part(
        _("Name the worker organization and the monitor"),
        reverse("programs:bodies", args=[request.program.slug]),
        _("The program belongs to the one; the other inspects and handles complaints. They may be the same."),
        organizations and monitors,
        missing,
        order=10,
    )


def code(request: HttpRequest) -> Part:
    """A code of conduct in force."""
    return Part(
        _("Put a code of conduct in force"),
        reverse("programs:codes", args=[request.program.slug]),
        _("Findings and complaints are measured against it."),
        queries.code_in_force() is not None,
        order=30,
    )


def rules(request: HttpRequest) -> Part:
    """The rules that nobody has published."""
    left = queries.missing_rules(on=queries.today(timezone.now())).count()
    missing = ngettext("%(count)s rule is open.", "%(count)s rules are open.", left) % {"count": left}
    return Part(
        _("Decide what the blueprint leaves open"),
        reverse("programs:rules", args=[request.program.slug]) + "?missing=1",
        _("Nobody has published these values, so the program decides. Until then no clock runs on them."),
        left == 0,
        missing if left else "",
        order=40,
    )


def suppliers(request: HttpRequest) -> Part:
    """Workplaces on record."""
    return Part(
        _("Bring in suppliers and workplaces"),
        reverse("imports:upload", args=[request.program.slug]),
        _("A list as you got it is enough; nothing changes before you have seen what would."),
        Workplace.objects.exists(),
        order=50,
    )


def brands(request: HttpRequest) -> Part:
    """Brands, and from whom they buy."""
    return Part(
        _("Add the brands and from whom they buy"),
        reverse("programs:brands", args=[request.program.slug]),
        _("When a supplier is suspended, these are the brands that must stop buying."),
        Participation.objects.brands().present().exists(),
        order=60,
    )


SETUP = [bodies, code, rules, suppliers, brands]
