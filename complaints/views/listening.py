"""A question, read aloud. The bytes and nothing else: no name of a file, no cookie, nothing kept."""

import re
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse

from complaints.models import Recording
from complaints.views.worker import worker_page
from wsr.files.models import content_path
from wsr.tenancy import worker_scope
from wsr.tenancy.models import Program

_RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")


@worker_page
def listen(request: HttpRequest, program_slug: str, recording_id: UUID) -> HttpResponse:
    """One recording of a program, whole or the piece that a player asks for: some phones play nothing that they cannot ask for in pieces."""
    program = Program.objects.filter(slug=program_slug).first()
    if program is None:
        raise Http404("No such program.")
    with worker_scope(program.pk, uuid4()):
        found = Recording.objects.filter(pk=recording_id, ended_at=None).first()
    try:
        content = content_path(found.sha256).read_bytes() if found else b""
    except FileNotFoundError:
        content = b""
    if not content:
        raise Http404("No such recording.")
    response = _piece(request.headers.get("Range", ""), content)
    response["Content-Type"] = found.media_type
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _piece(wanted: str, content: bytes) -> HttpResponse:
    """Source: RFC 9110, 14.2. Several pieces at once, or what makes no sense, gets all of it."""
    found = _RANGE.fullmatch(wanted)
    first, last = (int(found[1]), int(found[2] or len(content) - 1)) if found else (0, len(content) - 1)
    last = min(last, len(content) - 1)
    if not found or first > last:
        return HttpResponse(content, headers={"Accept-Ranges": "bytes"})
    return HttpResponse(
        content[first : last + 1],
        status=206,
        headers={"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{last}/{len(content)}"},
    )
