"""Duties that were not kept: a limit that passed, a purchase after the stop. Each becomes one suspected breach."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.models import FlaggedPurchase, StopDuty
from agreements.operations.breaches import open_breach
from agreements.operations.duties import ACKNOWLEDGE, PROVE, STOP
from wsr.history.operations import record
from wsr.tenancy import atomic


class Bought(Protocol):
    """What is asked of a reported purchase, whoever reported it. Both days included."""

    pk: UUID
    brand_id: UUID
    supplier_id: UUID
    starts_on: date
    ends_on: date


@atomic
def clock_missed(*, clock: Any, rung: Any, at: datetime) -> None:
    """Whoever has the duty did not acknowledge, stop or prove in time: a suspected breach of its clause, once per clock."""
    del rung
    duty = (
        StopDuty.objects.select_related("brand", "supplier", "clause__version")
        .filter(pk=clock.subject_id)
        .first()
    )
    if duty is None or not duty.is_active:
        return
    title, facts = (_work_goes_on if duty.hires else _purchases_go_on)(duty, clock.kind)
    _open(duty, ("deadlines.clock", clock.pk), title, facts, at)


def _purchases_go_on(duty: StopDuty, kind: str) -> tuple[str, str]:
    """What a brand did not do in time, as title and facts."""
    name, who = {"name": duty.supplier.name}, duty.brand.name
    return {
        ACKNOWLEDGE: (
            _("Duty to stop buying from %(name)s not acknowledged") % name,
            _("%(who)s was to acknowledge its duty to stop buying from %(name)s by %(day)s and has not.")
            % {**name, "who": who, "day": _day(duty.acknowledge_by)},
        ),
        STOP: (
            _("Stop of purchases from %(name)s not confirmed") % name,
            _("%(who)s was to stop buying from %(name)s by %(day)s and has not said that it did.")
            % {**name, "who": who, "day": _day(duty.stop_by)},
        ),
        PROVE: (
            _("Stop of purchases from %(name)s not proven") % name,
            _("%(who)s was to prove by %(day)s that it stopped buying from %(name)s and has not.")
            % {**name, "who": who, "day": _day(duty.prove_by)},
        ),
    }[kind]


def _work_goes_on(duty: StopDuty, kind: str) -> tuple[str, str]:
    """What whoever hires a contractor on a site did not do in time, as title and facts."""
    name, who = {"name": duty.supplier.name}, duty.brand.name
    return {
        ACKNOWLEDGE: (
            _("Duty to end the work of %(name)s not acknowledged") % name,
            _("%(who)s was to acknowledge its duty to end the work of %(name)s by %(day)s and has not.")
            % {**name, "who": who, "day": _day(duty.acknowledge_by)},
        ),
        STOP: (
            _("End of the work of %(name)s not confirmed") % name,
            _("%(who)s was to end the work of %(name)s by %(day)s and has not said that it did.")
            % {**name, "who": who, "day": _day(duty.stop_by)},
        ),
        PROVE: (
            _("End of the work of %(name)s not proven") % name,
            _("%(who)s was to prove by %(day)s that it ended the work of %(name)s and has not.")
            % {**name, "who": who, "day": _day(duty.prove_by)},
        ),
    }[kind]


@atomic
def check_purchases(*, purchases: Iterable[Bought], at: datetime) -> list[FlaggedPurchase]:
    """Flag reported purchases that a duty forbids, each once per duty; returns the new flags.

    A purchase whose whole period lies after the day of the stop, and before the duty was lifted, becomes a suspected breach. One whose
    period only reaches beyond that day is flagged for staff to ask about.
    """
    bought = list(purchases)
    duties = list(
        StopDuty.objects.filter(
            brand_id__in={one.brand_id for one in bought}, supplier_id__in={one.supplier_id for one in bought}
        )
        .exclude(stop_by=None)
        .select_related("supplier", "clause__version")
        .order_by("pk")
    )
    made = []
    for one in bought:
        for duty in duties:
            if (duty.brand_id, duty.supplier_id) == (one.brand_id, one.supplier_id):
                made += _flag(duty, one, at)
    return made


def _flag(duty: StopDuty, one: Bought, at: datetime) -> list[FlaggedPurchase]:
    begins_after, ends_after = duty.forbids(one.starts_on), duty.forbids(one.ends_on)
    reaches_over = duty.stop_by is not None and one.starts_on <= duty.stop_by < one.ends_on
    if not (begins_after or ends_after or (reaches_over and duty.forbids(_after(duty)))):
        return []
    flag, is_new = FlaggedPurchase.objects.get_or_create(
        duty=duty,
        purchase_id=one.pk,
        defaults={
            "from_on": one.starts_on,
            "until_on": one.ends_on,
            "is_partial": not (begins_after and ends_after),
            "flagged_at": at,
        },
    )
    if not is_new:
        return []
    after = {"from": one.starts_on, "until": one.ends_on, "is_partial": flag.is_partial}
    record("duty.purchase_flagged", duty, by=None, at=at, after=after)
    if not flag.is_partial:
        _open(
            duty,
            ("agreements.flaggedpurchase", flag.pk),
            _("Purchase from %(name)s after the stop") % {"name": duty.supplier.name},
            _(
                "A purchase from %(name)s of %(from)s to %(until)s was reported. Purchases had to stop by %(day)s."
            )
            % {
                "name": duty.supplier.name,
                "from": _day(one.starts_on),
                "until": _day(one.ends_on),
                "day": _day(duty.stop_by),
            },
            at,
        )
    return [flag]


def _open(duty: StopDuty, subject: tuple[str, UUID], title: str, facts: str, at: datetime) -> None:
    open_breach(
        agreement_id=duty.clause.version.agreement_id if duty.clause else None,
        participation_id=duty.brand_id,
        clause_id=duty.clause_id,
        subject=subject,
        title=title,
        facts=facts,
        at=at,
    )


def _after(duty: StopDuty) -> date:
    """The first day on which buying is forbidden."""
    return date.fromordinal(duty.stop_by.toordinal() + 1)


def _day(day: date | None) -> str:
    return date_format(day) if day else _("an unknown day")
