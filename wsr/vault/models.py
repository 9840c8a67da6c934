"""Wrapped keys, and what is sealed under them.

root key (outside the database) → key of the program → key of the case → sealed texts. A case here is any closed matter: its id is that of
its circle (`wsr.tenancy.circles`). No table says in clear what a case is about, and nothing here has a `__str__` that tells.
"""

from uuid import UUID

from django.db import models
from django.db.models import Q

from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class ProgramKey(ProgramModel):
    """A key of the program, wrapped by a root key. The newest one wraps the keys of cases; a retired one is gone."""

    number = models.PositiveIntegerField()
    root_key_id = models.CharField(max_length=16)
    wrapped = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="vault_programkey_number"),
            models.CheckConstraint(
                name="vault_programkey_gone_when_retired",
                condition=Q(wrapped=None, retired_at__isnull=False)
                | Q(wrapped__isnull=False, retired_at=None),
            ),
        ]


class CaseKey(ProgramModel):
    """The key of one case, wrapped by a key of the program; its id is the case's. Destroyed is destroyed: a trigger keeps it so."""

    id = models.UUIDField(primary_key=True, editable=False)
    program_key = ProgramForeignKey(ProgramKey, related_name="+")
    wrapped = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="vault_casekey_gone_when_destroyed",
                condition=Q(wrapped=None, destroyed_at__isnull=False)
                | Q(wrapped__isnull=False, destroyed_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["program", "program_key", "id"],
                name="vault_casekey_to_wrap",
                condition=Q(destroyed_at=None),
            ),
        ]


EVERY_WORKER, NO_WORKER = UUID(int=0), UUID(int=1)  # in place of a worker's id in `Sealed.reader`


class Sealed(ProgramModel):
    """What is secret in one column of one row, in its envelope. Written only when the text changes."""

    case = ProgramForeignKey(CaseKey, related_name="+", db_index=False)
    table_name = models.CharField(max_length=63)
    column_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    ciphertext = models.BinaryField(editable=False)
    updated_at = models.DateTimeField()
    reader = models.UUIDField(
        db_default=EVERY_WORKER, help_text="Which worker of the case reads it; its circle reads all."
    )

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "case", "row_id", "table_name", "column_name"], name="vault_sealed_place"
            ),
        ]


class BlindIndex(ProgramModel):
    """By what a case can be found again: a keyed digest of a phone number or a name, never the thing itself."""

    case = ProgramForeignKey(CaseKey, related_name="+")
    kind = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=32, editable=False)
    pepper = models.CharField(max_length=16, db_default="", help_text="Id of the pepper that keyed it.")

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "kind", "digest", "case"], name="vault_blindindex_once"
            ),
        ]
