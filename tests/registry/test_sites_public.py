"""What the public learns of sites: their days, and who worked there by the program's rule."""

import json

import pytest

from programs.models import Participation
from programs.operations import workplaces
from tests import factories
from tests.programs.building import LAST, chain, say, site
from tests.registry.conftest import AT, Office
from tests.registry.test_redaction import files_saying
from wsr.registry import operations, verify
from wsr.registry.enums import Reason, Wish
from wsr.tenancy import program_scope


def rows(office, name):
    return json.loads((office.public / f"data/{name}.json").read_bytes())


@pytest.mark.usefixtures("transactional_db")
def test_sites_and_who_worked_there():
    office = Office("building")
    place = site(office.program, by=office.director, region="Minnesota", disclosure_precision="county")
    chain(office.program, place, by=office.director)
    office.override_all()
    office.publish()
    [one] = rows(office, "workplaces")
    assert (one["type"], one["ends_on"], one["contractors"]) == ("site", LAST.isoformat(), None)
    assert one["withheld"]["contractors"] == "not_public"
    assert rows(office, "work_on_sites") == []

    say(office.program, "disclosure.site_contractors", "published", unit="disclosure")
    with program_scope(office.program.pk, person_id=office.director.pk):
        workplaces.close(
            workplace_id=place.pk, closed_on=AT.date(), reason="Built", by=office.director, at=AT
        )
    office.publish()
    [one] = rows(office, "workplaces")
    assert (one["closed_on"], one["contractors"], one["city"]) == (AT.date().isoformat(), 4, "")
    found = {row["contractor"]["name"]: row for row in rows(office, "work_on_sites")}
    assert set(found) == {"Developer", "General", "Sub", "Broker"}
    assert (found["Sub"]["hired_by"]["name"], found["Sub"]["until"]) == ("General", AT.date().isoformat())
    assert found["Developer"]["hired_by"] in ("", None)

    with program_scope(office.program.pk):
        for kind, subject in (("supplier", Participation.objects.get(name="Sub")), ("workplace", place)):
            operations.instruct(
                kind=kind, subject_id=subject.pk, wish=Wish.REDACTION, note="She asked us to.", reason_code=Reason.PRIVACY,
                by=office.director, at=AT,
            )  # fmt: skip
    office.publish()
    assert files_saying(office, f'"{place.name}"', '"Sub"', ">Sub<") == []
    assert {row["name"] for row in rows(office, "work_on_sites")} >= {
        "Developer from 2026-02-02",
        "Subcontractor from 2026-02-02",
    }

    factories.decide(office.program, "brand_names", "withheld")
    office.override_all()
    office.publish()
    found = {(row["contractor"] or {"name": "gone"})["name"]: row for row in rows(office, "work_on_sites")}
    assert set(found) == {"General", "gone", "Broker"}
    assert found["General"]["withheld"]["hired_by"] == "not_public"
    verify.verify(office.public)
