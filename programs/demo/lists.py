"""What the demo's director keeps of lists: a pinned view, and a report that is sent to her."""

from datetime import datetime

from wsr.accounts.models import Person
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program
from wsr.ui.lists import standing_now
from wsr.ui.models import Every, Format
from wsr.ui.operations import rename_view, save_view, scheduling

VIEWS = (
    ("Overdue education", "education_dues", "programs:education", "when=late"),
    ("Shown without an address", "workplaces", "programs:workplaces", "precision=county"),
)


def keep(program: Program, *, by: Person, at: datetime) -> None:
    """Keep the views, the first one pinned and sent every month. Outside any scope."""
    with program_scope(program.pk, person_id=by.pk):
        said = {"shared": True, "by": by, "at": at}
        first, *_rest = [
            save_view(name=name, table=table, page=page, slug=program.slug, query=query, **said)
            for name, table, page, query in VIEWS
        ]
        rename_view(view_id=first.pk, name=first.name, is_pinned=True, **said)
        scheduling.start(
            view_id=first.pk,
            every=Every.MONTH,
            file_format=Format.XLSX,
            by=by,
            standing=standing_now(by),
            at=at,
        )
