"""Refusing what is too large while it arrives, before it fills disk or memory."""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect


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


class InMemory(FileUploadHandler):
    """The only upload handler where files must never lie on a disk, not even for a moment: all of a request fit into SEALED_FILE_BYTES."""

    _sum = 0

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._pieces: list[bytes] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the chunk, or drop the file at the byte that passes the limit."""
        self._sum += len(raw_data)
        if self._sum > settings.SEALED_FILE_BYTES:
            self._pieces = []
            self.request.wsr_file_too_large = True
            raise SkipFile
        self._pieces.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file."""
        content = io.BytesIO(b"".join(self._pieces))
        return InMemoryUploadedFile(
            content,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )


def take_in_memory(request: HttpRequest) -> None:
    """From here on the files of this request stay in memory. Raises AttributeError where somebody has read it already."""
    request.upload_handlers = [InMemory(request)]


def in_memory(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of staff whose uploads stay in memory. The check of the token reads the form, so it comes after the choice of the handler."""
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take_in_memory(request)
        return checked(request, *args, **kwargs)

    return through
