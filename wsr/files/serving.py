"""Handing out stored files: as downloads, never shown as pages of this site."""

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from wsr.files.models import PersonalFile, StoredFile


def as_download(file: StoredFile | PersonalFile) -> FileResponse:
    """The file under its own name. The caller has checked who asks. Raises Http404 where its content is gone."""
    try:
        content = file.path.open("rb")
    except FileNotFoundError:
        raise Http404("The content of this file is not there.") from None
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.media_type)
    return harmless(response)


def harmless[R: HttpResponseBase](response: R) -> R:
    """With the headers that let no browser show it, keep it, or hand it to another site."""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
