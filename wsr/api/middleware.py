"""The API knows tokens and nothing else: no cookie, no session, no cache, whatever a browser sends along."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

type Respond = Callable[[HttpRequest], HttpResponse]


class ApiRequests:
    """First of all: takes cookies off requests to /api/, gives each an id, and lets nobody keep or frame the answer."""

    def __init__(self, get_response: Respond) -> None:
        """Django's middleware protocol."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages of the documentation under /api/ are served alike: they need no cookie either."""
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.request_id = str(uuid.uuid4())
        response = self.get_response(request)
        response.cookies.clear()
        response["X-Request-ID"] = request.request_id
        response.setdefault("Cache-Control", "no-store")
        return response
