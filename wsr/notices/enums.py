"""How a message travels, and how a person wants to be told."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """What the relay does with a row of the outbox."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    PEOPLE = "people", _("To people of the program")  # finds them and tells each as she wants to be told


class Choice(TextChoices):
    """How a person wants to be told of one kind of notice. All but the first also put it into her list of notices."""

    OFF = "off", _("Not at all")
    IN_APP = "in_app", _("In the list of notices only")
    NOW = "now", _("By e-mail, at once")
    DAILY = "daily", _("By e-mail, once a day")
    WEEKLY = "weekly", _("By e-mail, once a week")


IN_DIGESTS = frozenset({Choice.DAILY, Choice.WEEKLY})
