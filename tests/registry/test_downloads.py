"""Every kind of public download, found by walking the pages and read by a program that is not ours: a new kind without a reader fails."""

import ast
import base64
import csv
import gzip
import hashlib
import io
import json
import re
import sqlite3
import subprocess
import urllib.robotparser
import zipfile

import feedparser
import geojson
import pypdf
import pytest
from defusedxml import ElementTree

from tests.registry.walking import walk

ED25519 = bytes.fromhex("302a300506032b6570032100")  # what goes before the 32 bytes of a key in DER


def a_table(content, _folder):
    text = content.decode("utf-8")
    first = text.splitlines()[0]
    dialect = csv.Sniffer().sniff(first) if "," in first else csv.excel
    names, *rows = csv.reader(io.StringIO(text), dialect=dialect)
    assert len(set(names)) == len(names)
    assert {len(row) for row in rows} <= {len(names)}


def a_map(content, _folder):
    assert geojson.loads(content).is_valid


def a_feed(content, _folder):
    feed = feedparser.parse(content)
    assert (feed.bozo, feed.version) == (False, "atom10")
    assert all(entry.id and entry.title and entry.updated_parsed for entry in feed.entries)


def a_database(content, folder):
    (folder / "r.sqlite").write_bytes(content)
    database = sqlite3.connect(folder / "r.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("SELECT count(*) FROM brands").fetchone()[0]
    database.close()


def an_archive(content, folder):
    """It unpacks, and Python alone checks it."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    archive.extractall(folder / "unpacked")
    said = subprocess.run(
        ["python3", "verify.py", "."], cwd=folder / "unpacked", capture_output=True, text=True, check=True
    )
    assert "OK" in said.stdout


def a_document(content, folder):
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 0


def a_drawing(content, _folder):
    assert ElementTree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"


def a_key(content, folder):
    (folder / "key.pem").write_bytes(content)
    subprocess.run(["openssl", "pkey", "-pubin", "-in", folder / "key.pem", "-noout"], check=True)


def an_index(content, _folder):
    assert [node.text for node in ElementTree.fromstring(content).iter() if node.tag.endswith("}loc")]


def a_text(content, _folder):
    assert content.decode("utf-8").strip()


READERS = {
    "text/csv": a_table,
    "application/json": lambda content, _folder: json.loads(content),
    "application/geo+json": a_map,
    "application/atom+xml": a_feed,
    "application/vnd.sqlite3": a_database,
    "application/zip": an_archive,
    "application/pdf": a_document,
    "image/svg+xml": a_drawing,
    "application/x-pem-file": a_key,
    "application/xml": an_index,
    "text/plain": a_text,
}


@pytest.fixture
def visits(demo_copy, client):
    return [one for one in walk(client) if one.response.status_code == 200]


def test_every_download_has_an_outside_reader_and_no_page_is_heavy(visits, client, tmp_path):
    files = [one for one in visits if not one.is_page]
    assert [one.address for one in files if one.kind not in READERS] == []
    for number, one in enumerate(files):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            READERS[one.kind](one.content, folder)
        except Exception as error:
            raise AssertionError(one.address) from error
    assert {one.kind for one in files} >= READERS.keys() - {"application/pdf", "application/x-pem-file"}

    pages = [one for one in visits if one.is_page]
    assert len({one.name for one in pages}) > 20
    for one in pages:
        text = one.content.decode()
        assert (one.address, len(one.content) <= 60_000) == (
            one.address,
            True,
        )  # as it is read, before it is compressed
        scripts = re.findall(r"<script(?! type=.application/ld\+json)", text)
        assert (one.address, scripts, " style=" in text, "hx-" in text) == (one.address, [], False, False)
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
            assert json.loads(block)["@context"] == "https://schema.org", one.address
    views = [one for one in visits if one.name == "registry:map_cells"]
    assert views
    assert max(len(gzip.compress(one.content)) for one in views) <= 2_000

    robots = urllib.robotparser.RobotFileParser()
    robots.parse(next(one for one in files if one.name == "registry:robots").content.decode().splitlines())
    assert robots.site_maps()
    a_key(b"".join([client.get("/registry/key.pem").content]), tmp_path)


def test_openssl_agrees_with_the_signature_and_sha256_with_the_list_of_files(demo_copy, client, tmp_path):
    slug = next(slug for slug in demo_copy if client.get(f"/registry/{slug}/").status_code == 200)

    def file(path):
        return b"".join(client.get(f"/registry/{slug}/{path}").streaming_content)

    head, key = file("checkpoint").decode(), file("key").decode().strip()
    signed, _blank, signatures = head.partition("\n\n")
    public = base64.b64decode(key.rpartition("+")[2])
    signature = base64.b64decode(signatures.splitlines()[0].split(" ")[2])
    assert (public[0], len(public), len(signature)) == (
        1,
        33,
        68,
    )  # Ed25519, and four bytes that name the key
    (tmp_path / "key.der").write_bytes(ED25519 + public[1:])
    (tmp_path / "text").write_text(f"{signed}\n")
    (tmp_path / "signature").write_bytes(signature[4:])
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-keyform",
        "DER",
        "-inkey",
        "key.der",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "signature",
    ]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "text").write_text(f"{signed}x\n")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0

    listed = dict(reversed(line.split("  ")) for line in file("checksums").decode().splitlines())
    for path in ("schema.json", "registry.sqlite", "data/workplaces.csv", "verify.py", "key"):
        assert hashlib.sha256(file(path)).hexdigest() == listed[path]
    ast.parse(file("verify.py"))


def test_a_client_of_rfc_9457_reads_what_machines_are_told_of_a_mistake(demo_copy, client):
    for response in (
        client.post("/registry/reconcile/", {"queries": "nonsense"}),
        client.get("/api/v1/programs/"),
    ):
        problem = response.json()
        assert response["Content-Type"].startswith("application/problem+json")
        assert problem["status"] == response.status_code >= 400
        assert problem["title"]
        assert isinstance(problem.get("type", "about:blank"), str)
