"""Publishing for real: rows, files and signatures, one difference after another."""

import csv
import datetime as dt
import gzip
import json
import sqlite3

import pytest

from programs.models import Workplace
from programs.operations import participations
from tests import factories
from tests.conftest import ROOT
from tests.registry.conftest import AT
from wsr.errors import DomainError
from wsr.registry import operations, publishing, verify
from wsr.registry.enums import Reason, Wish
from wsr.registry.models import Content, Identity, Publication, Record
from wsr.tenancy import engine_scope, program_scope
from wsr.tenancy.models import Program


def document(office, subject):
    public_id = office.listing(subject).public_id
    return json.loads((office.public / "r" / public_id[-3:-1] / f"{public_id}.json").read_bytes())


def change(office, subject, **values):
    with program_scope(office.program.pk):
        Workplace.objects.filter(pk=subject.pk).update(**values)


def test_the_first_publication_holds_everything_and_checks(office):
    publication = office.publish()

    assert (publication.number, publication.size) == (1, 7)
    assert publication.counts == {"brand": {"first": 1}, "supplier": {"first": 2}, "workplace": {"first": 4}}
    assert "7 records, 7 versions, 1 publications" in verify.verify(office.public)
    rows = list(csv.DictReader((office.public / "data/workplaces.csv").open()))
    assert {row["name"] for row in rows} == {
        "Asrotex Unit 1",
        "Asrotex Unit 2",
        "Eastern Dormitory",
        "Eastern Camp",
    }
    one = next(row for row in rows if row["name"] == "Asrotex Unit 1")
    assert (one["supplier"], one["brands"], one["standing"], one["products"]) == (
        "Asrotex Ltd.",
        "Levi",
        "In good standing",
        "Shirts",
    )
    features = json.loads((office.public / "data/workplaces.geojson").read_bytes())["features"]
    assert len(features) == 4
    with sqlite3.connect(office.public / "registry.sqlite") as database:
        assert database.execute(
            "SELECT count(*) FROM workplaces WHERE purchases_stopped = 'yes'"
        ).fetchone() == (2,)


def test_a_place_is_as_exact_as_the_program_decided_in_every_file(office):
    office.publish()

    said = {
        name: document(office, getattr(office, name))["versions"][-1]["disclosed"]
        for name in ("exact", "rounded", "county", "hidden")
    }
    places = {
        name: tuple(one["content"][key] for key in ("address", "city", "region", "latitude", "longitude"))
        for name, one in said.items()
    }
    assert places == {
        "exact": ("12 Mill Road", "Gazipur", "Dhaka", 23.999612, 90.420321),
        "rounded": ("", "Gazipur", "Dhaka", 24.0, 90.4),
        "county": ("", "", "Dhaka", None, None),
        "hidden": ("", "", "", None, None),
    }
    assert (
        said["hidden"]["withheld"]["region"]
        == said["rounded"]["withheld"]["latitude"]
        == "withheld_for_safety"
    )
    secret = [
        path
        for path in office.public.rglob("*", recurse_symlinks=True)
        if path.is_file() and b"12 Mill Road" in path.read_bytes() and "records" not in path.name
    ]
    exact = document(office, office.exact)["public_id"]
    assert {path.name for path in secret} == {
        f"{exact}.json",
        "workplaces.csv",
        "workplaces.json",
        "workplaces.geojson",
        "registry.sqlite",
    }


def test_nothing_changed_means_no_publication(office):
    office.publish()

    assert office.publish() is None
    assert office.publish(everything=True) is None


def test_only_what_changed_gets_a_version(office):
    office.publish()
    change(office, office.exact, name="Asrotex Unit One")
    publication = office.publish()

    assert publication.counts == {"workplace": {"update": 1}}
    assert [v["version"] for v in document(office, office.exact)["versions"]] == [1, 2]
    assert len(document(office, office.rounded)["versions"]) == 1
    assert "8 versions, 2 publications" in verify.verify(office.public)


def test_a_standing_reaches_the_workplaces_of_the_supplier(office):
    office.publish()
    with program_scope(office.program.pk):
        participations.change_standing(
            participation_id=office.supplier.pk, rung_key="suspended", effective_on=dt.date(2026, 3, 1), reason="Retaliation",
            by=office.director, at=AT, provision_reference="Article 7", condition_for_return="A re-entry audit")  # fmt: skip
    publication = office.publish()

    assert publication.counts == {"supplier": {"update": 1}, "workplace": {"update": 2}}
    said = document(office, office.supplier)["versions"][-1]["disclosed"]["content"]
    assert (said["standing"], said["purchases_stopped"], said["provision"]) == (
        "Suspended",
        True,
        "Article 7",
    )
    assert "Retaliation" not in json.dumps(document(office, office.supplier))


def test_a_new_brand_reaches_the_workplace_that_it_sources_from(office):
    office.publish()
    factories.sourcing(
        office.program, brand=factories.brand(office.program, name="Zara"), supplier=office.supplier
    )
    publication = office.publish()

    assert publication.counts == {"brand": {"first": 1}, "workplace": {"update": 2}}
    brands = document(office, office.exact)["versions"][-1]["disclosed"]["content"]["brands"]
    assert [brand["name"] for brand in brands] == ["Levi", "Zara"]
    assert all(len(brand["public_id"]) == 10 for brand in brands)


def test_a_correction_is_named_as_one(office):
    office.publish()
    with program_scope(office.program.pk):
        operations.instruct(
            kind="workplace",
            subject_id=office.exact.pk,
            wish=Wish.CORRECTION,
            note="The street was wrong.",
            by=office.director,
            at=AT,
        )
    change(office, office.exact, address="21 Mill Road")
    office.publish()

    newest = document(office, office.exact)["versions"][-1]
    assert (newest["act"], newest["disclosed"]["correction"]) == ("correction", "The street was wrong.")
    assert verify.verify(office.public)


def test_a_redaction_removes_the_content_everywhere_and_leaves_a_tombstone(office):
    office.publish()
    with program_scope(office.program.pk):
        operations.instruct(
            kind="workplace",
            subject_id=office.exact.pk,
            wish=Wish.REDACTION,
            note="A court said so.",
            reason_code=Reason.COURT_ORDER,
            by=office.director,
            at=AT,
        )
    change(office, office.exact, name="Asrotex Unit 1b")
    publication = office.publish()

    assert publication.counts == {"workplace": {"redaction": 1}}
    versions = document(office, office.exact)["versions"]
    assert "disclosed" not in versions[0]
    assert versions[1]["disclosed"]["content"] == {"reason": "court_order", "redacted_versions": [1]}
    held = [
        path
        for path in publishing.program_folder(office.program).rglob("*")
        if path.is_file() and b"Asrotex Unit 1" in path.read_bytes()
    ]
    assert held == []
    with engine_scope(office.program.pk):
        assert not Content.objects.filter(body__contains="Asrotex Unit 1").exists()
        assert Record.objects.filter(public_id=office.listing(office.exact).public_id).count() == 2
    assert verify.verify(office.public)
    assert office.publish(everything=True) is None  # it stays a tombstone


def test_what_leaves_the_record_is_withdrawn_and_a_merged_one_leads_on(office):
    office.publish()
    kept, gone = office.listing(office.rounded).public_id, office.listing(office.exact).public_id
    with program_scope(office.program.pk):
        operations.merge(
            kind="workplace",
            duplicate_id=office.exact.pk,
            into_id=office.rounded.pk,
            by=office.director,
            at=AT,
        )
        Workplace.objects.filter(pk__in=[office.exact.pk, office.hidden.pk]).delete()
    publication = office.publish()

    assert publication.counts == {"workplace": {"merge": 1, "withdrawal": 1}}
    with engine_scope(office.program.pk):
        assert Identity.objects.get(public_id=gone).merged_into == kept
    assert len(list(csv.DictReader((office.public / "data/workplaces.csv").open()))) == 2
    assert verify.verify(office.public)


def test_an_embargo_holds_a_record_back_until_its_time(office):
    with program_scope(office.program.pk):
        operations.instruct(
            kind="workplace",
            subject_id=office.exact.pk,
            wish=Wish.EMBARGO,
            note="A visit is planned.",
            until=AT + dt.timedelta(days=2),
            by=office.director,
            at=AT,
        )

    assert office.publish().counts["workplace"] == {"first": 3}
    assert office.publish().counts == {"workplace": {"first": 1}}


def test_a_closed_gate_stops_publishing_until_it_is_overridden(office):
    with program_scope(office.program.pk):
        operations.end_override(gate="education", by=office.director, at=AT)
    with pytest.raises(DomainError, match="taught their rights"):
        office.publish()
    with pytest.raises(DomainError, match="full sentence"), program_scope(office.program.pk):
        operations.override_gate(gate="education", reason="because", by=office.director, at=AT)
    office.override_all()
    publication = office.publish()

    stated = {gate["key"]: (gate["is_met"], bool(gate["override"])) for gate in publication.gates}
    assert stated == {
        "financial_support": (False, True),
        "stop_purchase": (False, True),
        "education": (False, True),
        "independent_inspection": (False, True),
        "names_and_locations": (True, False),
        "complaint_line": (False, True),
    }


def test_the_folder_is_made_anew_when_it_was_lost(office):
    import shutil

    office.publish()
    change(office, office.exact, name="Asrotex Unit One")
    office.publish()
    shutil.rmtree(publishing.program_folder(office.program))
    publication = office.publish()

    assert (publication.number, publication.counts) == (3, {})
    assert "7 records, 8 versions, 3 publications" in verify.verify(office.public)


def test_a_changed_template_writes_every_page_anew_and_no_record(office, settings, tmp_path):
    office.publish()
    source = (ROOT / "templates/registry/fields.html").read_text()
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry/fields.html").write_text(source.replace('class="facts"', 'class="facts newer"'))
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    publication = office.publish()

    assert (publication.number, publication.size, publication.counts) == (2, 7, {})
    pages = [gzip.decompress(path.read_bytes()) for path in office.public.glob("r/*/*.html.gz")]
    assert len(pages) == 7
    assert all(b'class="facts newer"' in page for page in pages)
    assert "7 records, 7 versions, 2 publications" in verify.verify(office.public)
    assert office.publish() is None


def test_the_pages_follow_the_name_of_the_program(office):
    office.publish()
    Program.objects.using("admin").filter(pk=office.program.pk).update(name="Renamed")
    office.program.refresh_from_db()
    office.publish()

    pages = [gzip.decompress(path.read_bytes()) for path in office.public.glob("r/*/*.html.gz")]
    assert all(b">Renamed</a>" in page for page in pages)


def test_a_crash_between_commit_and_switch_is_completed(office, monkeypatch):
    office.publish()
    change(office, office.exact, name="Asrotex Unit One")

    def crash(path, number):
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing.folder, "switch", crash)
    with pytest.raises(KeyboardInterrupt):
        office.publish()
    monkeypatch.undo()

    assert "1 publications" in verify.verify(office.public)
    from wsr.registry import tasks

    tasks.finish()
    assert "2 publications" in verify.verify(office.public)


def test_programs_do_not_see_each_other(office):
    from tests.registry.conftest import Office

    office.publish()
    other = Office("farms")
    factories.workplace(other.program, name="Sunny Farm")
    other.override_all()
    other.publish()

    assert "garment" not in verify.verify(other.public)
    with program_scope(other.program.pk):
        assert Publication.objects.count() == 1
        assert Identity.objects.count() == 2
