"""Debian's nginx over a published folder, with our production configuration, answers byte for byte what Django answers."""

import contextlib
import gzip
import os
import shutil
import socket
import ssl
import subprocess
import urllib.error
import urllib.request

import pytest

from tests.celery_worker import wait_for
from tests.conftest import ROOT
from tests.setup.test_nginx import write_certificate
from wsr import machine

TRUST = ssl._create_unverified_context()


@pytest.fixture
def behind(tmp_path):
    """The server behind nginx: nobody, unless a test names one."""
    return f"unix:{tmp_path}/nobody.sock"


@pytest.fixture
def nginx(office, settings, tmp_path, behind):
    """nginx over what the office published."""
    office.publish()
    write_certificate(tmp_path / "certificates")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = (ROOT / ".docker" / "nginx.conf").read_text()
    for production, here in {
        "/etc/nginx/certificates": f"{tmp_path}/certificates",
        "/etc/nginx/safe_headers.conf": str(ROOT / ".docker" / "safe_headers.conf"),
        "/srv": str(tmp_path),
        "/tmp/nginx.pid": f"{tmp_path}/nginx.pid",
        "server web:8000": f"server {behind}",
        "listen 80 default_server": f"listen unix:{tmp_path}/http.sock",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
    }.items():
        assert production in text
        text = text.replace(production, here)
    (tmp_path / "nginx.conf").write_text(
        ("user root;\n" if os.geteuid() == 0 else "") + f"daemon off;\n{text}"
    )
    program = shutil.which("nginx", path=machine.full_path())
    process = subprocess.Popen([program, "-c", f"{tmp_path}/nginx.conf", "-p", str(tmp_path), "-e", f"{tmp_path}/error.log"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    wait_for(lambda: (tmp_path / "http.sock").exists() and process.poll() is None, what="nginx")
    yield f"https://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def get(url, **headers):
    with contextlib.closing(
        urllib.request.urlopen(urllib.request.Request(url, headers=headers), context=TRUST)
    ) as answer:
        return answer.read(), answer.headers


def test_pages_records_and_files_are_the_same_bytes(client, office, nginx):
    slug = office.program.slug
    public_id = office.listing(office.exact).public_id
    files = [
        path.relative_to(office.public).as_posix()
        for path in office.public.rglob("*", recurse_symlinks=True)
        if path.is_file() and not path.name.endswith(".html.gz")
    ]
    pages = [
        f"/registry/{slug}/",
        f"/registry/{slug}/verify/",
        f"/registry/{slug}/publications/1/",
        f"/registry/{slug}/{public_id}/",
    ]

    for address in [
        *pages,
        f"/registry/{slug}/{public_id}.json",
        f"/registry/{slug}/registry.zip",
        *(f"/registry/{slug}/{name}" for name in files),
    ]:
        body, headers = get(nginx + address)
        response = client.get(address)
        by_django = b"".join(response.streaming_content) if response.streaming else response.content
        assert (address, body) == (address, by_django)
        assert "public" in headers["Cache-Control"]
    for address in pages:
        packed, headers = get(nginx + address, **{"Accept-Encoding": "gzip"})
        assert (gzip.decompress(packed), headers["Content-Encoding"]) == (client.get(address).content, "gzip")
        assert headers["Content-Type"].startswith("text/html")


def test_the_next_publication_is_served_at_once(office, nginx):
    from programs.models import Workplace
    from wsr.tenancy import program_scope

    address = f"{nginx}/registry/{office.program.slug}/{office.listing(office.exact).public_id}/"
    assert b"Asrotex Unit 1" in get(address)[0]
    with program_scope(office.program.pk):
        Workplace.objects.filter(pk=office.exact.pk).update(name="Asrotex Unit One")
    office.publish()

    assert b"Asrotex Unit One" in get(address)[0]


def test_questions_and_what_is_not_published_are_for_django(office, nginx):
    for path in ("?lang=es", "7K3M9QXB5T/", "history/99"):
        with pytest.raises(urllib.error.HTTPError, match="502"):
            get(f"{nginx}/registry/{office.program.slug}/{path}")


class TestWithDjango:
    """What is no file goes to Django, and what Django says of keeping it arrives."""

    @pytest.fixture
    def behind(self, live_server):
        return live_server.url.removeprefix("http://")

    def test_dynamic_pages_pass_through_and_files_do_not(self, nginx, office, settings):
        settings.ALLOWED_HOSTS = ["*"]
        base = f"/registry/{office.program.slug}"
        record = f"{base}/{office.listing(office.exact).public_id}/"
        passing = [
            "/registry/?q=asrotex", "/registry/map/", "/registry/map/cells/?area=0.0.0.16.8", "/registry/verify/", f"{record}profile/",
            f"{record}?lang=ur", f"{base}/figures/", f"{base}/changes/", f"{base}/on/?on=2026-03-04", f"{base}/reports/", "/principles/", "/news/",
        ]  # fmt: skip
        for address in passing:
            body, headers = get(nginx + address)
            assert [set(said.split(", ")) for said in headers.get_all("Cache-Control")] == [
                {"public", "max-age=60"}
            ], address
            assert (address, body != b"", headers["Server"]) == (address, True, "nginx")
            assert "Set-Cookie" not in headers
            assert len(headers.get_all("Content-Security-Policy")) == 1
        assert b'<html lang="ur" dir="rtl"' in get(f"{nginx}{record}?lang=ur")[0]
        for address in ("/registry/check-list/", "/registry/verify-document/", "/endorse/"):
            assert get(nginx + address)[1]["Cache-Control"] == "no-store"
        _body, headers = get(nginx + record)
        assert headers["Content-Language"] is None  # Django would have said it: this came from the folder
