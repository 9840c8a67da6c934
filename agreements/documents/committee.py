"""The meeting pack and the minutes as PDF, each for one reader: with the items that she may see, and nothing kept.

Made from the items of exactly this meeting as they were frozen from the records; nothing here reads a complaint.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from agreements.models import AgendaItem, Minutes, Seat, Sitting
from agreements.queries import committee as queries
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program
from wsr.ui.pdf import render


def pack(sitting: Sitting, items: Iterable[AgendaItem], *, reader: Seat | None, at: datetime) -> bytes:
    """Agenda, members and every item with its papers listed. `reader`: whose copy it is; None for the program's own. PDF/UA."""
    listed = list(items)
    return _document(
        "pack",
        sitting,
        reader,
        at,
        items=listed,
        left_out=queries.left_out(listed),
        attendances=queries.invited(sitting) if queries.is_staff() else [],
        benches=queries.benches(on=queries.today(sitting.starts_at)),
    )


def minutes(minutes: Minutes, items: Iterable[AgendaItem], *, reader: Seat | None, at: datetime) -> bytes:
    """What was said and decided, item by item, with who was there and how the sides voted. PDF/UA."""
    sitting, listed = minutes.sitting, list(items)
    quorum = queries.kept_quorum(sitting)
    return _document(
        "minutes",
        sitting,
        reader,
        at,
        minutes=minutes,
        items=[
            (item, [(made, queries.tally_lines(made.votes)) for made in item.resolutions.all()])
            for item in listed
        ],
        left_out=queries.left_out(listed),
        attendances=queries.invited(sitting) if queries.is_staff() else [],
        quorum=quorum.lines if quorum else [],
    )


def _document(name: str, sitting: Sitting, reader: Seat | None, at: datetime, **context: Any) -> bytes:
    program = Program.objects.get(pk=current_program_id())
    known = program.language in dict(settings.LANGUAGES)
    language = program.language if known else settings.LANGUAGE_CODE
    said = {
        "program": program,
        "sitting": sitting,
        "reader": reader,
        "language": language,
        "direction": "rtl" if translation.get_language_info(language)["bidi"] else "ltr",
        "created": at.isoformat(timespec="seconds"),
    }
    with translation.override(language), timezone.override(program.time_zone):
        return render(render_to_string(f"agreements/committee/{name}_document.html", said | context))
