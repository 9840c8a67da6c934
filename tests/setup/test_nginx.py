"""The nginx of production, for real: our configuration file with only the paths and ports of this machine."""

import datetime as dt
import gzip
import os
import shutil
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from tests.celery_worker import wait_for
from wsr import machine
from wsr.registry.ids import shard

from .conftest import ROOT

PUBLIC_ID = "DABKQRC7Q2"
PAGE = b"<!doctype html><title>A factory</title>"
TRUST = ssl._create_unverified_context()


def write_certificate(folder):
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def publish(folder):
    """One snapshot as the registry writes it: pages compressed only, everything else plain."""
    public = folder / "garment" / "snapshots" / "1" / "public"
    record = f"r/{shard(PUBLIC_ID)}/{PUBLIC_ID}"
    for path in (record, f"../pages/{PUBLIC_ID}", "index", "publications/1/index"):
        file = public / f"{path}.html.gz"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(PAGE, mtime=0))
    (public / "checkpoint").write_text("head\n")
    (folder / "garment" / "current").symlink_to("snapshots/1")


class Behind(BaseHTTPRequestHandler):
    """Stands where Django stands and says what it was asked."""

    def do_GET(self):
        self.send_response(203)
        self.end_headers()
        self.wfile.write(f"{self.path} {self.headers['X-Forwarded-Proto']}".encode())

    def log_message(self, *args):
        """Tests are quiet."""


@pytest.fixture
def behind():
    """Port of the stand-in."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def nginx(place, free_port, behind):
    """nginx with our configuration."""
    write_certificate(place / "certificates")
    publish(place / "published")
    (place / "static").mkdir()
    (place / "static" / "app.css").write_text("a{}")
    for name in ("nginx.conf", "safe_headers.conf"):
        shutil.copy(ROOT / ".docker" / name, place)
    text = (place / "nginx.conf").read_text()
    for production, here in {
        "/etc/nginx/certificates": f"{place}/certificates",
        "/etc/nginx/safe_headers.conf": f"{place}/safe_headers.conf",
        "/srv": str(place),
        "/tmp/nginx.pid": f"{place}/nginx.pid",
        "server web:8000": f"server 127.0.0.1:{behind}",
        "/dev/stdout": f"{place}/access.log",
        "listen 80 default_server": f"listen unix:{place}/http.sock",
        "listen 443 ssl": f"listen 127.0.0.1:{free_port} ssl",
    }.items():
        assert production in text
        text = text.replace(production, here)
    (place / "nginx.conf").write_text(
        f"daemon off;\nuser {owner()};\n{text}" if owner() else f"daemon off;\n{text}"
    )
    program = shutil.which("nginx", path=machine.full_path())
    command = [program, "-c", str(place / "nginx.conf"), "-p", str(place), "-e", str(place / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield f"https://127.0.0.1:{free_port}"
    process.terminate()
    process.wait()


def owner():
    """The user nginx's workers need as root; none otherwise."""
    return "root" if os.geteuid() == 0 else ""


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    for _ in range(50):
        try:
            return urllib.request.urlopen(request, context=TRUST)
        except urllib.error.HTTPError as error:
            return error
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError("nginx does not answer")


@pytest.mark.parametrize(
    "path", ["", "publications/1/", f"{PUBLIC_ID}/", f"r/{shard(PUBLIC_ID)}/{PUBLIC_ID}.html"]
)
def test_pages_are_served_compressed_and_plain(nginx, path):
    compressed = get(f"{nginx}/registry/garment/{path}", **{"Accept-Encoding": "gzip"})
    plain = get(f"{nginx}/registry/garment/{path}", **{"Accept-Encoding": "identity"})

    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.read()) == plain.read() == PAGE
    assert plain.headers["Content-Type"] == "text/html; charset=utf-8"


def test_files_without_ending_are_text(nginx):
    answer = get(f"{nginx}/registry/garment/checkpoint")

    assert (answer.read(), answer.headers["Content-Type"]) == (b"head\n", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/registry/garment/r/ab/gone.html",
        "/registry/garment/7K3M9QXB5T/",
        "/registry/farms/",
        "/registry/",
        "/registry/garment/?country=BD&page=2",
        "/published/garment/current/public/checkpoint",
        "/accounts/login/",
    ],
)
def test_what_is_not_published_is_asked_of_django(nginx, path):
    answer = get(nginx + path)

    assert (answer.status, answer.read().decode()) == (203, f"{path} https")


@pytest.mark.parametrize(
    "path",
    [
        "/registry/garment/../../certificates/privkey.pem",
        "/registry/garment/..%2f..%2f..%2fcertificates/privkey.pem",
        "/registry/garment/%2e%2e/%2e%2e/%2e%2e/%2e%2e/certificates/privkey.pem",
        "/static/..%2fcertificates/privkey.pem",
        "/static/../certificates/privkey.pem",
    ],
)
def test_nothing_outside_the_public_folder_is_served(nginx, path):
    assert get(nginx + path).status in {203, 400, 404}


def test_files_carry_the_headers_django_sets(nginx):
    headers = get(f"{nginx}/static/app.css").headers
    policy = "; ".join(f"{name} {' '.join(map(str, values))}" for name, values in settings.SECURE_CSP.items())

    assert headers["Content-Security-Policy"] == policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == settings.X_FRAME_OPTIONS
    assert headers["Referrer-Policy"] == settings.SECURE_REFERRER_POLICY
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    "door", ["/invitation/", "/accounts/password/reset/key/", "/accounts/confirm-email/"]
)
def test_the_log_holds_no_key_of_a_link(nginx, place, door):
    get(f"{nginx}{door}opens-the-door/?asked=words")

    path, expected = place / "access.log", f"GET {door}... 203"
    wait_for(lambda: expected in path.read_text(), what="nginx to write its log")
    log = path.read_text()
    assert "opens-the-door" not in log
    assert "asked" not in log


def test_the_log_names_the_published_page_and_no_question_about_it(nginx, place):
    page = f"/registry/garment/{PUBLIC_ID}/"
    for asked in ("", "?q=asked", "?"):
        get(f"{nginx}{page}{asked}").read()

    path = place / "access.log"
    wait_for(lambda: path.read_text().count(PUBLIC_ID) == 3, what="nginx to write its log")
    logged = [line.split(" ")[1:4] for line in path.read_text().splitlines() if PUBLIC_ID in line]
    assert logged == [["GET", page, "200"], ["GET", page, "203"], ["GET", f"{page}?", "200"]]


def test_a_published_page_is_sent_again_only_when_it_is_new(nginx, place):
    page = f"{nginx}/registry/garment/{PUBLIC_ID}/"
    first = get(page).headers
    assert first["ETag"] is None
    assert get(page, **{"If-Modified-Since": first["Last-Modified"]}).status == 304
    os.utime(place / "published/garment/current/pages" / f"{PUBLIC_ID}.html.gz", (1, 1))
    assert get(page, **{"If-Modified-Since": first["Last-Modified"]}).status == 200


def test_the_log_does_not_know_of_workers(nginx, place):
    for path in ("/report/garments/", "/report/case/", "/afterwards/"):
        get(f"{nginx}{path}")

    path = place / "access.log"
    wait_for(lambda: "/afterwards/" in path.read_text(), what="nginx to write its log")
    assert "report" not in path.read_text()


def test_a_flood_of_one_address_waits_and_nobody_is_refused(nginx):
    with ThreadPoolExecutor(30) as people:
        answers = list(people.map(lambda _turn: get(f"{nginx}/report/garments/").status, range(120)))
    assert answers == [203] * 120


def test_uploads_up_to_the_setting_get_through():
    text = (ROOT / ".docker/nginx.conf").read_text()
    megabytes = int(text.partition("client_max_body_size ")[2].partition("m;")[0])

    assert settings.MAX_UPLOAD_BYTES < megabytes * 1024**2 <= 2 * settings.MAX_UPLOAD_BYTES
