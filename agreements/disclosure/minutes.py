"""What of the committee is public: approved minutes, by the program's rule `disclosure.minutes`, and nothing else of it.

`published` shows day, how many of each side were there, every item with what was said, and the decisions; `decisions` shows the decisions
alone; anything else shows nothing. Of an item that concerns a participant stands only what was written for the public; an item that is
left out is counted. Members, votes of single members, petitions and papers are never public. Withdrawn minutes show the reason in place
of the text.
"""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.enums import MinutesState, SeatSide
from agreements.models import AgendaItem, Minutes, Resolution
from agreements.queries.committee import MINUTES as RULE
from agreements.queries.committee import SHOWN, kept_quorum
from programs.disclosure import decisions
from programs.queries import rule_value, today
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Since
from wsr.registry.enums import Reason

MINUTES = "minutes"
KINDS = [
    PublicKind(
        MINUTES,
        "minutes",
        _("Minutes of the committee"),
        _("Minutes of the committee"),
        (
            Column("name", _("Meeting"), "Number of the meeting within its program."),
            Column("held_on", _("Held"), "ISO 8601 date."),
            Column(
                "minutes_version",
                _("Version"),
                "Rises with each correction; earlier versions stay on record.",
            ),
            Column(
                "present", _("Votes that were there"), "Side, votes that were there, all votes of the side."
            ),
            Column("items", _("What was said"), "Item by item: title, then what was said.", may_name=True),
            Column(
                "decisions",
                _("Decisions"),
                "Number, adopted or not, text, the day from which it holds, and by when somebody must act.",
                may_name=True,
            ),
            Column("left_out", _("Items left out"), "How many items are not told in public."),
            Column("corrected_on", _("Corrected"), "ISO 8601 date; empty where they stand as approved."),
            Column("correction", _("What was corrected"), "The program's words.", may_name=True),
            Column("withdrawn_on", _("Withdrawn"), "ISO 8601 date; empty while they stand."),
            Column("withdrawn_because", _("Why they were withdrawn"), "The program's reason.", may_name=True),
        ),
    )
]


def present(kind: str, *, on: date | None = None) -> QuerySet[Minutes]:
    """Approved minutes, withdrawn ones too, where the rule of a day shows them; today where none is named."""
    rows = Minutes.objects.filter(state__in=[MinutesState.APPROVED, MinutesState.WITHDRAWN])
    return rows if rule_value(RULE, on=on or today(timezone.now())) in SHOWN else rows.none()


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records as they are on a day; of these minutes only, if they are named."""
    rows = present(kind, on=as_of)
    rows = rows if only is None else rows.filter(pk__in=only)
    in_full = rule_value(RULE, on=as_of) == "published"
    items = AgendaItem.objects.order_by("position", "pk").prefetch_related(
        Prefetch("resolutions", Resolution.objects.order_by("serial"))
    )
    rows = rows.select_related("sitting").prefetch_related(Prefetch("sitting__items", items))
    for row in rows.order_by("sitting__starts_at", "pk"):
        yield _record(row, in_full=in_full)


def changed(kind: str, since: Since) -> set[UUID]:
    """Minutes that were written since, one of their items or decisions was, or all of them where the rule may have changed."""
    if decisions.changed(since, RULE):
        return set(Minutes.objects.values_list("pk", flat=True))
    items = since.changed_ids(AgendaItem.objects.all())
    items |= since.changed_ids(Resolution.objects.all(), "item_id")
    of_items = Minutes.objects.filter(sitting__items__in=items).values_list("pk", flat=True)
    return since.changed_ids(Minutes.objects.all()) | set(of_items)


def _record(minutes: Minutes, *, in_full: bool) -> PublicRecord:
    sitting, stands = minutes.sitting, minutes.withdrawn_at is None
    withheld: dict[str, str] = {}
    said, decisions, left_out = _said(sitting.items.all())
    if not in_full:
        withheld["items"] = Reason.NOT_PUBLIC.value
    quorum = kept_quorum(sitting)
    there = [
        f"{SeatSide(side).value}: {came} of {every}"
        for side, (came, every) in (quorum.sides if quorum else {}).items()
    ]
    held_on = today(sitting.starts_at)
    content = {
        "name": sitting.number,
        "held_on": held_on.isoformat(),
        "minutes_version": minutes.version,
        "present": there,
        "items": said if in_full and stands else [],
        "decisions": decisions if stands else [],
        "left_out": left_out if in_full and stands else None,
        "corrected_on": _day(minutes.corrected_at),
        "correction": minutes.correction,
        "withdrawn_on": _day(minutes.withdrawn_at),
        "withdrawn_because": minutes.withdrawn_because,
    }
    return PublicRecord(MINUTES, minutes.pk, content, withheld, held_on)


def _said(items: QuerySet[AgendaItem]) -> tuple[list[str], list[str], int]:
    """What the public reads of the items and of the decisions, and how many items it reads nothing of."""
    said, decisions, left_out = [], [], 0
    for item in items:
        concerns = item.participation_id is not None
        text = item.public_text or ("" if concerns else item.discussion)
        if item.is_withheld or (concerns and not item.public_text):
            left_out += 1
        else:
            title = item.get_kind_display() if concerns else item.title
            said.append(f"{item.position}. {title}" + (f": {text}" if text else ""))
        for made in item.resolutions.all():
            words = made.public_text or ("" if concerns or item.is_withheld else made.text)
            if words:
                decisions.append(_decision(made, words))
    return said, decisions, left_out


def _decision(made: Resolution, words: str) -> str:
    """ "D-3, adopted, effective 2026-03-02: …" and by when somebody must act."""
    result = "adopted" if made.is_adopted else "not adopted"
    due = f" (to be carried out by {made.due_on.isoformat()})" if made.due_on and made.is_adopted else ""
    return f"{made.number}, {result}, effective {made.effective_on.isoformat()}: {words}{due}"


def _day(moment: datetime | None) -> str:
    return today(moment).isoformat() if moment else ""
