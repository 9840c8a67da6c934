"""The pages of imports: from upload to undo, without script, for those who may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.factories import AT
from wsr.imports import operations
from wsr.imports.models import Batch, Row
from wsr.tenancy import program_scope

LIST = b"Factory,Address,Country\nDelta Knitwear Ltd.,12 Mill Road,BD\nDelta Knitwears,12 Mill Road,BD\n=cmd(),,Nowhere\n"


@pytest.fixture
def signed_in(client, director):
    factories.sign_in(client, director)
    return client


@pytest.fixture
def checked(program, director):
    """An import whose dry run is done."""
    with program_scope(program.pk):
        batch = operations.upload(chunks=[LIST], name="list.csv", media_type="text/csv", by=director, at=AT)
        Batch.objects.filter(pk=batch.pk).update(target="workplaces")
        return operations.check(batch_id=batch.pk, by=director, at=AT, progress=lambda done, total: None)


def test_empty_list_says_the_next_step(signed_in):
    page = signed_in.get("/p/garment/imports/").content.decode()
    assert "No imports yet" in page
    assert "/p/garment/imports/upload/" in page


def test_upload_leads_to_the_columns_and_to_the_check(signed_in, program):
    answer = signed_in.post("/p/garment/imports/upload/", {"file": SimpleUploadedFile("list.csv", LIST)})
    assert answer.status_code == 302
    page = signed_in.get(answer.url).content.decode()
    assert "How the file was read" in page
    assert "Delta Knitwears" in page

    told = {
        "source": "Buyer",
        "target": "workplaces",
        "column_0": "workplace_name",
        "column_1": "address",
        "column_2": "country",
    }
    unasked = signed_in.post(answer.url, told)
    assert (unasked.status_code, "How exactly the public may know" in unasked.text) == (422, True)
    answer = signed_in.post(answer.url, told | {"default_precision": "county"})
    assert answer.status_code == 302
    assert "Check Buyer" in signed_in.get(answer.url).content.decode()
    assert signed_in.get(answer.url, headers={"hx-request": "true"}).status_code == 200


def test_columns_that_miss_the_name_are_refused_in_place(signed_in, checked):
    answer = signed_in.post(
        f"/p/garment/imports/{checked.pk}/map/",
        {"source": "x", "target": "workplaces", "default_precision": "exact"},
    )
    assert answer.status_code == 422
    assert "Choose the column for “Name of the workplace”." in answer.content.decode()
    assert (
        "Citation" in signed_in.get(f"/p/garment/imports/{checked.pk}/map/?target=citations").content.decode()
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The file is empty"), (b"\x00\xff" * 99, "binary data"), (b"%PDF-1.4", "This is a PDF")],
)
def test_bad_files_keep_the_form(signed_in, content, sentence):
    answer = signed_in.post("/p/garment/imports/upload/", {"file": SimpleUploadedFile("list.csv", content)})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_too_large_a_file_is_dropped_while_it_arrives(signed_in, settings, program):
    settings.MAX_UPLOAD_BYTES = 100_000
    answer = signed_in.post(
        "/p/garment/imports/upload/", {"file": SimpleUploadedFile("big.csv", b"a,b\n" * 100_000)}
    )
    assert answer.status_code == 413
    assert "The file is larger than" in answer.content.decode()
    with program_scope(program.pk):
        assert not Batch.objects.exists()


def test_dry_run_decisions_and_error_file(signed_in, checked, program):
    base = f"/p/garment/imports/{checked.pk}/"
    assert "Decide on 1 likely match" in signed_in.get(base).content.decode()
    assert "Nowhere" in signed_in.get(base + "rows/?status=error").content.decode()
    assert "Is this the same place?" in signed_in.get(base + "decide/").content.decode()
    assert "pair is different" in signed_in.get(base + "different/?below=1").content.decode()
    with program_scope(program.pk):
        row = Row.objects.get(batch=checked, line=3)
    told = {"line": row.line, "answer": f"same:{row.candidates[0]['id']}"}
    assert "Nothing left to decide" in signed_in.post(base + "decide/", told).content.decode()
    errors = b"".join(signed_in.get(base + "errors.csv").streaming_content).decode("utf-8-sig")
    assert errors.splitlines()[1].startswith("'=cmd()")
    assert signed_in.get(base + "repairs/?kind=zeros").status_code == 200


def test_apply_and_undo(signed_in, checked, program, director):
    base = f"/p/garment/imports/{checked.pk}/"
    assert signed_in.post(base + "apply/").status_code == 302
    with program_scope(program.pk):
        operations.apply(batch_id=checked.pk, by=director, at=AT)
    page = signed_in.get(base + "undo/").content.decode()
    assert "To remove" in page
    assert "Undo this import" in page


def test_who_may_not(client, program, checked, other_program):
    factories.sign_in(client, factories.member(program, "observer"))
    assert client.get("/p/garment/imports/").status_code == 403
    assert client.post(f"/p/garment/imports/{checked.pk}/apply/").status_code == 403
    factories.sign_in(client, factories.member(other_program, "director"))
    assert client.get(f"/p/garment/imports/{checked.pk}/").status_code == 404
    assert client.get(f"/p/farms/imports/{checked.pk}/").status_code == 404
