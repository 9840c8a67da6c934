"""Complaints about the same thing: suggested, linked, merged, taken apart; never by themselves, and never past a wall."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.enums import Act, Channel, ComplaintState, Harm, Part, Recipient, Reply, Said
from complaints.models import (
    Appeal,
    CheckIn,
    Complaint,
    Finding,
    Joined,
    Link,
    Message,
    TriageRule,
    WorkerKey,
)
from complaints.operations import (
    access,
    answering,
    drafts,
    inquiry,
    joining,
    parts,
    resolutions,
    reviews,
    states,
    thread,
    watch,
)
from complaints.operations.states import CannotMove, NotInvolved
from complaints.queries import outcome as queries
from programs.models import CodeVersion, Provision
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_intake import ANSWERS, Where, send
from tests.complaints.test_outcome import refused, rule
from tests.complaints.test_worker_pages import CASE, enter
from tests.factories import sign_in
from wsr.deadlines.models import Clock
from wsr.errors import DomainError
from wsr.tenancy import program_scope, worker_scope
from wsr.vault.numbers import shown

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def mill():
    """A mill with two complaints of two workers, one of them in the hands of Ana."""
    mill = type("Mill", (), {})()
    mill.program = program = factories.program()
    mill.director = factories.member(program, "director")
    mill.ana, mill.ben = (factories.member(program, "case_handler") for _ in range(2))
    rule(program, "clocks.complaint_closed", 30)
    mill.workplace = factories.workplace(program)
    with program_scope(program.pk):
        TriageRule.objects.create(key="fire", label={"en": "Fire"}, valid_from=dt.date(2026, 1, 1), set_at=AT)
    where = Where(mill.workplace.pk, mill.workplace.supplier_id)
    mill.receipts, mill.both = [], []
    for day in range(2):
        token = drafts.Token.new(program.pk)
        mill.receipts.append(send(token, rule_key="fire", where=where, at=AT + day * DAY))
        with program_scope(program.pk):
            mill.both.append(Complaint.objects.get(pk=token.case_id))
    mill.one, mill.other = mill.both
    with scope(mill, mill.ana):
        parts.take(complaint_id=mill.one.pk, by=mill.ana, at=AT)
    return mill


def scope(mill, person):
    return program_scope(mill.program.pk, person_id=person.pk)


def url(mill, name="complaint", *more):
    return reverse(f"complaints:{name}", args=[mill.program.slug, mill.one.pk, *more])


def near(mill, person, complaint):
    with scope(mill, person):
        return [(one.complaint.pk, one.why) for one in queries.suggested(complaint)]


def test_alike_ones_are_suggested_and_linked_by_a_person(mill, client):
    far = making.complaint(
        mill.program, workplace=mill.workplace, received_at=AT + 60 * DAY, supplier=mill.workplace.supplier
    )
    assert near(mill, mill.ana, mill.one) == [(mill.other.pk, "same workplace, about the same, 1 days apart")]
    assert mill.other.pk not in [key for key, _why in near(mill, mill.ana, far)]
    sign_in(client, mill.ana)
    page = client.get(url(mill)).content.decode()
    assert shown(mill.other.number) in page
    assert "perhaps:" in page
    assert client.post(url(mill, "link"), {"number": "1"}).status_code == 422
    assert client.post(url(mill, "link"), {"number": mill.one.number}).status_code == 422
    for _ in range(2):
        assert client.post(url(mill, "link"), {"number": mill.other.number}).status_code == 302
    with scope(mill, mill.ben):
        link = Link.objects.get()
        with pytest.raises(NotInvolved):
            joining.end_link(link_id=link.pk, complaint_id=mill.one.pk, by=mill.ben, at=AT)
        with pytest.raises(NotInvolved):
            joining.link(complaint_id=mill.one.pk, other_id=far.pk, by=mill.ben, at=AT)
    assert near(mill, mill.ana, mill.one) == []
    assert "linked" in client.get(url(mill)).content.decode()
    client.post(url(mill, "end_link", link.pk))
    assert client.post(url(mill, "end_link", link.pk)).status_code == 422
    assert "perhaps:" in client.get(url(mill)).content.decode()


def test_a_wall_hides_suggestions_links_and_numbers(mill, client):
    with scope(mill, mill.ana):
        joining.link(complaint_id=mill.one.pk, other_id=mill.other.pk, by=mill.ana, at=AT)
    with scope(mill, mill.director):
        parts.wall_off(
            person_id=mill.ana.pk, complaint_id=mill.other.pk, reason="Her sister.", by=mill.director, at=AT
        )
    with scope(mill, mill.ana):
        assert not Link.objects.exists()
        assert queries.suggested(mill.one) == queries.linked(mill.one) == []
        for act in (joining.link, joining.merge):
            name = "other_id" if act is joining.link else "into_id"
            with pytest.raises(Complaint.DoesNotExist):
                act(complaint_id=mill.one.pk, **{name: mill.other.pk}, by=mill.ana, at=AT)
    sign_in(client, mill.ana)
    assert shown(mill.other.number) not in client.get(url(mill)).content.decode()
    assert client.post(url(mill, "link"), {"number": mill.other.number}).status_code == 422


def test_merged_each_worker_keeps_her_secret_and_reads_her_own_words(mill, client):
    with scope(mill, mill.ana), pytest.raises(NotInvolved):
        joining.merge(complaint_id=mill.one.pk, into_id=mill.other.pk, by=mill.ana, at=AT)
    with scope(mill, mill.ana):
        with pytest.raises(joining.CannotJoin):
            joining.merge(complaint_id=mill.one.pk, into_id=mill.one.pk, by=mill.ana, at=AT)
        parts.take(complaint_id=mill.other.pk, by=mill.ana, at=AT)
        row = states.locked(mill.other.pk)
        states.move(row, ComplaintState.ACCEPTED, by=mill.ana, at=AT)
        refused(lambda: Complaint.objects.filter(pk=mill.one.pk).update(state="merged"))
    sign_in(client, mill.ana)
    assert client.post(url(mill, "merge"), {"into_id": ""}).status_code == 422
    assert client.post(url(mill, "merge"), {"into_id": mill.other.pk}).status_code == 302
    assert "this one is merged into it" in client.get(url(mill)).content.decode()
    with scope(mill, mill.ana):
        assert not Clock.objects.of(mill.one).filter(state="running").exists()
        with pytest.raises(joining.CannotJoin):
            joining.merge(complaint_id=mill.other.pk, into_id=mill.one.pk, by=mill.ana, at=AT)
        with pytest.raises(CannotMove):
            joining.take_apart(complaint_id=mill.other.pk, by=mill.ana, at=AT)
        states.move(states.locked(mill.other.pk), ComplaintState.INVESTIGATING, by=mill.ana, at=AT)
        assert Message.objects.filter(complaint=mill.one).count() == len(ANSWERS)

    first, second = (
        enter(Client(), receipt.number, receipt.secret).content.decode() for receipt in mill.receipts
    )
    assert "together with another complaint" in first
    assert "We are finding out what happened." in first
    assert ANSWERS["what"] in first
    assert "together with another complaint" not in second
    assert "We are finding out what happened." in second

    making.given(mill.program, mill.other, mill.ana, mill.ben, Part.INVESTIGATOR)
    with scope(mill, mill.ben):
        assert not Message.objects.filter(complaint=mill.one).exists()
        with pytest.raises(NotInvolved):
            joining.take_apart(complaint_id=mill.one.pk, by=mill.ben, at=AT)
    assert client.post(url(mill, "take_apart")).status_code == 302
    with scope(mill, mill.ana):
        row = Complaint.objects.get(pk=mill.one.pk)
        assert (row.state, row.merged_into) == (ComplaintState.RECEIVED, None)


@pytest.fixture
def merged(mill):
    """The complaint of the first worker is merged into that of the second, for which a finding was made."""
    with scope(mill, mill.ana):
        parts.take(complaint_id=mill.other.pk, by=mill.ana, at=AT)
        joining.merge(complaint_id=mill.one.pk, into_id=mill.other.pk, by=mill.ana, at=AT)
        code = CodeVersion.objects.create(number=1, title="Code", created_at=AT)
        about = Provision.objects.create(code=code, reference="1.1", title="Fire")
        Finding.objects.create(
            complaint=mill.other, provision=about, outcome="upheld", found_by=mill.ana, found_at=AT
        )
        row = states.locked(mill.other.pk)
        for state in (ComplaintState.ACCEPTED, ComplaintState.INVESTIGATING, ComplaintState.RESOLVING):
            states.move(row, state, by=mill.ana, at=AT)
    return mill


def propose(mill):
    with scope(mill, mill.ana):
        return resolutions.propose(
            complaint_id=mill.other.pk, text="The door stays open.", by=mill.ana, at=timezone.now()
        )


def test_the_worker_of_a_merged_complaint_is_asked_and_may_appeal(merged):
    mill, (hers, another) = merged, merged.receipts
    with scope(mill, mill.ana):
        thread_before = answering.answer(
            complaint_id=mill.other.pk, text="To the other one alone.", to=mill.other.pk, by=mill.ana, at=AT
        )
    proposed = propose(mill)
    worker, other_worker = Client(), Client()
    own = enter(worker, hers.number, hers.secret).content.decode()
    assert "We ask what you think of a solution." in own
    page = worker.post(CASE, {"go": str(mill.other.pk)}, follow=True).content.decode()
    assert "The door stays open." in page
    assert ANSWERS["what"] not in page
    assert "To the other one alone." not in page
    assert another.number not in page
    assert thread_before.pk
    worker.post(CASE, {"act": "reply", "reply": "agrees"})
    with scope(mill, mill.ana):
        assert not resolutions.is_agreed(proposed)
    enter(other_worker, another.number, another.secret)
    other_worker.post(CASE, {"act": "reply", "reply": "agrees"})
    with scope(mill, mill.ana):
        assert resolutions.is_agreed(proposed)
    worker.post(CASE, {"act": "reply", "reply": "disagrees", "words": "Not the back door."})
    with scope(mill, mill.ana):
        assert not resolutions.is_agreed(proposed)

    making.given(mill.program, mill.other, mill.ana, mill.ben, Part.REVIEWER)
    with scope(mill, mill.ana):
        reviews.hand_over(complaint_id=mill.other.pk, reason="Tried.", by=mill.ana, at=timezone.now())
    with scope(mill, mill.ben):
        reviews.approve(complaint_id=mill.other.pk, by=mill.ben, at=timezone.now())
    back = worker.post(CASE, {"go": str(mill.one.pk)}, follow=True).content.decode()
    assert ANSWERS["what"] in back
    assert "You can ask that another person looks at how it ended." in back
    worker.post(CASE, {"go": str(mill.other.pk)})
    assert "Tried." in worker.get(CASE).content.decode()
    worker.post(CASE, {"act": "appeal", "words": "The back door is still locked."})
    with scope(mill, mill.ana):
        joined = Joined.objects.get()
        assert Appeal.objects.get().complainant_id == joined.other_complainant_id
        assert Complaint.objects.get(pk=mill.other.pk).state == ComplaintState.APPEALED


def test_what_she_allows_and_how_she_is_treated_stay_one(merged):
    mill = merged
    facts, pair = ("employer", "facts"), [(Recipient.EMPLOYER, Said.FACTS)]
    with scope(mill, mill.ana):
        joined = Joined.objects.get()
    with worker_scope(mill.program.pk, mill.one.pk):
        key = WorkerKey.objects.select_related("complaint", "complainant").get()
        thread.allow(key=key, wanted=pair, at=AT)
    with worker_scope(mill.program.pk, mill.other.pk, joined.other_complainant_id):
        there = WorkerKey.objects.select_related("complaint", "complainant").get(hash="")
        assert thread.allowed(there) == {facts}
        thread.allow(key=there, wanted=[], at=AT)
        linked = watch.tell_worse(key=there, harms=[Harm.HOURS], words="", channel=Channel.WEB, at=AT)
    with worker_scope(mill.program.pk, mill.one.pk):
        assert thread.allowed(key) == set()
    with worker_scope(mill.program.pk, linked):
        assert Complaint.objects.get(pk=linked).continues_id == mill.one.pk  # where her name and phone are


def test_taken_apart_she_is_in_the_other_one_no_more(merged):
    mill = merged
    proposed = propose(mill)
    with scope(mill, mill.ana):
        joined = Joined.objects.get()
        joining.take_apart(complaint_id=mill.one.pk, by=mill.ana, at=AT)
    with worker_scope(mill.program.pk, mill.other.pk):
        key = WorkerKey.objects.get(complainant_id=mill.other.pk)
        resolutions.answer(key=key, reply=Reply.AGREES, words="", at=AT)
        key = WorkerKey.objects.select_related("complaint", "complainant").get(pk=key.pk)
        thread.allow(key=key, wanted=[(Recipient.EMPLOYER, Said.FACTS)], at=AT)
        assert not WorkerKey.objects.filter(complainant=joined.other_complainant_id, ended_at=None).exists()
    with scope(mill, mill.ana):
        assert resolutions.is_agreed(proposed)
        assert inquiry.all_consent(mill.other.pk)
    with worker_scope(mill.program.pk, mill.one.pk):
        key = WorkerKey.objects.select_related("complaint", "complainant").get()
        with pytest.raises(Complaint.DoesNotExist):
            access.linked_entry(key, mill.other.pk, at=AT)
    with scope(mill, mill.ana):  # and again, as somebody new
        joining.merge(complaint_id=mill.one.pk, into_id=mill.other.pk, by=mill.ana, at=AT)
        assert Joined.objects.filter(ended_at=None).count() == 1


def test_nobody_leads_a_worker_into_a_complaint_that_hers_is_not_merged_into(merged):
    mill = merged
    third = making.complaint(mill.program)
    making.take(mill.program, third, mill.ana)
    forged = {"complaint": mill.one, "complainant_id": mill.one.pk, "at": AT}
    with scope(mill, mill.ana):
        refused(lambda: Joined.objects.create(**forged, other=third, other_complainant_id=third.pk))
        refused(lambda: Joined.objects.create(**forged, other=mill.other, other_complainant_id=mill.other.pk))
        joined = Joined.objects.get()
        refused(lambda: Joined.objects.filter(pk=joined.pk).update(other_complainant_id=mill.other.pk))
    with worker_scope(mill.program.pk, mill.other.pk):
        assert not Joined.objects.exists()  # the other worker does not see who came


def test_what_is_too_far_is_not_merged_and_takes_up_nothing(mill):
    third = making.complaint(mill.program)
    making.resolving(mill.program, third, mill.ana)
    with scope(mill, mill.ana), pytest.raises(CannotMove):
        joining.merge(complaint_id=third.pk, into_id=mill.one.pk, by=mill.ana, at=AT)
    making.closed(mill.program, third, mill.ana, mill.ben)
    with scope(mill, mill.ana), pytest.raises(joining.CannotJoin):
        joining.merge(complaint_id=mill.one.pk, into_id=third.pk, by=mill.ana, at=AT)
    with scope(mill, mill.ana), pytest.raises(DomainError):
        joining.merge(complaint_id=mill.one.pk, into_id=third.pk, by=mill.ana, at=AT, if_version=0)


@pytest.mark.parametrize("walled", ["one", "other"])
def test_a_wall_around_one_holds_for_what_it_is_merged_with(mill, walled):
    """Whoever may know nothing of one of them does not work on what it says in the other."""
    with scope(mill, mill.ana):
        parts.take(complaint_id=mill.other.pk, by=mill.ana, at=AT)
        joining.merge(complaint_id=mill.other.pk, into_id=mill.one.pk, by=mill.ana, at=AT)
        assert Complaint.objects.filter(is_handled=True).count() == 2
    around = {"complaint_id": getattr(mill, walled).pk, "person_id": mill.ana.pk}
    with scope(mill, mill.director):
        wall = parts.wall_off(**around, reason="Her aunt.", by=mill.director, at=AT)
        assert Complaint.objects.filter(is_handled=False).count() == 2
    with scope(mill, mill.ana):
        assert not Complaint.objects.exists()
    with scope(mill, mill.director):
        parts.end_wall(wall_id=wall.pk, by=mill.director, at=AT)
    with scope(mill, mill.ana):
        assert Complaint.objects.count() == 2


def test_who_is_walled_off_from_one_leaves_the_other_the_moment_they_are_merged(mill):
    around = {"complaint_id": mill.other.pk, "person_id": mill.ben.pk}
    with scope(mill, mill.ana):
        asked = {"complaint_id": mill.one.pk, "person_id": mill.ben.pk, "part": Part.INVESTIGATOR}
        part = parts.ask(**asked, by=mill.ana, at=AT)
        parts.take(complaint_id=mill.other.pk, by=mill.ana, at=AT)
    with scope(mill, mill.ben):
        parts.accept(assignment_id=part.pk, by=mill.ben, at=AT)
    with scope(mill, mill.director):
        parts.wall_off(**around, reason="His aunt.", by=mill.director, at=AT)
    with scope(mill, mill.ben):
        assert list(Complaint.objects.all()) == [mill.one]
    with scope(mill, mill.ana):
        joining.merge(complaint_id=mill.other.pk, into_id=mill.one.pk, by=mill.ana, at=AT)
        part.refresh_from_db()
        assert part.state == "ended"
    with scope(mill, mill.ben):
        assert not Complaint.objects.exists()
    with scope(mill, mill.ana):
        joining.take_apart(complaint_id=mill.other.pk, by=mill.ana, at=AT)
    with scope(mill, mill.ben):
        assert list(Complaint.objects.all()) == [mill.one]


def test_what_the_employer_sees_concerns_the_merged_one(mill):
    with scope(mill, mill.ana):
        parts.take(complaint_id=mill.other.pk, by=mill.ana, at=AT)
        joining.merge(complaint_id=mill.other.pk, into_id=mill.one.pk, by=mill.ana, at=AT)
        watch.employer_can_see(mill.one, Act.VISIT, at=AT, by=mill.ana)

    for case in mill.both:
        with worker_scope(mill.program.pk, case.pk):
            assert CheckIn.objects.count() == 3
