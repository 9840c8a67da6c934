"""A file far above the limit is refused in a sentence while it arrives; memory does not grow with it."""

import tracemalloc

from django.test import Client
from django.test.client import FakePayload

from tests import factories
from wsr.imports.models import Batch
from wsr.tenancy import program_scope

MEGABYTE = 1 << 20
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="huge.csv"\r\nContent-Type: text/csv\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
LENGTH = len(HEAD) + 200 * MEGABYTE + len(TAIL)


class Stream(FakePayload):
    """The body of an upload, made while it is read."""

    def __init__(self):
        super().__init__()
        self.left, self.parts = 200 * MEGABYTE, [HEAD]
        self.line = b"Delta Knitwear,12 Mill Road,Savar,BD\n" * 1_000

    def read(self, size=-1):
        wanted = 64 * 1024 if size is None or size < 0 else size
        if self.parts:
            return self.parts.pop()
        if not self.left:
            return b""
        part = self.line[: min(wanted, self.left)]
        self.left -= len(part)
        if not self.left:
            self.parts = [TAIL]
        return part


def test_two_hundred_megabytes_are_refused_in_flat_memory(client: Client, program, director, settings):
    factories.sign_in(client, director)
    client.get("/p/garment/imports/upload/")
    tracemalloc.start()
    try:
        answer = client.generic(
            "POST", "/p/garment/imports/upload/",
            **{"wsgi.input": Stream(), "CONTENT_LENGTH": str(LENGTH), "CONTENT_TYPE": "multipart/form-data; boundary=x"},
        )  # fmt: skip
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert answer.status_code == 413
    assert "The file is larger than 50 MB." in answer.content.decode()
    assert peak < 30 * MEGABYTE
    assert not list(settings.FILES_DIR.rglob("*.csv"))
    with program_scope(program.pk):
        assert not Batch.objects.exists()
