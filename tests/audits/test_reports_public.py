"""What the public learns of inspections: by the program's rule, only of reports that hold, and never who inspected or was asked."""

import json

import pytest

from audits import disclosure, gates
from audits.enums import ActionState
from audits.models import CorrectiveAction
from audits.queries.remediation import progress_of
from tests import factories
from tests.audits import making
from tests.audits.reported import LATER, issue, portal, rule, send_back, share, submit_again
from tests.factories import AT
from wsr.accounts.models import OrganizationKind
from wsr.registry.disclosure import PublicRecord, Since, kinds, with_additions
from wsr.registry.enums import Reason
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db

DAY = LATER.date()


@pytest.fixture
def supplier(program):
    organization = factories.organization(OrganizationKind.SUPPLIER)
    return factories.supplier(program, name="Acme", rung="good_standing", organization=organization)


@pytest.fixture
def workplace(program, supplier):
    return factories.workplace(program, supplier=supplier, name="Plant 1")


@pytest.fixture
def auditor(program):
    return factories.member(program, "auditor", person=factories.person("n@example.org", name="Nadia Field"))


@pytest.fixture
def visited(program, workplace, auditor):
    return making.submitted(
        program, workplace=workplace, findings=2, interviewed=62, kind="fire", team=[(auditor, "lead")]
    )


def said(program, kind, on=DAY):
    with program_scope(program.pk):
        return list(disclosure.records(kind, on))


def added(program, *workplaces, on=DAY):
    with program_scope(program.pk):
        found = disclosure.additions("workplace", on, {one.pk for one in workplaces})
        return [found[one.pk] for one in workplaces]


def test_published_shows_report_findings_and_replies(program, visited, workplace, supplier, auditor):
    factories.decide(program, "findings", "published")
    report = share(program, visited)
    manager = factories.member(program, "supplier_manager", organization=supplier.organization)
    first, second = report.body["findings"]
    with portal(program, manager, supplier):
        from audits.operations import reporting

        for finding_id, text in ((first["id"], "We opened it."), (None, "Thank you.")):
            reporting.reply(report_id=report.pk, finding_id=finding_id, text=text, by=manager, at=AT)
    assert said(program, "inspection") == said(program, "finding") == []  # not issued yet
    issue(program, visited)
    making.action(
        program, workplace=workplace, finding_id=second["id"], state=ActionState.REPORTED, is_original=True
    )

    [inspection] = said(program, "inspection")
    assert (inspection.content["findings"], inspection.content["workers_interviewed"]) == (2, 62)
    assert (inspection.content["reply"], inspection.content["inspected_on"]) == ("Thank you.", "2026-03-02")
    found = said(program, "finding")
    assert [(one.content["reply"], one.content["status"]) for one in found] == [
        ("We opened it.", "in_progress"),
        ("", "pending"),
    ]
    assert [one.content["due_on"] for one in found] == ["", "2026-04-01"]
    assert found[0].withheld["due_on"] == Reason.NOT_COLLECTED
    for record in (inspection, *found):
        assert set(record.content) == {column.name for column in kinds()[record.kind].columns}
        words = json.dumps([record.content, record.search], default=str)
        assert not any(name in words for name in (auditor.name, visited.planner.name, manager.name))
    with program_scope(program.pk):
        for kind in ("inspection", "finding"):
            present = set(disclosure.present(kind).values_list("pk", flat=True))
            assert present == {one.subject_id for one in said(program, kind)}


@pytest.mark.parametrize("value", [None, "withheld"])
def test_nothing_without_a_decision(program, visited, workplace, value):
    factories.decide(program, "findings", value)
    issue(program, visited)

    assert [said(program, kind.key) for kind in disclosure.KINDS] == [[], [], []]
    [place] = added(program, workplace)
    assert place.content["last_inspected_on"] == ""
    assert set(place.withheld.values()) == {Reason.NOT_PUBLIC}


def test_totals_only_and_only_where_enough_stand_behind_them(program, visited, workplace):
    factories.decide(program, "findings", "totals")
    issue(program, visited)
    [few] = said(program, "inspection_totals")
    assert (few.content["findings"], few.withheld["findings"]) == (None, Reason.SMALL_NUMBER)
    for _n in range(2):
        issue(program, making.submitted(program, findings=3))

    [total] = said(program, "inspection_totals")
    assert [total.content[name] for name in ("inspections", "workplaces", "findings", "corrected")] == [
        3,
        3,
        8,
        0,
    ]
    assert said(program, "inspection") == said(program, "finding") == []
    assert added(program, workplace)[0].withheld["progress"] == Reason.NOT_PUBLIC


def test_only_how_many(program, visited, workplace):
    factories.decide(program, "findings", "count")
    issue(program, visited)

    assert [one.content["findings"] for one in said(program, "inspection")] == [2]
    assert said(program, "finding") == []
    assert added(program, workplace)[0].content["last_inspected_on"] == "2026-03-02"


def test_the_page_of_a_workplace_shows_progress_with_both_numbers(program, visited, workplace):
    factories.decide(program, "findings", "published")
    rule(program, "correction.scoring", "remediation")
    issue(program, visited)
    never = factories.workplace(program)
    with program_scope(program.pk):  # what the issue proposed; the ten below are counted
        CorrectiveAction.objects.update(state=ActionState.WITHDRAWN)
    for state in [ActionState.VERIFIED] * 6 + [ActionState.REPORTED] * 2 + [ActionState.AGREED] * 2:
        making.action(program, workplace=workplace, state=state, is_original=True)
    # A later visit whose report is not issued: what it found counts for staff, and not yet for the public.
    unissued = making.submitted(program, workplace=workplace, planner=visited.planner)
    making.action(
        program, workplace=workplace, inspection=unissued, state=ActionState.VERIFIED, is_original=True
    )

    place, other = added(program, workplace, never)

    assert place.content == {
        "last_inspected_on": "2026-03-02",
        "inspected_for": ["Fire safety, 2026-03-02"],
        "remediation": "on_track",
        "progress": "60",
        "findings_corrected": 6,
        "findings_original": 10,
    }
    assert other.withheld["last_inspected_on"] == other.withheld["progress"] == Reason.NOT_YET_INSPECTED
    late = added(program, workplace, on=DAY.replace(year=2027))[0]
    assert late.content["remediation"] == "behind"
    with program_scope(program.pk):
        assert progress_of(workplace.pk) == {"verified": 7, "original": 11}
        [record] = with_additions("workplace", [PublicRecord("workplace", workplace.pk, {"name": "x"})], DAY)
    assert (record.content["progress"], record.effective_on.isoformat()) == ("60", "2026-03-02")


def test_a_replaced_version_gives_way_only_to_the_next(program, visited, workplace):
    factories.decide(program, "findings", "published")
    issue(program, visited)
    send_back(program, visited, at=LATER)
    making.finding(program, visited, title="Not issued yet")
    assert {one.content["finding"] for one in said(program, "finding")} == {"Finding 1", "Finding 2"}
    submit_again(program, visited)
    issue(program, visited)

    assert len(said(program, "finding")) == 3
    assert said(program, "inspection")[0].content["report_version"] == 2


def test_small_farms_are_not_counted(program, workplace):
    factories.decide(program, "findings", "published")
    issue(program, making.submitted(program, workplace=workplace, present=5, interviewed=5))

    [one] = said(program, "inspection")
    assert (one.content["workers_interviewed"], one.withheld["workers_interviewed"]) == (
        None,
        Reason.SMALL_NUMBER,
    )


@pytest.mark.django_db(databases=["default", "engine"])
def test_what_changed_is_looked_at_again(program, visited, workplace):
    factories.decide(program, "findings", "published")
    issue(program, visited)
    with program_scope(program.pk):
        since = Since(AT, 0)
        assert disclosure.changed("inspection", since) == {visited.pk}
        assert disclosure.changed("finding", since) == {one.subject_id for one in said(program, "finding")}
        assert workplace.pk in disclosure.changed_additions("workplace", since)


def test_the_gate_looks_at_what_really_happened(program, visited, auditor):
    def state():
        with program_scope(program.pk):
            return gates.independent_inspection(program.pk)

    assert "No report" in state()
    issue(program, visited)
    assert state() is True
    bound = factories.organization(OrganizationKind.BRAND)
    factories.brand(program, organization=bound)
    factories.member(program, "brand_officer", person=auditor, organization=bound)
    assert "acts for a brand" in state()
