"""The lists of what was sent and of what could not be."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wsr.notices.enums import Channel
from wsr.notices.kinds import UnknownKind, kind_of
from wsr.notices.models import Outbox, WebhookDelivery
from wsr.notices.sms import masked
from wsr.ui.tables import Column, Empty, Table


def kind_label(row: Any) -> str:
    """The kind in words; its name where the app that told it is gone."""
    try:
        return str(kind_of(row.kind).label) or row.kind
    except UnknownKind:
        return row.kind


def reader_of(row: Outbox) -> str:
    """Whom a message is for; of a stranger only enough of the address to recognize it."""
    if row.person:
        return str(row.person)
    if row.channel == Channel.EMAIL:
        name, _at, domain = row.email.partition("@")
        return f"{name[:1]}…@{domain}"
    if row.channel == Channel.SMS:
        return masked(row.phone) or _("A worker")
    return _("Members")


class MessageFilter(filters.FilterSet):
    """What narrows the list of messages."""

    channel = filters.ChoiceFilter(label=gettext_lazy("Sent as"), choices=Channel.choices)


class MessageTable(Table):
    """Messages that were given up or are being tried again, newest first."""

    name = "messages"
    label = gettext_lazy("Messages that did not leave")
    filterset = MessageFilter
    default_sort = "-created"
    columns = (
        Column("what", gettext_lazy("What"), value=kind_label, link="notices:message"),
        Column("to", gettext_lazy("To"), value=reader_of),
        Column("channel", gettext_lazy("Sent as"), value="get_channel_display"),
        Column(
            "state",
            gettext_lazy("State"),
            value=lambda row: _("Given up") if row.given_up_at else _("Waits"),
            tone=lambda row: "bad" if row.given_up_at else "warn",
        ),
        Column("error", gettext_lazy("Why"), value="error"),
        Column("tries", gettext_lazy("Tries"), value="tries", numeric=True),
        Column("created", gettext_lazy("Since"), value="created_at", sort="created_at"),
    )
    empty = Empty(
        gettext_lazy("Everything left the house"),
        gettext_lazy("A message that cannot be delivered appears here, with the reason."),
    )


def answer_of(row: WebhookDelivery) -> str:
    """What the last attempt brought."""
    last = row.last_attempt
    return str(last["code"]) if last.get("code") else last.get("error", "")


def state_of(row: WebhookDelivery) -> str:
    """Delivered, given up or waiting."""
    if row.delivered_at:
        return _("Delivered")
    return _("Given up") if row.given_up_at else _("Waits")


class DeliveryTable(Table):
    """Events sent to one endpoint, newest first."""

    name = "webhook_deliveries"
    label = gettext_lazy("Deliveries")
    default_sort = "-created"
    columns = (
        Column("what", gettext_lazy("Event"), value=kind_label, link="notices:delivery"),
        Column(
            "state",
            gettext_lazy("State"),
            value=state_of,
            tone=lambda row: "ok" if row.delivered_at else "bad" if row.given_up_at else "warn",
        ),
        Column("answer", gettext_lazy("Answer"), value=answer_of),
        Column("tries", gettext_lazy("Attempts"), value=lambda row: len(row.attempts), numeric=True),
        Column("created", gettext_lazy("When"), value="created_at", sort="created_at"),
    )
    empty = Empty(
        gettext_lazy("Nothing was sent yet"),
        gettext_lazy("Events appear here as they are sent. Send a test to see whether the receiver answers."),
    )
