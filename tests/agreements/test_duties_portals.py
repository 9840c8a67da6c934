"""What raw SQL of each portal reads and writes of the ladder: a brand its own duty, a supplier its own climb and how many were told."""

import pytest
from django.db import DatabaseError, connections, transaction

from agreements.models import Escalation, StopDuty
from tests import factories
from tests.agreements import climbing
from tests.agreements.climbing import say
from wsr.accounts.models import OrganizationKind
from wsr.tenancy import Audience, program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def suspended(program, director):
    """A suspended supplier with an account, from which two brands buy."""
    organization = factories.organization(OrganizationKind.SUPPLIER)
    supplier = factories.supplier(program, name="Acme", rung="good_standing", organization=organization)
    say(program, "suspended", "at_once", True)
    brands = [climbing.brand(program, supplier=supplier, name=name) for name in ("Ours", "Theirs")]
    climbing.start(program, supplier, "suspended", by=director)
    return supplier, brands


def ask(program, audience, participation, sql):
    """What a portal's own login gets back for raw SQL: rows, or how many it changed."""
    scope = program_scope(program.pk, audience, organization_id=participation.organization_id)
    with scope, connections["default"].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(program, audience, participation, sql):
    with pytest.raises(DatabaseError) as found, transaction.atomic():
        ask(program, audience, participation, sql)
    return str(found.value)


def test_a_brand_reads_and_answers_its_own_duty_only(program, suspended):
    _supplier, [ours, theirs] = suspended

    assert ask(program, Audience.BRAND, ours, "SELECT brand_id FROM agreements_stopduty") == [(ours.pk,)]
    changed = "UPDATE agreements_stopduty SET state = 'acknowledged', acknowledged_at = now(), acknowledged_name = 'x'"
    assert ask(program, Audience.BRAND, ours, changed) == 1
    with program_scope(program.pk):
        assert StopDuty.objects.get(brand=theirs).state == "open"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE agreements_stopduty SET stop_by = '2030-01-01'",
        "UPDATE agreements_stopduty SET state = 'lifted', over_at = now()",
        "UPDATE agreements_stopduty SET state = 'accepted'",
        "DELETE FROM agreements_stopduty",
        "SELECT * FROM agreements_escalation",
        "SELECT * FROM agreements_escalationstep",
        "SELECT * FROM agreements_meeting",
        "SELECT * FROM agreements_flaggedpurchase",
        "SELECT * FROM agreements_lettertext",
    ],
)
def test_a_brand_cannot(program, suspended, sql):
    _supplier, [ours, _theirs] = suspended
    said = refused(program, Audience.BRAND, ours, sql)
    assert "permission denied" in said or "not for brand" in said or "cannot become" in said


def test_a_supplier_reads_its_climb_and_how_many_brands_were_told(program, suspended):
    supplier, _brands = suspended
    sql = "SELECT supplier_id, brands_told FROM agreements_escalation"

    assert ask(program, Audience.SUPPLIER, supplier, sql) == [(supplier.pk, 2)]
    assert ask(program, Audience.SUPPLIER, supplier, "SELECT brand_id FROM agreements_stopduty") == []
    assert "permission denied" in refused(
        program, Audience.SUPPLIER, supplier, "UPDATE agreements_escalation SET state = 'closed'"
    )


def test_a_supplier_reads_nothing_of_another(program, suspended, director):
    organization = factories.organization(OrganizationKind.SUPPLIER)
    other = factories.supplier(program, rung="good_standing", organization=organization)
    climbing.start(program, other, "probation", by=director)

    for table in ("escalation", "escalationstep", "letter", "meeting"):
        column = "participation_id" if table == "letter" else "supplier_id"
        found = ask(program, Audience.SUPPLIER, other, f"SELECT {column} FROM agreements_{table}")
        assert set(found) <= {(other.pk,)}


def test_pages_by_role(program, suspended, director, client):
    supplier, [ours, theirs] = suspended
    with program_scope(program.pk):
        case = Escalation.objects.get()
        duties = {duty.brand_id: duty.pk for duty in StopDuty.objects.all()}
    base = f"/p/{program.slug}"
    people = {
        "staff": director,
        "brand": factories.member(program, "brand_officer", organization=ours.organization),
        "supplier": factories.member(program, "supplier_manager", organization=supplier.organization),
    }
    expected = {
        f"{base}/ladder/": (200, 404, 200),
        f"{base}/ladder/{case.pk}/": (200, 404, 200),
        f"{base}/duties/": (200, 200, 200),
        f"{base}/duties/{duties[ours.pk]}/": (200, 200, 404),
        f"{base}/duties/{duties[theirs.pk]}/": (200, 404, 404),
        f"{base}/duties/{duties[ours.pk]}/acknowledge/": (403, 200, 404),
        f"{base}/ladder/texts/": (200, 404, 404),
    }
    found = {}
    for place, person in enumerate(people.values()):
        factories.sign_in(client, person)
        for url in expected:
            answer = client.get(url)
            found.setdefault(url, []).append(answer.status_code)
            if place == 2 and url.endswith(f"{case.pk}/"):
                assert b"2 were told" in answer.content
                assert b"Ours" not in answer.content
    for url, codes in expected.items():
        seen = tuple(
            code if code != 403 or codes[place] == 403 else 404 for place, code in enumerate(found[url])
        )
        assert seen == codes, url


def test_staff_look_first_and_then_confirm(program, director, client):
    supplier = factories.supplier(program, name="Acme", rung="good_standing")
    climbing.brand(program, supplier=supplier, name="Buyer")
    factories.sign_in(client, director)
    url = f"/p/{program.slug}/ladder/suppliers/{supplier.pk}/start/"
    typed = {"trigger": "No repair", "rung_key": "probation", "effective_on": "2026-03-01", "reason": "Late"}

    look = client.post(url, typed)
    assert (look.status_code, b"Confirm this step" in look.content) == (200, True)
    with program_scope(program.pk):
        assert not Escalation.objects.exists()
    done = client.post(url, {**typed, "confirmed": "1"})
    assert done.status_code == 302
    wrong = client.post(f"{done['Location']}climb/", {"rung_key": "suspended", "effective_on": "2026-03-01"})
    assert (wrong.status_code, b"This field is required" in wrong.content) == (422, True)


def test_a_brand_answers_on_its_pages(program, suspended, client):
    _supplier, [ours, _theirs] = suspended
    officer = factories.member(program, "brand_officer", organization=ours.organization)
    factories.sign_in(client, officer)
    with program_scope(program.pk):
        url = f"/p/{program.slug}/duties/{StopDuty.objects.get(brand=ours).pk}/"

    assert client.post(f"{url}acknowledge/", {"name": "Ana Officer"}).status_code == 302
    nothing = client.post(f"{url}prove/", {"stopped_on": "2026-03-02"})
    assert (nothing.status_code, b"Add a file or describe the proof" in nothing.content) == (422, True)
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("orders.csv", b"canceled", content_type="text/csv")
    assert client.post(f"{url}prove/", {"stopped_on": "2026-03-02", "file": file}).status_code == 302
    page = client.get(url)
    assert b"orders.csv" in page.content
    assert b"".join(client.get(f"{url}proof/").streaming_content) == b"canceled"
