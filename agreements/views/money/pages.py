"""What the pages of money share."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from programs.views.answering import answer
from wsr.ui.tables import Table

type Action = tuple[Any, str, str]  # label, address, tone


def address(request: HttpRequest, name: str, *ids: object) -> str:
    """The address of a page of money in this program."""
    return reverse(f"agreements:{name}", args=[request.program.slug, *ids])


def listed(table: Table, title: Any, lede: Any = "", actions: Sequence[Action] = ()) -> HttpResponseBase:
    """A page with one list."""
    return table.response("agreements/money/list.html", {"title": title, "lede": lede, "buttons": actions})


def asked(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: Any,
    done: Any,
    goes_to: str | Callable[[Any], str],
    back_url: str,
    lede: Any = "",
    button: Any = "",
    tone: str = "primary",
    **context: Any,
) -> HttpResponse:
    """A page with one form."""
    return answer(
        request,
        form,
        act,
        done=done,
        goes_to=goes_to if callable(goes_to) else lambda _made: goes_to,
        template="agreements/money/form.html",
        title=title,
        lede=lede,
        back_url=back_url,
        button=button,
        tone=tone,
        has_file=form.is_multipart(),
        **context,
    )
