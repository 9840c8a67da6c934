"""A name is given away by two people, on her word or by a law, for some hours, and she reads all of it."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from complaints.enums import Act, Basis, Part, Recipient, ReleaseState, Said
from complaints.models import CheckIn, Complainant, Consent, Release, WorkerKey
from complaints.operations import parts, releases, thread
from complaints.operations.states import NotInvolved
from complaints.queries import releases as queries
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.factories import sign_in
from wsr.deadlines.operations import sweep
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope
from wsr.vault.operations import seal, unseal

NAME = "Meena Akter"
HOUR = dt.timedelta(hours=1)


def build():
    """A complaint of somebody who told her name and lets the employer know it; Ana handles it, the director has a part."""
    office = type("Office", (), {})()
    office.program = program = factories.program()
    office.director, office.other = (factories.member(program, "director") for _ in range(2))
    office.ana, office.ben = (factories.member(program, "case_handler") for _ in range(2))
    office.complaint = making.complaint(program, text="They hold back wages.", is_anonymous=False)
    case = office.complaint.pk
    with worker_scope(program.pk, case):
        office.who = Complainant.objects.get()
        Complainant.objects.update(has_name=True)
        seal(case, "complaints_complainant", "name", office.who.pk, NAME)
        Consent.objects.create(
            complaint=office.complaint,
            complainant=office.who,
            recipient=Recipient.EMPLOYER,
            said=Said.NAME,
            given_at=AT,
        )
        office.key = WorkerKey.objects.create(
            complaint=office.complaint, complainant=office.who, hash="x", made_at=AT
        )
    with scope(office, office.ana):
        parts.take(complaint_id=case, by=office.ana, at=AT)
    for person in (office.ben, office.director):
        join(office, person)
    return office


def join(office, person):
    with scope(office, office.ana):
        asked = parts.ask(
            complaint_id=office.complaint.pk, person_id=person.pk, part=Part.REVIEWER, by=office.ana, at=AT
        )
    with scope(office, person):
        parts.accept(assignment_id=asked.pk, by=person, at=AT)


@pytest.fixture
def office(db):
    return build()


def scope(office, person):
    return program_scope(office.program.pk, person_id=person.pk)


def ask(office, *, by=None, **said):
    by = by or office.ana
    with scope(office, by):
        return releases.ask(
            complaint_id=office.complaint.pk,
            complainant_id=office.who.pk,
            **{
                "recipient": Recipient.EMPLOYER,
                "said": Said.NAME,
                "basis": Basis.CONSENT,
                "hours": 24,
                "reason": "Her wages are paid to her by name.",
                **said,
            },
            by=by,
            at=AT,
        )


def approve(office, release, *, by=None, at=AT):
    with scope(office, by or office.director):
        return releases.approve(release_id=release.pk, by=by or office.director, at=at)


def given(office, person, *, at=AT):
    with scope(office, person):
        rows = queries.releases(office.complaint.pk, reader_id=person.pk, may_decide=False, at=at)
        return [row.given for row in rows]


def test_asked_approved_shown_and_over(office):
    release = ask(office)
    assert given(office, office.ana) == [[]]
    approve(office, release)

    assert given(office, office.ana) == [[NAME]]
    assert given(office, office.ana, at=AT + 24 * HOUR) == [[]]
    with scope(office, office.ana):
        assert unseal(office.complaint.pk, "complaints_release", "reason", release.pk).startswith("Her wages")
        assert CheckIn.objects.filter(act=Act.NAMED).count() == 3
        told = dict(Outbox.objects.filter(kind__startswith="release_").values_list("kind", "to"))
        assert told == {
            "release_asked": {"people": [str(office.director.pk)]},
            "release_answered": {"people": [str(office.ana.pk)]},
        }
        releases.end(release_id=release.pk, by=office.ana, at=AT + HOUR)
        with pytest.raises(releases.CannotRelease):
            releases.end(release_id=release.pk, by=office.ana, at=AT + HOUR)
    assert given(office, office.ana) == [[]]


@pytest.mark.parametrize(
    "said",
    [
        {"recipient": Recipient.BRANDS},
        {"said": Said.CONTACT},
        {"said": Said.FACTS},
        {"recipient": Recipient.PUBLIC},
        {"hours": 0},
        {"hours": 169},
        {"reason": " "},
        {"basis": Basis.LEGAL_DUTY},
    ],
)
def test_what_is_not_asked_for(office, said):
    with pytest.raises(releases.CannotRelease):
        ask(office, **said)


def test_one_person_is_never_two(office):
    join(office, office.other)
    own = ask(office, by=office.director)
    with pytest.raises(releases.NeedsAnother):
        approve(office, own)
    with pytest.raises(releases.CannotRelease):  # the same thing is asked for once
        ask(office)
    with scope(office, office.director):
        for fields in (
            {"decided_by": office.director},
            {"decided_by": office.other},
            {"decided_by": office.director, "asked_by": office.ana},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                Release.objects.filter(pk=own.pk).update(
                    state="approved", decided_at=AT, ends_at=AT + HOUR, **fields
                )
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.create(
                complaint=office.complaint, complainant=office.who, recipient="brands", said="name", basis="consent",
                hours=1, asked_by=office.ana, asked_name="x", asked_at=AT,
            )  # fmt: skip
    with scope(office, office.other):
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.filter(pk=own.pk).update(
                state="approved", decided_by=office.other, decided_at=AT, ends_at=AT + 169 * HOUR
            )
        releases.approve(release_id=own.pk, by=office.other, at=AT)
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.filter(pk=own.pk).update(ends_at=AT + 100 * HOUR)


def test_outside_nobody_asks_or_decides_and_without_a_second_person_nothing_goes(office):
    release = ask(office)
    with scope(office, office.other), pytest.raises(Release.DoesNotExist):
        releases.approve(release_id=release.pk, by=office.other, at=AT)
    with pytest.raises(NotInvolved):
        ask(office, by=office.other)
    with scope(office, office.director):
        releases.refuse(
            release_id=release.pk, answer="Not needed: pay all by cash.", by=office.director, at=AT
        )
        with pytest.raises(releases.CannotRelease):
            releases.approve(release_id=release.pk, by=office.director, at=AT)
        parts.end(
            assignment_id=office.complaint.assignments.get(person=office.director).pk,
            by=office.director,
            at=AT,
        )
    with pytest.raises(releases.CannotRelease, match="director"):
        ask(office)


def test_a_law_stands_in_for_her_word_and_is_named(office):
    release = ask(office, recipient=Recipient.AUTHORITY, basis=Basis.LEGAL_DUTY, duty="Labor Act, section 12")
    approve(office, release)
    with worker_scope(office.program.pk, office.complaint.pk):
        thread.allow(key=office.key, wanted=[], at=AT)
    assert given(office, office.ana) == [[NAME]]


def test_her_word_taken_back_ends_it_at_once(office):
    release = ask(office)
    approve(office, release)
    with worker_scope(office.program.pk, office.complaint.pk):
        thread.allow(key=office.key, wanted=[], at=AT + HOUR)
        assert Release.objects.values_list("state", flat=True).get() == ReleaseState.ENDED
    assert given(office, office.ana) == [[]]
    with pytest.raises(releases.CannotRelease):
        ask(office)


def test_with_the_complaint_she_takes_back_what_she_allows(office):
    approve(office, ask(office))
    with worker_scope(office.program.pk, office.complaint.pk):
        thread.withdraw(key=office.key, at=AT + HOUR)
        assert Release.objects.values_list("state", flat=True).get() == ReleaseState.ENDED
        assert Consent.objects.get().withdrawn_at == AT + HOUR
    assert given(office, office.ana) == [[]]
    with pytest.raises(releases.CannotRelease):
        ask(office)


def test_where_a_consent_went_without_a_word_nothing_is_shown_or_approved(office):
    release = ask(office)
    with worker_scope(office.program.pk, office.complaint.pk):
        Consent.objects.update(withdrawn_at=AT)
    with pytest.raises(releases.CannotRelease):
        approve(office, release)


def test_the_clock_ends_it(transactional_db):
    office = build()
    release = ask(office)
    approve(office, release)
    sweep(at=AT + 24 * HOUR + dt.timedelta(minutes=1))
    with scope(office, office.ana):
        assert Release.objects.get().state == ReleaseState.ENDED
    assert ask(office).pk != release.pk


def test_the_pages_of_both_and_hers(office, client):
    args = [office.program.slug, office.complaint.pk]
    sign_in(client, office.ana)
    said = {
        "complainant_id": office.who.pk,
        "said": "name",
        "recipient": "employer",
        "basis": "consent",
        "reason": "Her wages.",
        "duty": "",
        "hours": "24",
    }
    ask_page = reverse("complaints:ask_release", args=args)
    assert client.post(ask_page, {**said, "hours": "200"}).status_code == 422
    assert client.post(ask_page, said).status_code == 302
    with scope(office, office.ana):
        release = Release.objects.get()
    page = reverse("complaints:complaint", args=args)
    approve_page, end_page = (
        reverse(f"complaints:{name}_release", args=[*args, release.pk]) for name in ("approve", "end")
    )
    shown = client.get(page).content.decode()
    assert "Asked, to be decided by another person" in shown
    assert client.get(approve_page).status_code == 403
    sign_in(client, office.other)
    assert client.get(approve_page).status_code == 404
    sign_in(client, office.director)
    assert "Approve" in client.get(page).content.decode()
    assert "decide as a second person" in client.get(reverse("ui:inbox")).content.decode()
    assert client.post(approve_page).status_code == 302
    assert "May be told" in client.get(page).content.decode()
    assert client.post(end_page).status_code == 302
    assert "May be told" not in client.get(page).content.decode()


def test_taking_the_complaint_back_ends_what_stands_on_her_word(office):
    made = ask(office)
    with scope(office, office.director):
        releases.approve(release_id=made.pk, by=office.director, at=AT)
    with worker_scope(office.program.pk, office.complaint.pk):
        thread.withdraw(key=WorkerKey.objects.select_related("complaint", "complainant").get(), at=AT)

    with scope(office, office.ana):
        assert Release.objects.get().state == ReleaseState.ENDED
        assert Consent.objects.get().withdrawn_at == AT
