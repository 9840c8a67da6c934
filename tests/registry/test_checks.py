"""A list or a label compared with the record: what is found, what is signed, and that nothing is kept."""

import io
import logging
import subprocess
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.utils import CaptureQueriesContext

from wsr.registry import checks, sourcing
from wsr.registry.ids import printed
from wsr.tenancy import program_scope

LIST = "/registry/check-list/"
LABEL = "/registry/label/"


@pytest.fixture
def published(office):
    with program_scope(office.program.pk):
        type(office.exact).objects.filter(pk=office.exact.pk).update(os_id="BD2019083ABCDEX")
    office.publish()
    return office


def answers(client, names):
    response = client.post(LIST, {"names": names, "signed": "1"})
    assert response.status_code == 200, response.text
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    rows = [
        row.split("\t") for row in archive.read("statement.txt").decode().split("\n\n")[1].splitlines()[1:]
    ]
    return archive, [(row[1], row[2], row[4], row[8]) for row in rows]


def test_a_list_is_answered_line_by_line(client, published):
    number = printed(published.listing(published.rounded).public_id)
    names = [
        "asrotex unit 1, Bangladesh",
        "Eastern Garments",
        number,
        "BD2019083-abcdex",
        "Asrotex Limited",
        "Eastern Garmets",
        "Nobody Mills",
    ]
    _archive, found = answers(client, "\n".join(names))

    assert found == [
        ("asrotex unit 1 BD", "found", "Asrotex Unit 1", "no"),
        ("Eastern Garments", "found", "Eastern Garments", "yes"),
        (number, "found", "Asrotex Unit 2", "no"),
        ("BD2019083-abcdex", "found", "Asrotex Unit 1", "no"),
        ("Asrotex Limited", "found", "Asrotex Ltd.", "no"),
        ("Eastern Garmets", "alike", "Eastern Garments", "yes"),
        ("Nobody Mills", "none", "", ""),
    ]
    page = client.post(LIST, {"names": "\n".join(names)}).text
    assert (
        page.index("Brands must stop buying") < page.index("In the record") < page.index("Not in the record")
    )
    elsewhere = answers(client, "Asrotex Unit 1, Vietnam")[1]
    assert [row[1] for row in elsewhere] in (["none"], ["alike"])


def test_a_file_is_read_as_people_make_it(client, published):
    made = "Our suppliers;;\n\nFactory Name;Country;OS ID\nAsrotex Unit 2;Bangladesh;\n;;BD2019083ABCDEX\n"
    file = SimpleUploadedFile("list.csv", made.encode("utf-8-sig"))
    page = client.post(LIST, {"file": file})
    assert page.status_code == 200, page.text
    assert "Asrotex Unit 1" in page.text
    assert "Asrotex Unit 2" in page.text


def test_openssl_checks_the_statement_and_finds_one_changed_letter(client, published, tmp_path):
    archive, _found = answers(client, "Eastern Garments\n\r\nregistry.example/registry/x\t1")
    archive.extractall(tmp_path)
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "statement.txt",
        "-sigfile",
        "statement.sig",
    ]
    assert " ".join(command) in (tmp_path / "README.txt").read_text()

    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    text = (tmp_path / "statement.txt").read_text()
    assert text.startswith(f"{sourcing.FIRST_LINE}\n")
    assert "garment, publication 1" in text
    (tmp_path / "statement.txt").write_text(text.replace("yes", "no"))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0
    assert client.get("/registry/key.pem").content == (tmp_path / "key.pem").read_bytes()


def test_nothing_of_a_list_is_kept(client, published, caplog, settings):
    secret = "Zanzibar Secret Mills"
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connections["public"]) as asked:
        response = client.post(LIST, {"file": SimpleUploadedFile("z.csv", f"Name\n{secret}\n".encode())})
    assert response.status_code == 200
    assert secret in response.text
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    said = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not any("zanzibar" in text.lower() for text in said)
    wrote = [
        query["sql"]
        for query in asked
        if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert wrote == []
    for folder in (settings.FILES_DIR, settings.DATA_DIR):
        assert not any(secret.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_list_that_cannot_be_read_is_answered_with_a_sentence(client, published, monkeypatch):
    for sent, says in [
        ({}, "Paste at least one name"),
        ({"names": "  \n "}, "Paste at least one name"),
        ({"names": "\n".join(f"Mill {n}" for n in range(2001))}, "more than 2000 lines"),
        ({"file": b"Color,Size\nred,3\n"}, "No column of the list has a heading"),
        ({"file": b"%PDF-1.7 not a list"}, "PDF"),
    ]:
        data = {
            name: SimpleUploadedFile("l.csv", value) if isinstance(value, bytes) else value
            for name, value in sent.items()
        }
        response = client.post(LIST, data)
        assert (says, response.status_code, says in response.text) == (says, 422, True)
    assert client.post(LIST, {"names": "x" * 6_000_000}).status_code == 413
    monkeypatch.setattr(checks, "TRIES", 0)
    assert client.post(LIST, {"names": "x"}).status_code == 429


@pytest.mark.parametrize("between", [",", ",x", "\t", "\tx", ";x"])
def test_a_list_as_wide_as_it_is_large_is_refused_before_its_cells_are_compared(between):
    """Anybody may send it: what takes minutes here keeps workers from their pages."""
    with pytest.raises(sourcing.CannotCheck, match="a list can have at most 200"):
        sourcing.uploaded(f"name{between * 1_000_000}\nAmber\n".encode())


def test_an_excel_file_that_unpacks_to_far_more_than_a_list_is_not_opened(monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (sourcing.MOST_UNPACKED + 1))
    monkeypatch.setattr(sourcing, "open_book", None)
    with pytest.raises(sourcing.CannotCheck, match="more than 2000 lines"):
        sourcing.uploaded(packed.getvalue())


def test_a_label_tells_what_was_true_and_what_was_known_on_its_day(client, published):
    number = printed(published.listing(published.exact).public_id)
    from programs.models import Participation

    with program_scope(published.program.pk):
        Participation.objects.filter(pk=published.supplier.pk).update(rung="suspended")
    published.publish()  # on March 4

    before = client.get(LABEL, {"number": number, "on": "2026-03-03"}).text
    assert "In good standing" in before
    assert "Suspended" not in before
    assert "Levi" in before
    after = client.get(LABEL, {"number": "BD2019083ABCDEX", "on": "2026-03-05"}).text
    assert "Suspended" in after
    assert "Brands must stop buying" in after
    assert "No record has this number" in client.get(LABEL, {"number": "INV-2026-118"}).text
    assert client.get(LABEL, {"number": "x", "on": "nonsense"}).status_code == 422
    assert client.get(LABEL).status_code == 200
