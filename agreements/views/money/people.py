"""Whose money it is: the participation of the portal, and who may report for whom."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from agreements.money.enums import ReportSide
from programs.enums import Part
from programs.models import Participation
from wsr.accounts.grants import Permission


def own_part(request: HttpRequest) -> Participation | None:
    """The portal's own participation; None for staff. Raises Http404 for a portal without a part in the program."""
    organization_id = request.standing.organization_id
    if organization_id is None:
        return None
    return get_object_or_404(Participation, organization_id=organization_id)


def may_report(request: HttpRequest) -> bool:
    """Whether this person may report purchases for somebody."""
    return bool(
        request.permissions & {Permission.PURCHASE_REPORT, Permission.SALE_REPORT, Permission.MONEY_CHANGE}
    )


def may_keep(request: HttpRequest) -> bool:
    """Whether this person keeps the program's money."""
    return Permission.MONEY_CHANGE in request.permissions


def reporter(request: HttpRequest, owner_id: str = "") -> Participation:
    """For whom this person reports: a portal for itself, staff for whom they chose. Raises Http404."""
    own = own_part(request)
    if not may_report(request):
        raise Http404
    if own is not None:
        wanted = Permission.PURCHASE_REPORT if own.part == Part.BRAND else Permission.SALE_REPORT
        if wanted not in request.permissions:
            raise Http404
        return own
    try:
        owner = UUID(owner_id)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Participation, pk=owner, part__in=[Part.BRAND, Part.SUPPLIER])


def side_of(part: Participation) -> ReportSide:
    """From which end it reports."""
    return ReportSide.BRAND if part.part == Part.BRAND else ReportSide.SUPPLIER
