"""What programs say on a program's first page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs import queries
from programs.models import Participation, Workplace
from programs.queries.education import overdue
from wsr.accounts.grants import Permission
from wsr.ui.home import Step, Tile


def workplaces(request: HttpRequest) -> Tile | None:
    """How many open workplaces."""
    if Permission.WORKPLACE_READ not in request.permissions:
        return None
    url = reverse("programs:workplaces", args=[request.program.slug])
    return Tile(_("Workplaces"), Workplace.objects.open().count(), url, order=10)


def suppliers(request: HttpRequest) -> Tile | None:
    """How many suppliers take part."""
    if Permission.SUPPLIER_READ not in request.permissions:
        return None
    url = reverse("programs:suppliers", args=[request.program.slug])
    return Tile(_("Suppliers"), Participation.objects.suppliers().present().count(), url, order=20)


def brands(request: HttpRequest) -> Tile | None:
    """How many brands take part."""
    if Permission.SOURCING_READ not in request.permissions:
        return None
    url = reverse("programs:brands", args=[request.program.slug])
    return Tile(_("Brands"), Participation.objects.brands().present().count(), url, order=30)


def education(request: HttpRequest) -> Tile | None:
    """What workers are owed and was not held in time, for those who hold it."""
    if Permission.EDUCATION_CHANGE not in request.permissions:
        return None
    late = overdue(on=queries.today(timezone.now())).count()
    url = reverse("programs:education", args=[request.program.slug])
    return Tile(_("Education overdue"), late, f"{url}?when=late", order=48)


def missing_rules(request: HttpRequest) -> Step | None:
    """That rules are waiting to be filled in, for those who may."""
    if Permission.RULE_CHANGE not in request.permissions:
        return None
    missing = queries.missing_rules(on=queries.today(timezone.now())).count()
    if not missing:
        return None
    return Step(
        ngettext("Fill in %(count)s missing rule", "Fill in %(count)s missing rules", missing)
        % {"count": missing},
        reverse("programs:rules", args=[request.program.slug]) + "?missing=1",
        why=_("Nobody has published these values, so the program decides. Until then no clock runs on them."),
        order=50,
    )


def code_in_force(request: HttpRequest) -> Step | None:
    """That no code of conduct holds yet."""
    if Permission.CODE_CHANGE not in request.permissions or queries.code_in_force():
        return None
    return Step(
        _("Put a code of conduct in force"),
        reverse("programs:codes", args=[request.program.slug]),
        why=_("The draft from the blueprint must be checked against the full text first."),
        order=60,
    )


TILES = [workplaces, suppliers, brands, education, missing_rules, code_in_force]
