"""A whole publication: the page of a workplace shows its remediation, and no byte of what is served names who inspected or worked there."""

import gzip

import pytest

from tests import factories
from tests.audits import making
from tests.audits.reported import issue, rule
from tests.registry.conftest import office  # noqa: F401 -- fixture
from wsr.registry.ids import shard


def test_a_publication_shows_inspections_and_nobody(office):  # noqa: F811
    factories.decide(office.program, "findings", "published")
    rule(office.program, "correction.scoring", "remediation")
    auditor = factories.member(
        office.program, "auditor", person=factories.person("nadia@example.org", name="Nadia Field")
    )
    visited = making.under_way(office.program, workplace=office.exact, kind="fire", team=[(auditor, "lead")])
    making.finding(office.program, visited, title="A locked exit")
    making.interview(office.program, visited, workers=62, note="Spoke with Rahima Begum.")
    from audits.operations import visits

    office.publish()
    before = _everything(office)
    assert "A locked exit" not in before
    assert office.listing(office.exact).kind == "workplace"
    with making.as_auditor(office.program, auditor):
        visits.submit(inspection_id=visited.pk, by=auditor, at=making.AT)
    assert office.publish() is None or "A locked exit" not in _everything(office)
    issue(office.program, making.fresh(office.program, visited))

    office.publish()

    public_id = office.listing(office.exact).public_id
    page = gzip.decompress(
        (office.public / "r" / shard(public_id) / f"{public_id}.html.gz").read_bytes()
    ).decode()
    for words in (
        "Last inspected",
        "March 2, 2026",
        "Fire safety, 2026-03-02",
        "CAP pending or N/A",
        "Original findings",
    ):
        assert words in page
    said = _everything(office)
    assert "A locked exit" in said
    for name in ("Nadia Field", "Rahima", visited.planner.name):
        assert name not in said
    assert office.publish() is None  # nothing changed since


def _everything(office):  # noqa: F811
    found = []
    for path in sorted(office.public.rglob("*")):
        if path.is_file() and path.suffix not in (".zip", ".sqlite"):
            content = path.read_bytes()
            found.append(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
    return b"\n".join(found).decode("utf-8", "replace")


@pytest.mark.parametrize("value", ["totals", None])
def test_where_findings_are_not_public_the_page_says_so(office, value):  # noqa: F811
    factories.decide(office.program, "findings", value)
    office.publish()
    assert "The program does not publish this" in _everything(office)
