"""A corrective action born from a complaint: its words are looked at, and whatever supplier and brand can read leads nowhere."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from audits.models import ActionStep, CorrectiveAction
from complaints.enums import Act, MeasureState, Part
from complaints.models import CheckIn, Complainant, Measure
from complaints.operations import giveaways, measures, parts, triage
from complaints.operations.states import NotInvolved
from complaints.queries import measures as queries
from complaints.queries import watch
from tests import factories
from tests.audits.acting import place
from tests.complaints import making
from tests.complaints.making import AT
from tests.factories import sign_in
from wsr.tenancy import Audience, program_scope, worker_scope
from wsr.vault.operations import seal

pytestmark = pytest.mark.django_db
STORY = "Foreman Karim locks the north exit every night at 9. I told Shirin on line 14. The key hangs behind his chair."
PHONE = "+880 1711-234567"
PLAIN = {"title": "Emergency exits are locked during working hours", "action": "Keep all exits open."}


@pytest.fixture
def office():
    """A supplier with an account, a brand that buys from it, and a complaint that Ana handles and Ben reviews."""
    program = factories.program()
    office = place(program)
    office.ana, office.ben = (factories.member(program, "case_handler") for _ in range(2))
    office.buyer = factories.organization("brand")
    office.officer = factories.member(program, "brand_officer", organization=office.buyer)
    brand = factories.brand(program, organization=office.buyer)
    factories.sourcing(program, brand=brand, supplier=office.supplier)
    office.complaint = making.complaint(program, text=STORY)
    with worker_scope(program.pk, office.complaint.pk):
        who = Complainant.objects.get()
        for column, text in (("name", "Meena Akter"), ("phone", PHONE), ("safe_contact", "Say: the tailor")):
            seal(office.complaint.pk, "complaints_complainant", column, who.pk, text)
    with scope(office, office.ana):
        parts.take(complaint_id=office.complaint.pk, by=office.ana, at=AT)
        asked = parts.ask(
            complaint_id=office.complaint.pk,
            person_id=office.ben.pk,
            part=Part.REVIEWER,
            by=office.ana,
            at=AT,
        )
        triage.accept(
            complaint_id=office.complaint.pk,
            severity_id=None,
            workplace_id=office.workplace.pk,
            is_urgent=False,
            by=office.ana,
            at=AT,
        )
    with scope(office, office.ben):
        parts.accept(assignment_id=asked.pk, by=office.ben, at=AT)
    return office


def scope(office, person):
    return program_scope(office.program.pk, person_id=person.pk)


def write(office, *, by=None, at=AT, **said):
    by = by or office.ana
    with scope(office, by):
        return measures.write(
            complaint_id=office.complaint.pk,
            **{**PLAIN, "provision_id": None, "severity_id": None, **said},
            by=by,
            at=at,
        )


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("Workers such as Meena are locked in", "meena"),
        ("AKTER was locked in", "akter"),
        ("Karim locks an exit", "karim"),
        ("Line ১৪ cannot leave", "14"),
        ("Call 01711 234 567 about it", "01711234567"),
        ("Exits were locked on 2 March", " 2 march "),
        ("Exits were locked on 2026-03-02", " 2026 03 02 "),
        ("As you know, the key hangs behind his chair", "the key hangs behind his chair"),
    ],
)
def test_what_points_to_her_holds_it_back(office, title, what):
    made = write(office, title=title)

    assert (made.state, made.action_id) == (MeasureState.HELD, None)
    with scope(office, office.ana):
        assert not CorrectiveAction.objects.exists()
        assert what in [found.words.casefold() for found in giveaways.found_in(title, office.complaint)]


def test_the_number_of_the_complaint_is_found_however_it_is_written(office):
    number = office.complaint.number
    with scope(office, office.ana):
        assert giveaways.found_in(f"See {number[:4]}-{number[4:].lower()}", office.complaint)
        assert giveaways.found_in("The exits of Padma are locked; open them.", office.complaint) == []


def test_held_words_are_changed_or_sent_by_a_second_person(office):
    made = write(office, title="Karim locks an exit")
    with scope(office, office.ana):
        with pytest.raises(measures.NeedsAnother):
            measures.send_as_it_is(measure_id=made.pk, by=office.ana, at=AT)
        with pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.filter(pk=made.pk).update(
                state="sent", sent_by=office.ana, sent_on=AT.date(), action_id=office.complaint.pk
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.filter(pk=made.pk).update(
                state="sent", sent_by=office.ben, sent_on=AT.date(), action_id=office.complaint.pk
            )
    with scope(office, office.agreer), pytest.raises(Measure.DoesNotExist):
        measures.send_as_it_is(measure_id=made.pk, by=office.agreer, at=AT)
    with scope(office, office.ben):
        sent = measures.send_as_it_is(measure_id=made.pk, by=office.ben, at=AT)
        assert (sent.state, sent.sent_by, sent.written_by) == (MeasureState.SENT, office.ben, office.ana)
        with pytest.raises(measures.CannotSend):
            measures.drop(measure_id=made.pk, by=office.ben, at=AT)
    again = write(office, title="Karim locks an exit")
    assert write(office, measure_id=again.pk).state == MeasureState.SENT
    with pytest.raises(measures.CannotSend):
        write(office, title=" ")
    with pytest.raises(NotInvolved):
        write(office, by=office.agreer)


def test_supplier_and_brand_find_nothing_that_leads_to_the_complaint(office, client):
    at = AT + dt.timedelta(hours=3, minutes=17)
    made = write(office, at=at)
    with scope(office, office.ana):
        action = CorrectiveAction.objects.get(pk=made.action_id)
        step = ActionStep.objects.get(action=action)
        midnight = action.created_at
        assert (midnight.minute, midnight.second, midnight.microsecond) == (0, 0, 0)
        assert {action.updated_at, step.at} == {midnight}
        assert (step.by, step.name, action.origin, action.inspection_id) == (None, "", "decision", None)
        for made_id in (action.pk, step.pk):  # the moment that an id of version 7 carries
            assert (made_id.version, made_id.int >> 80) == (7, int(midnight.timestamp() * 1000))
        assert CheckIn.objects.filter(act=Act.ACTION).count() == 3
        CorrectiveAction.objects.filter(pk=action.pk).update(agreed_at=AT, due_on=AT.date(), state="agreed")
    read = {
        "supplier": _rows(office, Audience.SUPPLIER, office.manager, office.organization),
        "brand": _rows(office, Audience.BRAND, office.officer, office.buyer),
    }
    for name, person in (("supplier", office.manager), ("brand", office.officer)):
        sign_in(client, person)
        for page in ("actions", "action"):
            args = [office.program.slug, *([action.pk] if page == "action" else [])]
            answer = client.get(reverse(f"audits:{page}", args=args), follow=True)
            assert answer.status_code == 200
            read[name] += answer.content.decode()
    number, words = office.complaint.number, [*STORY.split(". "), "Meena", "Akter", "1711", "Shirin", "Karim"]
    secrets = [
        str(office.complaint.pk),
        office.complaint.pk.hex,
        number,
        str(made.pk),
        office.ana.name,
        *words,
    ]
    assert all(PLAIN["title"] in text for text in read.values())
    assert [(who, secret) for who, text in read.items() for secret in secrets if secret in text] == []
    assert not any(str(at)[:16] in text for text in read.values())
    with worker_scope(office.program.pk, office.complaint.pk):
        assert watch.corrected(office.complaint.pk) == [watch.Corrected(AT.date(), PLAIN["title"])]


def _rows(office, audience, person, organization) -> str:
    """Everything in every table that somebody may read, as text."""
    found = []
    entered = program_scope(office.program.pk, audience, person_id=person.pk, organization_id=organization.pk)
    with entered, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            try:
                with transaction.atomic():
                    cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t')
                    found.append(cursor.fetchone()[0] or "")
            except DatabaseError:
                continue
    return "\n".join(found)


def test_the_pages(office, client):
    sign_in(client, office.ana)
    args = [office.program.slug, office.complaint.pk]
    page, add = (reverse(f"complaints:{name}", args=args) for name in ("complaint", "add_measure"))
    assert client.post(add, {"title": ""}).status_code == 422
    assert client.post(add, {"title": "Karim locks an exit"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "Held back" in shown
    assert "Send it as it is" not in shown
    with scope(office, office.ana):
        held = Measure.objects.get()
    form = client.get(reverse("complaints:measure", args=[*args, held.pk]))
    assert "Karim locks an exit" in form.content.decode()
    assert "no-store" in form["Cache-Control"]
    sign_in(client, office.ben)
    assert "Send it as it is" in client.get(page).content.decode()
    assert "look at them as a second person" in client.get(reverse("ui:inbox")).content.decode()
    assert client.post(reverse("complaints:send_measure", args=[*args, held.pk])).status_code == 302
    assert "Corrective action 1, sent on" in client.get(page).content.decode()
    sign_in(client, office.agreer)
    assert client.get(reverse("complaints:drop_measure", args=[*args, held.pk])).status_code == 404


def test_many_of_them_are_opened_at_once(office, django_assert_max_num_queries):
    counted = []
    for _ in range(2):
        write(office)
        with scope(office, office.ana), django_assert_max_num_queries(50) as seen:
            queries.measures(office.complaint)
        counted.append(len(seen))
    assert counted[0] == counted[1]
