"""What is said: messages both ways, notes among handlers, and files."""

from django.db import models
from django.db.models import Q

from complaints.enums import Channel, Direction
from complaints.models.complaints import Complainant, OfComplaint
from wsr.accounts.models import Person
from wsr.files.models import SealedFile
from wsr.tenancy.models import ProgramForeignKey


class Message(OfComplaint):
    """One message or note. In the vault: `text`. The first one of a complaint is what she wrote, question by question: `question`."""

    direction = models.CharField(max_length=20, choices=Direction.choices)
    channel = models.CharField(
        max_length=20, choices=Channel.choices, blank=True, help_text="Empty: through the pages."
    )
    question = models.CharField(max_length=60, blank=True, help_text="Key of the question it answers.")
    complainant = ProgramForeignKey(Complainant, related_name="messages", null=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(
                name="message_direction_known", condition=Q(direction__in=Direction.values)
            ),
            models.CheckConstraint(
                name="message_has_sender", condition=Q(direction=Direction.FROM_WORKER) | Q(by__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["program", "complaint", "at", "id"], name="message_of_complaint"),
            models.Index(
                fields=["program", "complaint"],
                condition=Q(direction=Direction.FROM_WORKER, read_at=None),
                name="message_unread",
            ),
        ]


class Attachment(OfComplaint):
    """A photo, a recording or a document with a message. In the vault: `name`. The file is cleaned and sealed; see `wsr.files.sealed`.

    `is_for_worker`: she sees it, as she sees the message that it came with. `complainant`: of several, who sent it.
    """

    message = ProgramForeignKey(Message, related_name="attachments")
    file = ProgramForeignKey(SealedFile, related_name="+")
    complainant = ProgramForeignKey(Complainant, related_name="+", null=True)
    is_for_worker = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta(OfComplaint.Meta):
        ordering = ("at", "pk")
        constraints = [models.UniqueConstraint(fields=["program", "file"], name="attachment_once")]
