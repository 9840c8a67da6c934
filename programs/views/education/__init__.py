"""The pages of education. Hours are those of the program, wherever the reader is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

type View = Callable[..., HttpResponseBase]


def in_program_time(view: View) -> View:
    """Show and read hours in the program's time zone. Below the door, which says which program it is."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(request.program.time_zone):  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

    return page
