"""A complaint about a person: sealed with the case, noticed by a keyed digest, behind the same walls, erased with it."""

import re

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint, Respondent, Wall
from complaints.operations import parts, peppering, respondents, triage
from complaints.operations.giveaways import GivesAway, certain_in
from complaints.operations.respondents import CannotName
from complaints.operations.states import NotInvolved
from complaints.queries.respondents import named
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_worker_pages import receipt_on
from tests.programs.building import say
from wsr.tenancy import engine_scope, program_scope, worker_scope
from wsr.vault import keys
from wsr.vault.models import BlindIndex, Sealed

NAME = "Pat  Lens"


@pytest.fixture
def program(db):
    """A program that takes complaints about a person."""
    made = factories.program("agencies")
    say(made, respondents.RULE, True)
    return made


def handler(program, name=""):
    person = factories.person(name=name) if name else None
    return factories.member(program, "case_handler", person=person)


def taken(program, by, **fields):
    complaint = making.complaint(program, **fields)
    making.take(program, complaint, by)
    return complaint


def name(program, complaint, by, text=NAME, employer=None):
    with program_scope(program.pk, person_id=by.pk):
        return respondents.add(
            complaint_id=complaint.pk,
            name=text,
            employer_id=employer.pk if employer else None,
            by=by,
            at=AT,
        )


def seen(program, complaint, by):
    """[(name, how many others, how many of them she works on)] for somebody inside."""
    with program_scope(program.pk, person_id=by.pk):
        found = named(Complaint.objects.get(pk=complaint.pk))
        return [(one.name, one.others, len(one.own)) for one in found]


def test_a_second_complaint_about_the_same_person_is_noticed_by_its_handlers_alone(program):
    ours, theirs = handler(program), handler(program)
    first, second, stranger = taken(program, ours), taken(program, theirs), taken(program, ours)
    name(program, first, ours)
    assert seen(program, first, ours) == [(NAME, 0, 0)]

    name(program, second, theirs, "pat lens")
    name(program, stranger, ours, "Somebody else")

    assert seen(program, first, ours) == [(NAME, 1, 0)]  # she has no part in the other: the number alone
    making.given(program, second, theirs, ours, "investigator")
    assert seen(program, first, ours) == [(NAME, 1, 1)]
    assert seen(program, first, theirs) == []
    with program_scope(program.pk, person_id=theirs.pk), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT others FROM complaints_same_respondent(%s, (SELECT array_agg(digest) FROM vault_blindindex))",
            [first.pk],
        )
        assert cursor.fetchone() == (0,)  # of a complaint she is not in she learns nothing


def test_a_wall_hides_the_other_complaint_from_the_count(program):
    ours, theirs = handler(program), handler(program)
    first, second = taken(program, ours), taken(program, theirs)
    for complaint, by in ((first, ours), (second, theirs)):
        name(program, complaint, by)
    with program_scope(program.pk, person_id=theirs.pk):
        parts.wall_off(person_id=ours.pk, complaint_id=second.pk, reason="A cousin", by=theirs, at=AT)
    assert seen(program, first, ours) == [(NAME, 0, 0)]


def test_whoever_is_named_can_neither_take_nor_keep_it(program):
    someone, colleague = handler(program, name="Pat Lens"), handler(program)
    complaint = making.complaint(program)
    with worker_scope(program.pk, complaint.pk):
        respondents.named_by_worker(complaint, [NAME], at=AT)

    with program_scope(program.pk, person_id=someone.pk), pytest.raises(Complaint.DoesNotExist):
        parts.take(complaint_id=complaint.pk, by=someone, at=AT)
    with program_scope(program.pk, person_id=someone.pk), pytest.raises(Complaint.DoesNotExist):
        parts.open_in_emergency(complaint_id=complaint.pk, reason="Danger", by=someone, at=AT)
    with program_scope(program.pk, person_id=colleague.pk):
        parts.take(complaint_id=complaint.pk, by=colleague, at=AT)
        assert Wall.objects.get().person_id == someone.pk
    with program_scope(program.pk, person_id=someone.pk):
        assert not Complaint.objects.filter(pk=complaint.pk).exists()


def test_ties_to_the_employer_wall_off_as_those_to_the_workplace(program):
    agency = factories.supplier(program)
    ours, tied = handler(program), handler(program)
    complaint = taken(program, ours)
    making.given(program, complaint, ours, tied, "investigator")
    with program_scope(program.pk, person_id=ours.pk):
        parts.wall_off(person_id=tied.pk, supplier_id=agency.pk, reason="A cousin", by=ours, at=AT)

    name(program, complaint, ours, employer=agency)

    with program_scope(program.pk, person_id=tied.pk):
        assert not Complaint.objects.filter(pk=complaint.pk).exists()
        assert not Respondent.objects.exists()
    with program_scope(program.pk, person_id=ours.pk):
        assert complaint.assignments.get(person=tied).state == "ended"


def test_refusals(program):
    ours, outside = handler(program, name="Uma"), handler(program)
    complaint = taken(program, ours)
    for text, words in ((" ", "Write the name"), ("uma", "your own name")):
        with pytest.raises(CannotName, match=words):
            name(program, complaint, ours, text)
    with pytest.raises(NotInvolved):
        name(program, complaint, outside)
    row = name(program, complaint, ours)
    with program_scope(program.pk, person_id=ours.pk):
        with pytest.raises(CannotName, match="Say why"):
            respondents.take_out(respondent_id=row.pk, reason="", by=ours, at=AT)
        respondents.take_out(respondent_id=row.pk, reason="Another person", by=ours, at=AT)
        with pytest.raises(CannotName, match="already"):
            respondents.take_out(respondent_id=row.pk, reason="Another person", by=ours, at=AT)
        assert not BlindIndex.objects.filter(kind=respondents.KIND).exists()
    assert seen(program, complaint, ours) == []
    say(other := factories.program(), respondents.RULE, None)
    alien = handler(other)
    with pytest.raises(CannotName, match="takes no complaints about a person"):
        name(other, taken(other, alien), alien)


def test_a_reason_that_names_somebody_of_the_case_is_refused_where_history_would_keep_it(program):
    """History is read by others and outlives the case."""
    ours = handler(program)
    complaint = taken(program, ours)
    row = name(program, complaint, ours)
    with program_scope(program.pk, person_id=ours.pk):
        for reason in ("It was not Pat Lens.", "LENS was on leave"):
            with pytest.raises(GivesAway, match="stays in history"):
                respondents.take_out(respondent_id=row.pk, reason=reason, by=ours, at=AT)
        with pytest.raises(GivesAway, match="“Pat”"):
            triage.no_complaint(complaint_id=complaint.pk, reason="Pat was away.", by=ours, at=AT)
        assert respondents.names(complaint) == {row.pk: NAME}
        respondents.take_out(respondent_id=row.pk, reason="The worker corrected it.", by=ours, at=AT)


def test_the_name_is_never_public(program):
    ours = handler(program)
    complaint = taken(program, ours)
    name(program, complaint, ours, "Zelmira Quint")
    with program_scope(program.pk, person_id=ours.pk):
        row = Complaint.objects.get(pk=complaint.pk)
        assert [one.words for one in certain_in("The agency dismissed Zelmira.", row)] == ["Zelmira"]


def test_pages_for_workers_and_handlers(program):
    place, client = f"/report/{program.slug}/", Client()
    asked = client.get(f"{place}?q=3").content.decode()
    assert "Is it about a person or a workplace?" in asked
    other = factories.program()
    assert "Is it about a person" not in client.get(f"/report/{other.slug}/?q=3").content.decode()
    client.post(place, {"q": "2", "what": "He shouted at all of us."})
    client.post(place, {"q": "3", "where": "Studio", "against": "person", "person": NAME})
    receipt_on(client.post(place, {"send": "1"}, follow=True))

    ours = handler(program)
    desk = Client()
    factories.sign_in(desk, ours)
    with program_scope(program.pk, person_id=ours.pk):
        [row] = Complaint.objects.all()
        parts.take(complaint_id=row.pk, by=ours, at=AT)
    url = reverse("complaints:complaint", args=[program.slug, row.pk])
    page = desk.get(url).content.decode()
    assert "Whom it is about" in page
    assert NAME in page
    assert desk.post(f"{url}about/add/", {"name": "Other One"}).status_code == 302
    out = re.search(r"about/[0-9a-f-]{36}/out/", desk.get(url).content.decode()).group(0)
    assert desk.post(f"{url}{out}", {"reason": "A mistake"}).status_code == 302
    stranger = Client()
    factories.sign_in(stranger, handler(program))
    assert NAME not in stranger.get(url).content.decode()
    assert stranger.post(f"{url}{out}", {"reason": "x"}).status_code == 404


@pytest.mark.usefixtures("transactional_db")
def test_erasing_takes_name_and_digest_and_another_pepper_keeps_them(settings):
    program = factories.program("agencies")
    say(program, respondents.RULE, True)
    ours = factories.member(program, "case_handler")
    complaint, other = taken(program, ours), taken(program, ours)
    for one in (complaint, other):
        name(program, one, ours)
    settings.VAULT_PEPPER, settings.VAULT_PEPPER_FALLBACKS = keys.new_key(), [settings.VAULT_PEPPER]
    assert sum(peppering.key_anew(program.pk)) == 2
    assert seen(program, complaint, ours) == [(NAME, 1, 1)]

    call_command("erase_case", "agencies", str(complaint.pk), "--reason", "By order.")

    with engine_scope(program.pk):
        cases = set(BlindIndex.objects.values_list("case_id", flat=True))
    assert cases == {other.pk}
    with program_scope(program.pk, person_id=ours.pk):
        assert not Sealed.objects.filter(case_id=complaint.pk).exists()
    assert seen(program, other, ours) == [(NAME, 0, 0)]
