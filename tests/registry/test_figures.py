"""The program in figures and its reports: counted from what is published, and from nothing else."""

import csv
import datetime as dt
import io

import pypdf
import pytest

from tests import factories
from tests.complaints.racing import InLine
from wsr.jobs.operations import run
from wsr.registry import operations, publishing, report_files, reports
from wsr.registry.enums import Reason, Wish
from wsr.registry.models import Publication
from wsr.registry.operations import CannotInstruct
from wsr.registry.publishing import program_folder
from wsr.tenancy import engine_scope, program_scope

DAYS = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31)}


@pytest.fixture
def published(office):
    office.publish()
    return office


def made(office, title="Annual report 2026"):
    with engine_scope(office.program.pk):
        return reports.make(
            program=office.program, title=title, at=dt.datetime(2026, 12, 31, tzinfo=dt.UTC), **DAYS
        )


def test_figures_are_those_of_the_publication_with_their_rows(client, published):
    base = f"/registry/{published.program.slug}"
    page = client.get(f"{base}/figures/").text
    assert "Of 2 suppliers." in page
    assert "Withheld for safety" in page
    assert len(page.encode()) < 60_000
    assert "<script" not in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"{base}/figures/standing.csv").text)))
    assert {(row["standing"], row["count"], row["publication"]) for row in rows} == {
        ("In good standing", "1", "1"),
        ("Suspended", "1", "1"),
    }
    assert client.get(f"{base}/figures/nothing.csv").status_code == 404
    factories.supplier(published.program, name="Not yet published", rung="suspended")
    assert client.get(f"{base}/figures/standing.csv").text.count("Suspended,1") == 1


def test_a_report_says_what_was_published_and_can_be_read_by_everyone(client, published):
    from programs.models import Participation

    with program_scope(published.program.pk):
        Participation.objects.filter(pk=published.supplier.pk).update(rung="suspended")
    factories.supplier(published.program, name="Never published Ltd.")
    report = made(published)
    address = f"/registry/{published.program.slug}/reports/annual-report-2026.pdf"
    answer = client.get(address)
    document = pypdf.PdfReader(io.BytesIO(answer.content))
    text = "\n".join(page.extract_text() for page in document.pages)

    assert (answer["Content-Type"], report.publication) == ("application/pdf", 1)
    for words in (
        "Annual report 2026",
        "Asrotex Unit 1",
        "In good standing",
        "Withheld for safety",
        "How to check this report",
    ):
        assert words in text
    assert "Never published" not in text
    assert "12 Mill Road" not in text
    assert "Annual report 2026" in client.get(f"/registry/{published.program.slug}/reports/").text
    assert report.sha256 in client.get(f"/registry/{published.program.slug}/reports/").text
    assert client.get(address.replace("annual", "other")).status_code == 404
    path = program_folder(published.program) / "reports" / "annual-report-2026.pdf"
    path.write_bytes(b"half")
    assert client.get(address).status_code == 404  # half of two is none


def test_a_redaction_removes_the_reports_before_it(client, published):
    made(published)
    redaction(published)
    published.publish()

    assert report_files.listed(program_folder(published.program)) == []
    assert client.get(f"/registry/{published.program.slug}/reports/annual-report-2026.pdf").status_code == 404
    made(published)
    published.publish(everything=True)
    assert len(report_files.listed(program_folder(published.program))) == 1


def redaction(published):
    with program_scope(published.program.pk):
        operations.instruct(
            kind="workplace", subject_id=published.exact.pk, wish=Wish.REDACTION, note="She asked us to.",
            reason_code=Reason.PRIVACY, by=published.director, at=dt.datetime(2026, 3, 4, tzinfo=dt.UTC),
        )  # fmt: skip


def test_a_redaction_that_waits_for_a_report_takes_it_away(client, published):
    redaction(published)
    with engine_scope(published.program.pk):
        report = made(published)
        line = InLine(published.publish)  # stands behind the report, which has the name
    [publication] = line.results()

    assert (report.made_after, publication.number) == (1, 2)
    assert report_files.listed(program_folder(published.program)) == []
    assert client.get(f"/registry/{published.program.slug}/reports/annual-report-2026.pdf").status_code == 404


def test_a_report_that_waits_for_a_redaction_says_nothing_of_it_nor_does_its_title(published):
    redaction(published)
    with engine_scope(published.program.pk):
        publication = published.publish()
        line = InLine(
            lambda: made(published), lambda: made(published, title=f"The year of {published.exact.name}")
        )
    report, refused = line.results()

    assert report.made_after == publication.number
    assert (type(refused), "who was redacted" in str(refused)) == (CannotInstruct, True)
    assert report_files.listed(program_folder(published.program)) == [report]
    content = report_files.content_of(program_folder(published.program), report.name)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert (published.exact.name in text, published.rounded.name in text) == (False, True)


def test_a_report_of_a_time_before_a_redaction_stays_when_it_was_made_after_and_no_title_names_it(published):
    name = published.exact.name
    redaction(published)
    redacted = published.publish()
    with engine_scope(published.program.pk):
        first = Publication.objects.get(number=1).published_at
        day = {"starts_on": first.date(), "ends_on": first.date()}
        report = reports.make(program=published.program, title="Before", at=first, **day)
    assert (report.publication, report.made_after) == (1, redacted.number)
    publishing.serve(published.program)
    assert [one.name for one in report_files.listed(program_folder(published.program))] == ["before"]

    season = {
        "starts_on": first.date(),
        "ends_on": dt.date(2026, 6, 30),
        "by": published.director,
        "at": first,
    }
    with program_scope(published.program.pk), pytest.raises(CannotInstruct, match="who was redacted"):
        operations.start_report(title=f"The year of {name}", **season)


def test_staff_ask_for_a_report_in_the_console(client, published):
    factories.sign_in(client, published.director)
    address = f"/p/{published.program.slug}/registry/reports/"
    asked = {"title": "Season 2026", "starts_on": "2026-03-01", "ends_on": "2026-06-30"}
    assert client.post(address, {**asked, "ends_on": "2025-06-30"}).status_code == 422
    refused = client.post(address, {**asked, "starts_on": "2025-01-01", "ends_on": "2025-06-30"})
    assert (refused.status_code, "Nothing was published by the last day" in refused.text) == (422, True)
    answer = client.post(address, asked)
    assert answer.status_code == 302
    job_id = answer["Location"].rstrip("/").rpartition("/")[2]
    run(program_id=published.program.pk, job_id=job_id, at=dt.datetime(2026, 12, 31, tzinfo=dt.UTC))
    assert "Season 2026" in client.get(address).text
    assert client.get(f"/registry/{published.program.slug}/reports/season-2026.pdf").status_code == 200
