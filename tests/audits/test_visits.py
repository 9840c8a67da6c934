"""A visit from the plan to the seal, and what is refused on the way."""

import hashlib
import json

import pytest

from audits.enums import InspectionState
from audits.models import Seal
from audits.operations import visits
from tests.audits import making
from wsr.tenancy.models import OPEN

pytestmark = pytest.mark.django_db(databases=["default", "engine"])
AT = making.AT


def test_an_unannounced_visit_from_plan_to_seal(program):
    visit = making.under_way(program)
    assert (visit.secret_of, visit.number, visit.state) == (visit.pk, None, InspectionState.IN_PROGRESS)
    put = making.finding(program, visit)
    assert put.outcome == "applied"
    with making.as_auditor(program, visit.lead):
        visits.leave(inspection_id=visit.pk, by=visit.lead, at=AT)
        seal = visits.submit(inspection_id=visit.pk, by=visit.lead, at=AT)
    visit = making.fresh(program, visit)
    assert (visit.secret_of, visit.number, visit.state) == (OPEN, 1, InspectionState.SUBMITTED)
    assert seal.sha256 == hashlib.sha256(seal.body.encode()).hexdigest()
    assert [row["title"] for row in json.loads(seal.body)["findings"]] == ["Exit blocked"]
    with making.as_staff(program, visit.planner):
        assert Seal.objects.get().number == 1
