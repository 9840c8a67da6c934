"""The shared real files, as published, imported with nothing but a mapping."""

from django.db import connection

from programs.models import Citation, Participation, Sourcing, Workplace
from wsr import said
from wsr.imports.enums import Status
from wsr.imports.models import Row
from wsr.imports.names import name_key
from wsr.imports.queries import open_questions
from wsr.imports.reading import open_book

TWO_BRANDS = (
    "Yangzhou Dongsheng Handicraft Product Co.", "Memteks Tekstil San. Ve Tic. A.S.", "Crescent Bahuman",
    "Bac Giang garment corporation", "Yen Of London", "Quantum Knits",
)  # fmt: skip


def _buyers_of(name):
    """Brands of the one supplier of this name."""
    supplier = Participation.objects.suppliers().get(name_key=name_key(name))
    return Sourcing.objects.filter(supplier=supplier).values("brand").distinct().count()


def some(counts, *keys):
    return {key: counts[key] for key in keys}


def planned_with(table):
    """How many rows PostgreSQL plans with: before they are counted it takes a table for nearly empty, and a search of it loops."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return cursor.fetchone()[0]


def test_bangladesh_association(office, sample_data):
    batch = office.upload(sample_data / "bgmea-company-details.csv")
    assert batch.mapping == {
        "Company Name": "workplace_name",
        "Factory Address": "address",
        "Principal Exportable Product": "products",
    }

    batch = office.check(batch, country="BD")

    assert some(batch.counts, "create", "skip", "error", "ask") == {
        "create": 3351,
        "skip": 1012,
        "error": 0,
        "ask": 0,
    }
    assert {said.read(text): n for text, n in batch.counts["reasons"].items()} == {"No data (N/A)": 1012}
    asked = {row.name_key for row in open_questions(batch)}
    assert {"ASROTEX", "EASTERN GARMENTS", "PROMINENT APPARELS", "THE SHANIN"} <= asked
    assert len(asked) < 120

    assert office.apply(batch)["workplaces"] == 3351
    assert Workplace.objects.get(name="3A Fashions Ltd.").products == ["T-Shirts", "Polo Shirts"]
    assert Workplace.objects.filter(products=[]).count() == 18
    assert planned_with("programs_workplace") == Workplace.objects.count()
    assert planned_with("programs_participation") == Participation.objects.count()


def test_the_same_file_again_creates_and_asks_nothing(office, sample_data):
    first = office.check(office.upload(sample_data / "oshub-facility-list-15.csv"))
    assert some(first.counts, "create", "skip", "error") == {"create": 351, "skip": 0, "error": 0}
    office.apply(first)

    again = office.check(office.upload(sample_data / "oshub-facility-list-15.csv"))

    assert some(again.counts, "create", "update", "unchanged", "ask", "questions", "missing") == {
        "create": 0, "update": 0, "unchanged": 351, "ask": 0, "questions": 0, "missing": 0,
    }  # fmt: skip
    assert set(office.apply(again).values()) == {0}
    assert Workplace.objects.count() == 351


def test_nike_keeps_sites_of_one_name_apart(office, sample_data):
    batch = office.check(office.upload(sample_data / "nike-manufacturing-map-2025-12.csv"))

    assert some(batch.counts, "create", "skip", "error", "ask") == {
        "create": 687,
        "skip": 0,
        "error": 0,
        "ask": 0,
    }
    assert (batch.reading["as_of"], batch.reading["header_line"], batch.reading["rows"]) == (
        "2025-12-01",
        2,
        687,
    )
    office.apply(batch)
    assert Workplace.objects.count() == 687
    assert Workplace.objects.filter(name_key="NICE APPAREL").count() > 1
    assert sum(Workplace.objects.values_list("worker_count", flat=True)) == 1_282_877
    assert Workplace.objects.values("country").distinct().count() == 37


def test_wikirate_brands_and_relationships(office, sample_data):
    batch = office.upload(sample_data / "wikirate-brand-suppliers.csv")
    assert (batch.target, batch.mapping["company_name"], batch.mapping["supplier_name"]) == (
        "sourcing",
        "brand",
        "workplace_name",
    )

    batch = office.check(batch, country="IN")

    assert (batch.reading["rows"], batch.counts["error"], batch.counts["skip"]) == (431, 0, 0)
    offers = Row.objects.filter(batch=batch, offers__contains=[{"kind": "letters"}])
    assert offers.count() == 26
    assert not offers.filter(cleaned__name__startswith="Taha D").exists()
    office.apply(batch)
    assert Participation.objects.brands().count() == 22
    buyers = {name: _buyers_of(name) for name in TWO_BRANDS}
    assert buyers == dict.fromkeys(TWO_BRANDS, 2)


def test_farm_cases_become_one_workplace_per_employer_and_place(office, sample_data):
    batch = office.upload(sample_data / "dol-h2a-fy2012.xlsx")
    assert batch.reading["persons"] == ["AGENT_ATTORNEY_NAME", "AGENT_ATTORNEY_CITY", "AGENT_ATTORNEY_STATE"]
    assert {batch.mapping.get(name) for name in ("EMPLOYER_NAME", "ALIEN_WORK_CITY", "ALIEN_WORK_STATE", "CASE_STATUS", "EMPLOYER_CITY")} == {
        "workplace_name", "city", "region", "case_status", None,
    }  # fmt: skip

    batch = office.check(batch, country="US")

    assert batch.counts["skip"] == 108 + 94
    assert batch.counts["create"] + batch.counts["unchanged"] + batch.counts["error"] == 8047 - 202
    places = Row.objects.filter(batch=batch, status=Status.CREATE)
    assert places.count() == places.values("name_key", "address_key").distinct().count()
    assert not Row.objects.filter(batch=batch, raw__contains=["MICHAELENE ROWE"]).exists()
    assert not any("MICHAELENE ROWE" in str(row.raw) for row in Row.objects.filter(batch=batch, line=2))


def test_citations_wait_for_a_person(office, sample_data):
    batch = office.upload(sample_data / "nebraska-wage-citations.xlsx")
    assert batch.target == "citations"

    batch = office.check(batch, country="US", currency="USD")
    office.apply(batch)

    assert batch.counts["error"] == 0
    assert Citation.objects.count() == batch.counts["create"]
    assert Citation.objects.filter(legal_name="TFL, Inc.", trade_name="Mega Saver").exists()
    assert not Citation.objects.exclude(supplier=None).exists()


def test_names_in_common_between_the_files(sample_data):
    columns = {
        "nike": ("nike-manufacturing-map-2025-12.csv", "Factory Name"),
        "list": ("oshub-facility-list-15.csv", "name"),
        "wiki": ("wikirate-brand-suppliers.csv", "supplier_name"),
        "bgmea": ("bgmea-company-details.csv", "Company Name"),
    }
    keys = {}
    for short, (file, column) in columns.items():
        sheet = open_book(sample_data / file, file).sheets[0]
        place = [one.name for one in sheet.columns].index(column)
        keys[short] = {name_key(row.cells[place]) for row in sheet.rows()} - {"N A"}

    def common(one, other):
        return len(keys[one] & keys[other])

    assert (common("nike", "list"), common("nike", "wiki"), common("wiki", "list")) == (14, 8, 3)
    assert (common("bgmea", "wiki"), common("bgmea", "nike"), common("bgmea", "list")) == (5, 1, 1)


def test_lists_meet_and_people_decide(office, sample_data):
    office.apply(office.check(office.upload(sample_data / "nike-manufacturing-map-2025-12.csv")))
    batch = office.check(office.upload(sample_data / "oshub-facility-list-15.csv"))

    asked = Row.objects.filter(batch=batch, status=Status.ASK)
    known = set(Workplace.objects.values_list("name_key", "country"))
    same_name = [row for row in Row.objects.filter(batch=batch) if (row.name_key, row.country) in known]
    assert len(same_name) >= 10
    assert all(row.status in (Status.ASK, Status.UPDATE, Status.UNCHANGED) for row in same_name)
    assert asked.count() < 40
