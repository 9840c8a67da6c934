"""The program in numbers: how many take part, where only that is public."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.disclosure import decisions
from programs.models import Participation, Workplace
from programs.queries import today
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Since
from wsr.registry.enums import Reason
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

KINDS = [
    PublicKind(
        "summary",
        "summaries",
        _("Program in numbers"),
        _("Programs in numbers"),
        (
            Column("name", _("Name"), "The program."),
            Column("supplier_count", _("Number of suppliers"), "Suppliers that take part."),
            Column("workplace_count", _("Number of workplaces"), "Their workplaces that are open."),
            Column("brand_count", _("Number of brands"), "Brands that take part."),
        ),
    ),
]


def present(kind: str) -> QuerySet[Program]:
    """The program itself, where it publishes a number instead of names."""
    decided = decisions.in_force(today(timezone.now()))
    counted = "count" in {decided.get("supplier_names"), decided.get("brand_names")}
    return _own() if counted else Program.objects.none()


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: name} of the program."""
    return dict(_own().filter(pk__in=only).values_list("pk", "name"))


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """Its one record."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    yield from (_summary(program, decisions.in_force(as_of)) for program in rows)


def changed(kind: str, since: Since) -> set[UUID]:
    """The one there is: comparing it costs less than asking whether a number changed."""
    return set(present(kind).values_list("pk", flat=True))


def _own() -> QuerySet[Program]:
    return Program.objects.filter(pk=current_program_id())


def _summary(program: Program, decided: dict[str, Any]) -> PublicRecord:
    """How many take part, as far as the program makes it public."""
    counts = {
        "supplier_count": ("supplier_names", Participation.objects.suppliers().present()),
        "workplace_count": ("supplier_names", Workplace.objects.open()),
        "brand_count": ("brand_names", Participation.objects.brands().present()),
    }
    content: dict[str, Any] = {"name": program.name}
    withheld = {}
    for name, (rule, rows) in counts.items():
        is_public = decided.get(rule) in {"published", "count"}
        content[name] = rows.count() if is_public else None
        if not is_public:
            withheld[name] = Reason.NOT_PUBLIC.value
    return PublicRecord("summary", program.pk, content, withheld)
