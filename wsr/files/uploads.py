"""Refusing what is too large while it arrives, before it fills disk or memory."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest


class SizeLimit(FileUploadHandler):
    """First upload handler: drops a file at the byte that passes the limit and notes it on the request."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Start counting."""
        super().new_file(*args, **kwargs)
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on, or drop the rest of the file."""
        self._size += len(raw_data)
        if self._size > settings.MAX_UPLOAD_BYTES:
            self.request.wsr_file_too_large = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler makes the file."""


def was_too_large(request: HttpRequest) -> bool:
    """True when a file of this request was dropped."""
    request.FILES  # noqa: B018 -- reading it is what parses the body
    return getattr(request, "wsr_file_too_large", False)
