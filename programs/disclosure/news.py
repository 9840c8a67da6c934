"""News items that the program has published: title, day, kind, language and text; of a withdrawn one the reason instead of the text.

Drafts are never public. Earlier versions stay in the log, as those of every record; a redaction takes them out.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from programs.enums import NewsKind, NewsState
from programs.models import NewsItem
from programs.queries import today
from programs.statement import OWN_NAMES
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Since

NEWS = "news_item"
KINDS = [
    PublicKind(
        NEWS,
        "news",
        _("News"),
        _("News"),
        (
            Column("name", _("Title"), "Title of the item, in its own language."),
            Column("dated_on", _("Date"), "ISO 8601 date."),
            Column(
                "news_kind",
                _("What it is about"),
                "announcement, agreement, enforcement, education, report or event.",
                words=dict(NewsKind.choices),
            ),
            Column("language", _("Language"), "Language tag of title and text.", words=OWN_NAMES),
            Column("text", _("Text"), "Plain paragraphs, parted by empty lines.", may_name=True),
            Column("withdrawn_on", _("Withdrawn"), "ISO 8601 date; empty while it stands."),
            Column("withdrawn_because", _("Why it was withdrawn"), "The program's reason.", may_name=True),
        ),
    )
]


def present(kind: str) -> QuerySet[NewsItem]:
    """Everything that was published, withdrawn or not."""
    return NewsItem.objects.exclude(state=NewsState.DRAFT)


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: title}."""
    return dict(NewsItem.objects.filter(pk__in=only).values_list("pk", "title"))


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records; of these items only, if they are named."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    for item in rows.order_by("dated_on", "pk").iterator(chunk_size=500):
        yield _record(item)


def changed(kind: str, since: Since) -> set[UUID]:
    """Items written since."""
    return since.changed_ids(NewsItem.objects.all())


def _record(item: NewsItem) -> PublicRecord:
    content = {
        "name": item.title,
        "dated_on": item.dated_on.isoformat(),
        "news_kind": item.kind,
        "language": item.language,
        "text": "" if item.withdrawn_at else item.text,
        "withdrawn_on": today(item.withdrawn_at).isoformat() if item.withdrawn_at else "",
        "withdrawn_because": item.reason,
    }
    return PublicRecord(NEWS, item.pk, content, {}, item.dated_on)
