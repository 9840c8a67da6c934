"""News of a program: draft, publish, correct, withdraw with a reason. The public reads it with the next publication of the registry."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from programs.enums import NewsState
from programs.models import NewsItem
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic

_SAID = ("title", "dated_on", "kind", "language", "text")


class CannotChange(DomainError):
    """The item is not in a state that allows it."""


@atomic
def write(
    *,
    title: str,
    dated_on: date,
    kind: str,
    language: str,
    text: str,
    by: Person,
    at: datetime,
    news_id: UUID | None = None,
) -> NewsItem:
    """Write a draft, or change what is not withdrawn. What was published already is corrected in public, as a new version.

    Raises NewsItem.DoesNotExist and CannotChange.
    """
    item = _locked(news_id) if news_id else NewsItem()
    if item.state == NewsState.WITHDRAWN:
        raise CannotChange(_("What is withdrawn stays as it is. Write a new item."))
    said = {"title": title, "dated_on": dated_on, "kind": kind, "language": language, "text": text}
    before = {name: getattr(item, name) for name in _SAID if news_id and getattr(item, name) != said[name]}
    for name, value in said.items():
        setattr(item, name, value)
    item.changed_at = at
    item.save()
    after = {name: said[name] for name in (before if news_id else _SAID)}
    record("news.changed" if news_id else "news.written", item, by=by, at=at, before=before, after=after)
    return item


@atomic
def publish(*, news_id: UUID, by: Person, at: datetime) -> NewsItem:
    """Let the next publication tell it. Raises NewsItem.DoesNotExist and CannotChange."""
    item = _locked(news_id)
    _move(item, NewsState.PUBLISHED)
    item.published_at = at
    item.save(update_fields=["state", "published_at"])
    record("news.published", item, by=by, at=at)
    return item


@atomic
def withdraw(*, news_id: UUID, reason: str, by: Person, at: datetime) -> NewsItem:
    """Take it back: the text goes with the next publication, title, day and reason stay. Raises NewsItem.DoesNotExist and CannotChange."""
    item = _locked(news_id)
    _move(item, NewsState.WITHDRAWN)
    item.withdrawn_at, item.reason = at, reason
    item.save(update_fields=["state", "withdrawn_at", "reason"])
    record("news.withdrawn", item, by=by, at=at, reason=reason)
    return item


@atomic
def discard(*, news_id: UUID, by: Person, at: datetime) -> None:
    """Delete a draft. Raises NewsItem.DoesNotExist and CannotChange."""
    item = _locked(news_id)
    if item.state != NewsState.DRAFT:
        raise CannotChange(_("Only a draft can be deleted. Withdraw the item with a reason instead."))
    record("news.discarded", item, by=by, at=at, before={"title": item.title})
    item.delete()


def _locked(news_id: UUID) -> NewsItem:
    return NewsItem.objects.select_for_update(of=("self",)).get(pk=news_id)


def _move(item: NewsItem, to: NewsState) -> None:
    if not item.may_become(to):
        raise CannotChange(
            _("This item is “%(state)s” by now. Load the page again to see how it stands.")
            % {"state": item.get_state_display()}
        )
    item.state = to
