"""Writing news of the program."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs.enums import NewsState
from programs.forms.news import NewsForm, WithdrawNewsForm
from programs.models import NewsItem
from programs.operations import news as operations
from programs.queries import today
from programs.statement import OWN_NAMES
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.ui.keyset import Keyset

SIZE = 50


@requires(Permission.PUBLICATION_READ)
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """All items, drafts too, the newest day first."""
    page = Keyset("-dated_on").page(
        NewsItem.objects.all(),
        size=SIZE,
        after=request.GET.get("after", "")[:500],
        before=request.GET.get("before", "")[:500],
    )
    context = {"page": page, "may_change": Permission.NEWS_CHANGE in request.permissions}
    return render(request, "programs/news.html", context)


@requires(Permission.PUBLICATION_READ)
@require_GET
def item(request: HttpRequest, news_id: UUID) -> HttpResponse:
    """One item as the public will read it, and what can be done with it."""
    found = get_object_or_404(NewsItem, pk=news_id)
    context = {
        "item": found,
        "language": OWN_NAMES.get(found.language, found.language),
        "may_change": Permission.NEWS_CHANGE in request.permissions,
        "is_draft": found.state == NewsState.DRAFT,
        "is_published": found.state == NewsState.PUBLISHED,
    }
    return render(request, "programs/news_item.html", context)


@requires(Permission.NEWS_CHANGE)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, news_id: UUID | None = None) -> HttpResponse:
    """Write an item, or change one."""
    found = get_object_or_404(NewsItem, pk=news_id) if news_id else None
    names = ("title", "dated_on", "kind", "language", "text")
    initial = (
        {name: getattr(found, name) for name in names}
        if found
        else {"dated_on": today(timezone.now()), "language": "en"}
    )
    slug = request.program.slug
    back = (
        reverse("programs:news_item", args=[slug, news_id])
        if news_id
        else reverse("programs:news", args=[slug])
    )
    return answer(
        request,
        bound(NewsForm, request, initial=initial),
        lambda data: operations.write(news_id=news_id, by=request.user, at=timezone.now(), **data),
        done=_("Saved. A draft is seen by nobody outside."),
        goes_to=lambda made: reverse("programs:news_item", args=[slug, made.pk]),
        title=_("News item"),
        back_url=back,
    )


@requires(Permission.NEWS_CHANGE)
@require_POST
def publish(request: HttpRequest, news_id: UUID) -> HttpResponse:
    """Let the next publication tell it."""
    get_object_or_404(NewsItem, pk=news_id)
    try:
        operations.publish(news_id=news_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It goes out with the next publication of the registry."))
    return redirect("programs:news_item", request.program.slug, news_id)


@requires(Permission.NEWS_CHANGE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, news_id: UUID) -> HttpResponse:
    """Take it back, with a reason."""
    get_object_or_404(NewsItem, pk=news_id)
    page = reverse("programs:news_item", args=[request.program.slug, news_id])
    return answer(
        request,
        bound(WithdrawNewsForm, request),
        lambda data: operations.withdraw(news_id=news_id, by=request.user, at=timezone.now(), **data),
        done=_("Withdrawn. The next publication shows the reason in place of the text."),
        goes_to=lambda made: page,
        title=_("Withdraw a news item"),
        back_url=page,
    )


@requires(Permission.NEWS_CHANGE)
@require_POST
def discard(request: HttpRequest, news_id: UUID) -> HttpResponse:
    """Delete a draft."""
    get_object_or_404(NewsItem, pk=news_id)
    try:
        operations.discard(news_id=news_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("programs:news_item", request.program.slug, news_id)
    messages.success(request, _("The draft is deleted."))
    return redirect("programs:news", request.program.slug)
