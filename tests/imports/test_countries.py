"""Where a row is: said by the row, its address, or the person; never guessed from a city."""

from tests.factories import AT
from wsr import said
from wsr.imports import operations
from wsr.imports.models import Row
from wsr.imports.queries import error_rows

SAY = "The row names no country. Add it, or set one for the whole file."


def test_rows_without_a_country_are_handed_back(office, sample_data):
    batch = office.check(office.upload(sample_data / "wikirate-brand-suppliers.csv"))

    rows = list(Row.objects.filter(batch=batch))
    handed_back = [row for row in rows if row.status == "error"]
    assert (
        len(rows)
        == sum(batch.counts[key] for key in ("create", "update", "unchanged", "ask", "skip", "error"))
        == 431
    )
    assert {said.read(row.errors["country"]) for row in handed_back} == {SAY}
    assert len(list(error_rows(batch))) == len(handed_back) > 0
    written = office.apply(batch)
    assert written["workplaces"] == batch.counts["create"]

    again = office.check(office.upload(sample_data / "wikirate-brand-suppliers.csv"), country="IN")
    assert again.counts["error"] == 0
    assert again.counts["unchanged"] + again.counts["update"] >= batch.counts["create"]
    offered = Row.objects.filter(batch=again, offers__contains=[{"kind": "country"}])
    assert offered.filter(country="IN").count() == offered.count() == 27

    operations.accept_repairs(batch_id=again.pk, kind="country", cells="*", by=office.person, at=AT)
    office.end_job(again)
    operations.check(batch_id=again.pk, by=office.person, at=AT, progress=lambda done, total: None)
    assert not offered.exists()
    assert Row.objects.filter(batch=again, country="KH", cleaned__address__icontains="Phnom Penh").exists()


def test_a_city_is_no_country(office, tmp_path):
    (tmp_path / "list.csv").write_text(
        'Factory,Address,City\nDelta,12 Mill Road,Dhaka\nGamma,"5 Lane, Lima",Lima\nOmega,"1 Road, Sylhet, Bangladesh",\n'
    )
    batch = office.check(office.upload(tmp_path / "list.csv"))

    rows = Row.objects.filter(batch=batch).order_by("line")
    assert [(row.country, said.read(row.errors.get("country", ""))) for row in rows] == [
        ("", SAY),
        ("", SAY),
        ("BD", ""),
    ]
