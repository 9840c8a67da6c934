"""Handing out stored files: as downloads, never shown as pages of this site."""

from django.http import FileResponse

from wsr.files.models import StoredFile


def as_download(file: StoredFile) -> FileResponse:
    """The file under its own name."""
    response = FileResponse(
        file.path.open("rb"), as_attachment=True, filename=file.name, content_type=file.media_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
