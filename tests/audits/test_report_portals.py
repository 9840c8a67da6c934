"""Who reads a report, by page and by raw SQL: staff every version, a supplier its own, a brand the issued one of whom it buys from."""

import pytest
from django.db import DatabaseError, connections, transaction
from django.urls import reverse

from audits.models import Reply
from tests import factories
from tests.audits import making
from tests.audits.reported import issue, portal, send_back, share
from wsr.accounts.models import OrganizationKind
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(program):
    """A supplier with two brands, one of which buys there; and another supplier."""
    organizations = [factories.organization(OrganizationKind.SUPPLIER) for _n in range(2)]
    supplier, other = (factories.supplier(program, organization=one) for one in organizations)
    brands = [factories.brand(program, organization=factories.organization()) for _n in range(2)]
    factories.sourcing(program, brand=brands[0], supplier=supplier)
    of = {"supplier": supplier, "stranger": other, "buyer": brands[0], "rival": brands[1]}
    roles = {"supplier": "supplier_manager", "stranger": "supplier_manager"}
    return {
        name: (
            part,
            factories.member(program, roles.get(name, "brand_officer"), organization=part.organization),
        )
        for name, part in of.items()
    }


@pytest.fixture
def visited(program, people):
    workplace = factories.workplace(program, supplier=people["supplier"][0])
    return making.submitted(program, workplace=workplace, findings=2, interviewed=62)


def ask(program, who, sql):
    participation, person = who
    with portal(program, person, participation), connections["default"].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def page(client, program, who, name, *args):
    factories.sign_in(client, who[1])
    return client.get(reverse(f"audits:{name}", args=[program.slug, *args]))


def test_raw_sql_of_each_portal(program, people, visited):
    report = share(program, visited)
    sql = "SELECT id FROM audits_report"
    assert {name: len(ask(program, who, sql)) for name, who in people.items()} == {
        "supplier": 1,
        "stranger": 0,
        "buyer": 0,
        "rival": 0,
    }
    reply = (
        "INSERT INTO audits_reply (program_id, report_id, supplier_id, text, by_id, name, said_at, is_recorded)"
        f" VALUES ('{program.pk}', '{report.pk}', '{people['supplier'][0].pk}', 'x', '{people['supplier'][1].pk}',"
        " 'x', now(), false)"
    )
    assert ask(program, people["supplier"], reply) == 1
    for name in ("stranger", "buyer", "rival"):
        with pytest.raises(DatabaseError), transaction.atomic():
            ask(program, people[name], reply)
    with pytest.raises(DatabaseError), transaction.atomic():
        ask(program, people["buyer"], "SELECT * FROM audits_reply")
    issue(program, visited)
    assert {name: len(ask(program, who, sql)) for name, who in people.items()} == {
        "supplier": 1,
        "stranger": 0,
        "buyer": 1,
        "rival": 0,
    }
    with pytest.raises(DatabaseError, match="while it is with the supplier"), transaction.atomic():
        ask(program, people["supplier"], reply)


@pytest.mark.parametrize(
    "table", ["inspection", "finding", "interview", "response", "seal", "evidence", "teammember"]
)
def test_no_portal_reads_a_record_of_a_visit(program, people, visited, table):
    issue(program, visited)
    for who in people.values():
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            ask(program, who, f"SELECT * FROM audits_{table}")


def test_pages_of_each_portal(program, people, visited, client):
    report = share(program, visited)
    before = {
        name: page(client, program, who, "report", report.pk).status_code for name, who in people.items()
    }
    assert before == {"supplier": 200, "stranger": 404, "buyer": 404, "rival": 404}

    issue(program, visited)

    after = {
        name: page(client, program, who, "report", report.pk).status_code for name, who in people.items()
    }
    assert after == {"supplier": 200, "stranger": 404, "buyer": 200, "rival": 404}
    papers = {
        name: b"".join(page(client, program, people[name], "report_pdf", report.pk).streaming_content)
        for name in ("supplier", "buyer")
    }
    assert papers["supplier"] == papers["buyer"]
    assert papers["buyer"].startswith(b"%PDF")
    shown = page(client, program, people["buyer"], "report", report.pk).content.decode()
    assert visited.lead.name not in shown
    assert visited.planner.name not in shown
    assert reverse("audits:review", args=[program.slug, visited.pk]) not in shown
    send_back(program, visited)  # a later version begins; the issued one still holds
    assert page(client, program, people["buyer"], "report", report.pk).status_code == 200


def test_lists_show_what_is_ones_own(program, people, visited, client):
    issue(program, visited)
    counted = {
        name: visited.workplace_name in page(client, program, who, "reports").content.decode()
        for name, who in people.items()
    }
    assert counted == {"supplier": True, "stranger": False, "buyer": True, "rival": False}


def test_the_supplier_replies_on_one_page(program, people, visited, client):
    report = share(program, visited)
    first = report.body["findings"][0]["id"]
    url = reverse("audits:reply", args=[program.slug, report.pk])
    factories.sign_in(client, people["supplier"][1])

    assert "Finding 1" in client.get(url).content.decode()
    empty = client.post(url, {"whole": " "})
    assert empty.status_code == 422
    assert "Write a reply" in empty.content.decode()
    assert client.post(url, {"whole": "Thank you.", f"finding-{first}": "We opened it."}).status_code == 302

    with program_scope(program.pk):
        assert sorted(Reply.objects.values_list("text", flat=True)) == ["Thank you.", "We opened it."]
    assert "We opened it." in client.get(url).content.decode()
    issue(program, visited)
    assert client.get(url).status_code == 302
    factories.sign_in(client, people["buyer"][1])
    assert client.get(url).status_code == 403
    assert (
        "We opened it."
        in client.get(reverse("audits:report", args=[program.slug, report.pk])).content.decode()
    )


def test_staff_review_share_return_and_issue(program, people, visited, client):
    factories.sign_in(client, visited.planner)
    review = reverse("audits:review", args=[program.slug, visited.pk])
    shown = client.get(review).content.decode()
    assert "Findings as noted" in shown
    assert "62" in shown
    steps = {
        name: reverse(f"audits:{name}", args=[program.slug, visited.pk])
        for name in ("share_report", "issue_report", "return_inspection")
    }
    assert client.post(steps["share_report"], {}).status_code == 422
    assert client.post(steps["share_report"], {"checked": "on"}).status_code == 302
    refused = client.post(steps["issue_report"], {"checked": "on", "reason": ""})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert client.post(steps["issue_report"], {"checked": "on", "reason": "No answer"}).status_code == 302
    assert client.post(steps["return_inspection"], {"reason": "A date is wrong."}).status_code == 302
    assert "The auditors have it again" in client.get(review).content.decode()


def test_a_review_warns_of_what_points_to_somebody(program, people, client):
    made = making.under_way(program, workplace=factories.workplace(program))
    making.finding(program, made, title="Call 0171 555 0199 about it", description="ana@example.org said so")
    from audits.operations import visits
    from tests.factories import AT

    with making.as_auditor(program, made.lead):
        visits.submit(inspection_id=made.pk, by=made.lead, at=AT)
    factories.sign_in(client, made.planner)
    assert (
        "e-mail address or a telephone number"
        in client.get(reverse("audits:review", args=[program.slug, made.pk])).content.decode()
    )


def test_the_barred_find_nothing(program, people, visited, client):
    from audits.models import Bar
    from tests.factories import AT

    barred = factories.member(program, "inspector_in_charge")
    report = issue(program, visited)
    with program_scope(program.pk):
        Bar.objects.create(person=barred, supplier=people["supplier"][0], tie="family", begun_at=AT)
    factories.sign_in(client, barred)
    for name, pk in (("report", report.pk), ("report_pdf", report.pk), ("review", visited.pk)):
        assert client.get(reverse(f"audits:{name}", args=[program.slug, pk])).status_code == 404, name
