"""A redaction reaches every record that names the redacted one: rows, files, old versions, search, pages."""

import datetime as dt
import gzip
import json
import shutil

import pytest
from django.db import connections
from django.urls import reverse

from programs.models import Participation
from tests import factories
from tests.registry.conftest import AT
from tests.registry.test_publishing import change, document
from wsr.registry import operations, publishing, verify
from wsr.registry.enums import Reason, Wish
from wsr.registry.models import Content, Identity, Listing
from wsr.tenancy import engine_scope, program_scope

NAMING = "Asrotéx Knit asked us to wait until its new school is open."
TABLES = ("identity", "publication", "record", "content", "listing", "facet", "instruction", "override")


def redact(office, subject, kind, reason=Reason.COURT_ORDER):
    with program_scope(office.program.pk):
        return operations.instruct(
            kind=kind,
            subject_id=subject.pk,
            wish=Wish.REDACTION,
            note="By order of the labor court.",
            reason_code=reason,
            by=office.director,
            at=AT,
        )


def files_saying(office, *words):
    """Every file below the program's published folder, old publications too, that has one of these words; packed ones unpacked."""
    found = []
    for path in publishing.program_folder(office.program).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            found += [
                path.name for word in words if word.casefold() in data.decode(errors="replace").casefold()
            ]
    return found


def tables_saying(*words):
    """Tables of the registry with a row that has one of these words, whatever the column."""
    found = []
    with connections["owner"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT row_to_json(t)::text FROM registry_{table} t")
            text = " ".join(row for (row,) in cursor.fetchall()).casefold()
            found += [table for word in words if word.casefold() in text]
    return found


@pytest.fixture
def named(office):
    """Three publications: the supplier is named in its workplaces, under an older name too, and as the group of another one."""
    with program_scope(office.program.pk):
        Participation.objects.filter(pk=office.supplier.pk).update(name="Asrotéx Knit")
    office.sister = factories.supplier(
        office.program, name="Sister Mills", parent_name="Asrotéx Knit (Group)"
    )
    change(office, office.exact, name="Mill One", also_known_as=["Asrotéx Knit", "Number One"])
    change(office, office.rounded, name="Mill Two")
    with program_scope(office.program.pk):
        operations.end_override(gate="education", by=office.director, at=AT)
        operations.override_gate(gate="education", reason=NAMING, by=office.director, at=AT)
    office.publish()
    with program_scope(office.program.pk):
        Participation.objects.filter(pk=office.supplier.pk).update(name="Asrotex Ltd.")
    office.publish()
    change(office, office.exact, city="Savar")
    office.publish()
    return office


def test_the_name_of_a_redacted_supplier_is_gone_everywhere(named):
    assert files_saying(named, "asrotex ltd.")
    assert tables_saying("asrotéx knit", "asrotex ltd.")

    redact(named, named.supplier, "supplier")
    publication = named.publish()

    assert publication.counts == {
        "supplier": {"redaction": 1, "name_removed": 1},
        "workplace": {"name_removed": 2},
    }
    assert files_saying(named, "asrotéx", "asrotex") == []
    assert tables_saying("asrotéx", "asrotex") == []
    versions = document(named, named.exact)["versions"]
    assert [("disclosed" in version) for version in versions] == [False, False, False, True]
    said = versions[-1]["disclosed"]
    assert said["redacted_versions"] == [1, 2, 3]
    assert (said["content"]["supplier"], said["content"]["also_known_as"]) == (None, ["Number One"])
    assert said["withheld"]["supplier"] == said["withheld"]["also_known_as"] == "court_order"
    assert document(named, named.sister)["versions"][-1]["disclosed"]["content"]["parent_name"] == ""
    assert len(document(named, named.county)["versions"]) == 1
    assert "4 publications" in verify.verify(named.public)
    page = gzip.decompress((named.public / "index.html.gz").read_bytes()).decode()
    assert "Reason given by the director: This reason named somebody whose record was redacted" in page
    assert named.publish(everything=True) is None
    with program_scope(named.program.pk):
        operations.end_override(gate="education", by=named.director, at=AT)
        with pytest.raises(operations.CannotInstruct, match="Leave out the name"):
            operations.override_gate(gate="education", reason=NAMING, by=named.director, at=AT)


def test_the_name_stays_gone_when_the_record_changes_later(named):
    redact(named, named.supplier, "supplier")
    named.publish()
    change(named, named.exact, city="Ashulia")
    publication = named.publish()

    assert publication.counts == {"workplace": {"update": 1}}
    said = document(named, named.exact)["versions"][-1]["disclosed"]
    assert (said["content"]["city"], said["content"]["supplier"]) == ("Ashulia", None)
    assert files_saying(named, "asrotéx", "asrotex") == tables_saying("asrotéx", "asrotex") == []
    assert "5 publications" in verify.verify(named.public)


def test_a_redacted_brand_leaves_the_lists_of_who_buys(office):
    factories.sourcing(
        office.program, brand=factories.brand(office.program, name="Zara"), supplier=office.supplier
    )
    office.publish()
    redact(office, office.brand, "brand", Reason.PUBLISHED_BY_MISTAKE)
    office.publish()

    said = document(office, office.exact)["versions"][-1]["disclosed"]
    assert [brand["name"] for brand in said["content"]["brands"]] == ["Zara"]
    assert said["withheld"]["brands"] == "published_by_mistake"
    assert files_saying(office, "levi") == tables_saying("levi") == []
    assert verify.verify(office.public)


def test_two_redactions_one_after_the_other(named):
    redact(named, named.supplier, "supplier")
    named.publish()
    redact(named, named.brand, "brand")
    named.publish()

    versions = document(named, named.exact)["versions"]
    assert ["disclosed" in version for version in versions] == [False, False, False, False, True]
    assert versions[-1]["disclosed"]["redacted_versions"] == [1, 2, 3, 4]
    assert files_saying(named, "levi", "asrotex") == tables_saying("levi", "asrotéx") == []
    assert verify.verify(named.public)


def test_records_that_are_held_back_or_gone_lose_the_name_too(named):
    with program_scope(named.program.pk):
        operations.instruct(
            kind="workplace",
            subject_id=named.rounded.pk,
            wish=Wish.EMBARGO,
            note="A visit is planned.",
            until=AT + dt.timedelta(days=90),
            by=named.director,
            at=AT,
        )
        named.exact.delete()
    change(named, named.rounded, worker_count=12)
    assert named.publish().counts == {"workplace": {"withdrawal": 1}}
    redact(named, named.supplier, "supplier")
    publication = named.publish()

    assert publication.counts["workplace"] == {"withdrawal": 1, "name_removed": 1}
    assert document(named, named.rounded)["versions"][-1]["disclosed"]["content"]["worker_count"] is None
    assert files_saying(named, "asrotéx", "asrotex") == tables_saying("asrotéx", "asrotex") == []
    assert verify.verify(named.public)


def test_a_version_without_content_is_tampering_unless_a_later_one_signs_that_it_was_erased(named, tmp_path):
    redact(named, named.supplier, "supplier")
    named.publish()
    copy = shutil.copytree(named.public.resolve(), tmp_path / "copy", symlinks=False)
    public_id = named.listing(named.county).public_id
    lines = copy / "r" / public_id[-3:-1] / "records.jsonl"
    kept = []
    for line in lines.read_bytes().splitlines():
        record = json.loads(line)
        if record["public_id"] == public_id:
            del record["versions"][0]["disclosed"], record["versions"][0]["salt"]
        kept.append(verify.canonical(record))
    lines.write_bytes(b"\n".join([*kept, b""]))
    with pytest.raises(verify.Failure, match="no redaction says why"):
        verify.verify(copy)

    touched = named.listing(named.exact).public_id
    copy = shutil.copytree(named.public.resolve(), tmp_path / "other", symlinks=False)
    path = copy / "r" / touched[-3:-1] / "records.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"redacted_versions":[1,2,3]', b'"redacted_versions":[1,2]'))
    with pytest.raises(verify.Failure, match="no redaction says why"):
        verify.verify(copy)


def test_search_feeds_and_pages_of_the_past_know_the_name_no_more(client, named):
    public_id = named.listing(named.exact).public_id
    slug = named.program.slug
    redact(named, named.supplier, "supplier")
    named.publish()

    addresses = [
        reverse("registry:record", args=[slug, public_id]),
        reverse("registry:record", args=[slug, public_id]) + "?lang=es",
        reverse("registry:record_feed", args=[slug, public_id]),
        reverse("registry:search") + "?q=asrotex",
        *(reverse("registry:as_of", args=[slug, public_id]) + f"?on=2026-03-0{day}" for day in range(1, 8)),
    ]
    for address in addresses:
        text = client.get(address).text.casefold()
        for typed in ("?q=asrotex", "q=asrotex", 'value="asrotex"', "“asrotex”"):
            text = text.replace(typed, "")
        assert (address, "asrotex" in text or "asrotéx" in text) == (address, False)
    then = client.get(reverse("registry:as_of", args=[slug, public_id]) + "?on=2026-03-04").text
    assert "The content of this version was removed." in then
    page = client.get(reverse("registry:record", args=[slug, public_id])).text
    assert "Removed by order of a court" in page
    with engine_scope(named.program.pk):
        gone = Identity.objects.get(subject_id=named.supplier.pk).public_id
        assert not Listing.objects.filter(related__contains=[gone]).exists()
        assert not Content.objects.filter(body__contains=gone).exclude(public_id=gone).exists()
