"""The program, and the base of everything that belongs to one."""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import UUID7, Now
from django.utils.translation import gettext_lazy as _

from wsr.tenancy.scope import NoActiveProgram, current_scope


class TransactionIdField(models.BigIntegerField):
    """PostgreSQL's 64-bit transaction id (`xid8`)."""

    def db_type(self, connection: Any) -> str:
        """Column type."""
        return "xid8"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """A number as text: there is no cast from numbers."""
        return str(value) if isinstance(value, int) else value

    def from_db_value(self, value: Any, expression: object, connection: object) -> int | None:
        """The driver hands it over as text."""
        return None if value is None else int(value)


class Program(models.Model):
    """The tenant: one program of one or more worker organizations. Its name and address are public from the start."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    slug = models.SlugField(
        _("short name"),
        max_length=50,
        unique=True,
        help_text=_("Part of every address of this program. Small letters, digits and hyphens."),
        validators=[
            RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use small letters, digits and single hyphens."))
        ],
    )
    name = models.CharField(_("name"), max_length=200)
    blueprint = models.CharField(_("started from"), max_length=50, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    created_at = models.DateTimeField(_("created"))

    def __str__(self) -> str:
        return self.name


class ProgramManager(models.Manager):
    """Filters on the row's own `program_id`; outside a scope every query raises."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Rows of the active program; of every program only for the engine and the public, as their policies allow."""
        scope = current_scope()
        if scope is None:
            raise NoActiveProgram(f"{self.model.__name__} queried outside program_scope()")
        rows = super().get_queryset()
        return rows if scope.program_id is None else rows.filter(program_id=scope.program_id)


class ProgramForeignKey(models.ForeignKey):
    """A foreign key between two tables of the same program.

    The single-column constraint would accept a row of another program, so the database gets a composite one
    `(program_id, x_id)` from `wsr.tenancy.catalog` instead.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        """`on_delete` defaults to PROTECT: what the program recorded does not vanish with something else."""
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class ProgramModel(models.Model):
    """Base of every table with program data. Inherit its Meta too."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", editable=False)

    objects: ClassVar[Any] = ProgramManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fill in the program of the active scope on a new row; the database refuses any other."""
        if self.program_id is None:
            scope = current_scope()
            if scope is None or scope.program_id is None:
                raise NoActiveProgram(f"{type(self).__name__} saved outside program_scope()")
            self.program_id = scope.program_id
        super().save(*args, **kwargs)

    @classmethod
    def manager_from(cls, queryset_class: type[models.QuerySet[Self]]) -> Any:
        """A ProgramManager with the methods of a QuerySet class."""
        return ProgramManager.from_queryset(queryset_class)()


OPEN = UUID(int=0)  # `secret_of` of what everyone in the program's staff may see


class Circle(ProgramModel):
    """A closed group of people inside a program, for what others must not even know of. Its id is that of the matter itself.

    Rows of a circle carry `secret_of`, the circle's id, until it is opened; then OPEN. Nobody reads or writes this table but the
    functions of `wsr.tenancy.circles`.
    """

    is_open = models.BooleanField(default=False, db_default=False)


class CircleMember(ProgramModel):
    """A person in a circle. Without a foreign key: people belong to no program."""

    circle = ProgramForeignKey(Circle, on_delete=models.CASCADE, related_name="+")
    person_id = models.UUIDField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "circle", "person_id"], name="circle_member_once")
        ]
        # all that a person's circles take: every statement about a case asks for them
        indexes = [models.Index(fields=["program", "person_id", "circle"], name="circles_of_person")]


class CircleLeaving(ProgramModel):
    """Somebody was taken out of a circle: told to her devices, so that they drop what they hold. Written by a trigger."""

    circle_id = models.UUIDField()
    person_id = models.UUIDField()

    class Meta(ProgramModel.Meta):
        indexes = [models.Index(fields=["program", "person_id"], name="circles_left_by_person")]


class Touched(models.Model):
    """A transaction wrote to a table of a program; written by triggers alone (`wsr.tenancy.touching`). `program_id`: OPEN for all of them.

    Without a foreign key: it is written in every transaction that writes.
    """

    id = models.BigAutoField(primary_key=True)
    program_id = models.UUIDField()
    relation = models.CharField(max_length=63)
    xid = TransactionIdField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["program_id", "relation", "xid"], name="touched_of_program")]

    def __str__(self) -> str:
        return f"{self.relation} in {self.xid}"


def secret_of_field() -> models.UUIDField:
    """The column of a row that may be secret: its circle, or OPEN."""
    return models.UUIDField(default=OPEN, db_default=OPEN, editable=False)
