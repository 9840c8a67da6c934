"""A whole publication: the page of a workplace shows its remediation, and no byte of what is served names who inspected or worked there."""

import gzip

import pytest

from tests import factories
from tests.audits import making
from tests.audits.reported import issue, rule, send_back, submit_again
from tests.registry.conftest import office  # noqa: F401 -- fixture
from wsr.registry.ids import shard
from wsr.registry.verifying import papers


def test_a_publication_shows_inspections_and_nobody(office, client):  # noqa: F811
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
    sha256 = issue(office.program, making.fresh(office.program, visited)).pdf_sha256
    [paper] = papers(sha256)
    assert (paper.title, paper.url) == ("A document of this program", "")
    assert papers("0" * 64) == []

    office.publish()
    [paper] = papers(sha256)
    assert (paper.tag, paper.title) == ("The version that holds", "Report of an inspection")
    assert "Fire safety inspection, 2026-03-02, version 1 of the report" in paper.sentence
    assert client.get(paper.url).status_code == 200

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
    profile = client.get(f"/registry/{office.program.slug}/{public_id}/profile/").text
    assert (
        profile.index("Inspections")
        < profile.index("Fire safety inspection")
        < profile.index("A locked exit")
    )
    assert office.publish() is None  # nothing changed since

    send_back(office.program, making.fresh(office.program, visited))
    submit_again(office.program, making.fresh(office.program, visited))
    second = issue(office.program, making.fresh(office.program, visited), reason="Again.").pdf_sha256
    office.publish()
    assert [[paper.tag for paper in papers(one)] for one in (sha256, second)] == [
        ["Replaced by a later version"],
        ["The version that holds"],
    ]
    factories.decide(office.program, "findings", "totals")
    office.publish()
    assert {papers(one)[0].title for one in (sha256, second)} == {"A document of this program"}


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
