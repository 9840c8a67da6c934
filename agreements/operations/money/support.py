"""Financial support other than the premium: recorded by one side, and holding once both have confirmed it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.models.money import Support, SupportConfirmation
from agreements.money.amounts import is_whole
from agreements.money.enums import SupportForm
from agreements.operations.money.locking import lock
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic


class CannotSupport(DomainError):
    """The record of support cannot stand."""


@atomic
def start(
    *,
    brand_id: UUID,
    supplier_id: UUID,
    form: SupportForm,
    amount: Decimal,
    currency: str,
    terms: str,
    starts_on: date,
    ends_on: date | None,
    for_id: UUID | None,
    by: Person,
    at: datetime,
) -> Support:
    """Record support; `for_id`: the side that records it and so confirms it, None for staff. Raises CannotSupport and DoesNotExist."""
    brand = Participation.objects.brands().get(pk=brand_id)
    supplier = Participation.objects.suppliers().get(pk=supplier_id)
    if amount <= 0 or not is_whole(amount, currency):
        raise CannotSupport(
            _("Write an amount above 0 in whole units of %(currency)s.") % {"currency": currency}
        )
    if not terms.strip():
        raise CannotSupport(_("Write the terms: for what, paid back when, under which condition."))
    if ends_on and ends_on < starts_on:
        raise CannotSupport(_("The last day is before the first."))
    made = Support.objects.create(
        brand=brand,
        supplier=supplier,
        form=SupportForm(form),
        amount=amount,
        currency=currency,
        terms=terms.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by=by,
        recorded_at=at,
    )
    record(
        "support.recorded",
        made,
        by=by,
        at=at,
        after={"form": made.form, "amount": amount, "currency": currency},
    )
    if for_id:
        confirm(support_id=made.pk, participation_id=for_id, by=by, at=at)
    return made


@atomic
def confirm(*, support_id: UUID, participation_id: UUID, by: Person, at: datetime) -> SupportConfirmation:
    """One side says that the record is true. Raises CannotSupport and Support.DoesNotExist."""
    support = Support.objects.get(pk=support_id)
    lock("support", support_id)
    if participation_id not in (support.brand_id, support.supplier_id):
        raise CannotSupport(_("Only the brand and the supplier can confirm this."))
    if support.confirmations.filter(participation_id=participation_id).exists():
        raise CannotSupport(_("This side has confirmed it already."))
    made = SupportConfirmation.objects.create(
        support=support,
        participation_id=participation_id,
        brand_id=support.brand_id,
        supplier_id=support.supplier_id,
        confirmed_by=by,
        confirmed_at=at,
    )
    record("support.confirmed", support, by=by, at=at, after={"by": participation_id})
    return made
