"""The append-only record of every act, and the sealed tree above it.

An `Event` commits to a salted hash of its `Payload`; erasing the payload leaves the tree whole. `Leaf` and `Node` hold the RFC 9162 tree
of the program, `Head` its signed states.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from wsr.tenancy.models import ProgramModel, TransactionIdField, secret_of_field


class CurrentTransactionId(models.Func):
    """The id of the transaction that inserts the row."""

    function = "pg_current_xact_id"
    output_field = TransactionIdField()


class Event(ProgramModel):
    """One act: what, by whom, when, on what. Never changed, never deleted."""

    at = models.DateTimeField(_("when"))
    event = models.CharField(_("what"), max_length=80)
    actor_id = models.UUIDField(_("who"), null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True)
    commitment = models.BinaryField(max_length=32)
    transaction = TransactionIdField(db_default=CurrentTransactionId(), editable=False)

    class Meta(ProgramModel.Meta):
        constraints = [  # a tab separates the columns in the text that is hashed
            models.CheckConstraint(
                name="history_event_is_plain",
                condition=models.Q(event__regex=r"^[^[:cntrl:]]+$", subject_type__regex=r"^[^[:cntrl:]]*$"),
            ),
        ]
        indexes = [
            models.Index(fields=["transaction", "id"], name="history_event_unsealed"),
            models.Index(fields=["program", "at", "id"], name="history_event_when"),
            models.Index(
                fields=["program", "subject_type", "subject_id", "id"], name="history_event_subject"
            ),
        ]


class Held(ProgramModel):
    """An act that only a circle may know of. It becomes an `Event`, with its own time, when the circle is opened; never changed."""

    secret_of = secret_of_field()
    at = models.DateTimeField()
    event = models.CharField(max_length=80)
    actor_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True)
    body = models.TextField()

    class Meta(ProgramModel.Meta):
        indexes = [models.Index(fields=["program", "secret_of", "id"], name="history_held_of_circle")]


class Payload(ProgramModel):
    """What an event says, in words and values; its id is the event's. May be erased, never changed."""

    salt = models.BinaryField(max_length=16)
    body = models.TextField()

    class Meta(ProgramModel.Meta):
        pass


class Leaf(ProgramModel):
    """The place of an event in the program's tree, counted from 0; its id is the event's."""

    position = models.BigIntegerField()

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "position"], name="history_leaf_position")]


class Node(ProgramModel):
    """Hash of a complete subtree of the program's tree; level 0 holds the hashes of the leaves.

    Leaves do not repeat their hash, so an entry that was moved or exchanged differs from the hash at its position.
    """

    id = None  # type: ignore[assignment]
    pk = models.CompositePrimaryKey("program", "level", "position")
    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta(ProgramModel.Meta):
        pass


class Head(ProgramModel):
    """A signed state of the program's tree. `note` is the signed checkpoint; the columns repeat what it says."""

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    signed_at = models.DateTimeField()
    note = models.TextField()

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "size"], name="history_head_size")]


class Sealer(models.Model):
    """How far the sealer has come: every transaction below this id is finished and sealed.

    Transaction ids belong to one database cluster, known by PostgreSQL's system identifier.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    below = TransactionIdField()
    cluster = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="history_sealer_is_one", condition=models.Q(id=1))]
