"""The words of what happens to messages and webhooks, for the page of history."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    ("notice.retried", _("Message sent again")),
    ("webhook.added", _("Webhook added")),
    ("webhook.changed", _("Webhook changed")),
    ("webhook.secret_rotated", _("Secret of a webhook replaced")),
    ("webhook.turned_off", _("Webhook turned off")),
    ("webhook.turned_on", _("Webhook turned on")),
    ("webhook.replayed", _("Event sent again")),
]
