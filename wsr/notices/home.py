"""What sending says on the first page of a program: only when something does not leave."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wsr.accounts.grants import Permission
from wsr.notices.models import Outbox, WebhookEndpoint
from wsr.notices.queries import late
from wsr.ui.home import Step


def undelivered(request: HttpRequest) -> Step | None:
    """Messages that were given up, or that are late."""
    if Permission.DELIVERY_CHANGE not in request.permissions:
        return None
    url = reverse("notices:undelivered", args=[request.program.slug])
    given_up = Outbox.objects.given_up().count()
    if given_up:
        label = ngettext("%(n)s message was given up", "%(n)s messages were given up", given_up)
        why = _("Somebody was not told. See why, and send again.")
        return Step(label % {"n": given_up}, url, why=why, tone="bad", order=5)
    waiting = late(at=timezone.now()).count()
    if waiting:
        label = ngettext("%(n)s message is late", "%(n)s messages are late", waiting)
        why = _(
            "Nothing was delivered for ten minutes. The operator should look at the worker and the mail server."
        )
        return Step(label % {"n": waiting}, url, why=why, tone="warn", order=5)
    return None


def failing(request: HttpRequest) -> Step | None:
    """A webhook that does not answer, or was turned off for that."""
    if Permission.WEBHOOK_CHANGE not in request.permissions:
        return None
    endpoint = WebhookEndpoint.objects.exclude(failing_since=None).order_by("failing_since", "pk").first()
    if endpoint is None:
        return None
    url = reverse("notices:webhook", args=[request.program.slug, endpoint.pk])
    label = _("The webhook %(name)s does not answer") % {"name": endpoint.label}
    return Step(label, url, why=_("After three days without an answer nothing more is sent."), order=30)


TILES = [undelivered, failing]
