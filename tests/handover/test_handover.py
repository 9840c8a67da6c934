"""Somebody leaves: what she held is listed as far as the reader may know, given by name, and what is not given is held by nobody."""

import datetime as dt

import pytest
from django.urls import reverse

from audits.models import Bar, Inspection, TeamMember
from audits.operations import requests
from complaints.models import Wall
from complaints.operations import parts
from programs.models import EducationSession
from tests import factories
from tests.audits import making
from tests.complaints import making as complaining
from tests.programs.teaching import School
from wsr.accounts import operations as members
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership
from wsr.accounts.queries import programs_of
from wsr.deadlines import operations as clocks
from wsr.deadlines.lengths import Length
from wsr.handover import departures, operations, queries
from wsr.handover.models import Handed, Keeper
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope
from wsr.ui.models import SavedView
from wsr.ui.today import inbox_of

AT = factories.AT
DAY = AT.date()


class Scene:
    """An inspector in charge who leaves, with a bit of everything; a colleague, and one with a tie."""

    def __init__(self, program, director):
        self.program, self.director = program, director
        self.leaver = factories.member(program, Role.INSPECTOR_IN_CHARGE)
        factories.member(program, Role.EDUCATOR, person=self.leaver)
        self.heir = factories.member(program, Role.INSPECTOR_IN_CHARGE)
        factories.member(program, Role.EDUCATOR, person=self.heir)
        self.lead = factories.member(program, Role.AUDITOR)
        team = [(self.lead, "lead"), (self.leaver, "in_charge")]
        self.visit = making.accepted(program, planner=self.leaver, team=team, is_announced=True)
        self.secret = making.inspection(program, planner=self.leaver, team=[(self.lead, "lead")])
        self.action = making.action(program, state="reported", title="Unlock the exits")
        self.session = self._session()
        with self.scope(self.leaver):
            self.clock = clocks.start(
                kind="agreements.escalation_review",
                subject=("agreements.escalation", self.action.pk),
                started_at=AT,
                at=AT,
                title="A review",
                length=Length(10, "days"),
            )

    def _session(self):
        school = School(
            self.program,
            self.director,
            self.leaver,
            None,
            None,
            None,
            factories.workplace(self.program),
            None,
        )
        return school.plan(by=self.director)

    def scope(self, person):
        return program_scope(self.program.pk, person_id=person.pk)

    def piles(self, person=None):
        """{kind: pile} as a reader sees them."""
        with self.scope(person or self.director):
            found = queries.leaving(self.leaver.pk, self.program, at=AT)
            return {pile.kind.key: pile for pile in queries.piles_of(found, day=DAY)}

    def wishes(self, to, *, but=()):
        return [
            (pile.kind, item, to)
            for key, pile in self.piles().items()
            if key not in but
            for item in pile.items
        ]

    def give(self, wishes):
        with self.scope(self.director):
            return operations.hand_over(wishes=wishes, by=self.director, at=AT)

    def leave(self):
        with self.scope(self.director):
            for row in Membership.objects.active().filter(person=self.leaver):
                members.end_membership(membership_id=row.pk, handover="", by=self.director, at=AT)

    def inbox(self, person):
        groups = inbox_of(person, programs_of(person), at=AT)
        return {(task.title, group.key): task for group in groups for task in group.tasks}


@pytest.fixture
def scene(program, director):
    return Scene(program, director)


def titles(pile):
    return [item.title for item in pile.items]


def test_all_that_she_holds_is_listed_and_nothing_that_the_reader_must_not_know_of(scene):
    found = scene.piles()
    assert set(found) >= {
        "audits.places",
        "audits.plans",
        "audits.actions",
        "programs.sessions",
        "deadlines.clocks",
    }
    assert titles(found["deadlines.clocks"]) == ["A review"]
    assert titles(found["audits.actions"]) == ["1. Unlock the exits"]
    assert len(found["audits.plans"].items) == 1  # of two: the unannounced one is its circle's
    assert len(scene.piles(scene.leaver)["audits.plans"].items) == 2
    may_lead = {one.person.pk for one in found["programs.sessions"].colleagues}
    assert may_lead == {scene.heir.pk, scene.director.pk}


def test_the_trial_says_what_the_act_would_and_leaves_nothing(scene):
    wishes = scene.wishes(scene.heir)
    with scene.scope(scene.director):
        tried = operations.tried(wishes=wishes, by=scene.director, at=AT)
        assert [given.refusal for given in tried] == [""] * len(wishes)
        assert not Keeper.objects.exists()
        assert not Handed.objects.exists()
        assert EducationSession.objects.get(pk=scene.session.pk).leader_id == scene.leaver.pk


def test_each_goes_to_its_colleague_who_is_told_once_and_history_says_who_gave_it(scene):
    given = scene.give(scene.wishes(scene.heir))
    assert [one.refusal for one in given if one.refusal] == []
    with scene.scope(scene.director):
        assert EducationSession.objects.get(pk=scene.session.pk).leader_id == scene.heir.pk
        assert Inspection.objects.get(pk=scene.visit.pk).planned_by_id == scene.heir.pk
        states = dict(TeamMember.objects.filter(inspection=scene.visit).values_list("person_id", "state"))
        assert (states[scene.leaver.pk], states[scene.heir.pk]) == ("removed", "asked")
        assert Event.objects.filter(event="work.handed_over").count() == len(given)
        assert Outbox.objects.filter(kind="handed_over").count() == 1
        assert queries.given_and_got().count() == len(given)
        # What stands in her colleague's name waits for him in everybody else's list.
        assert set(Keeper.objects.values_list("person_id", flat=True)) == {scene.heir.pk}
    assert scene.inbox(scene.heir)["A review", "later"].why.startswith("It is in your hands.")
    assert scene.inbox(scene.director)["A review", "others"].waits_for == str(scene.heir)
    with scene.scope(scene.lead):
        assert not queries.given_and_got().exists()  # nobody's but theirs


def test_a_colleague_whose_role_does_not_allow_it_or_who_has_a_tie_is_refused_and_the_rest_goes_through(
    scene,
):
    with scene.scope(scene.director):
        for row in (scene.visit, scene.action):
            Bar.objects.create(person=scene.heir, supplier_id=row.supplier_id, tie="family", begun_at=AT)
    educator = factories.member(scene.program, Role.EDUCATOR)
    refused = {(one.kind.key, one.refusal) for one in scene.give(scene.wishes(scene.heir)) if one.refusal}
    tied = f"{scene.heir} has a tie to this supplier"
    assert refused == {
        ("audits.places", f"{tied} and cannot inspect it."),
        ("audits.plans", f"{tied} and cannot plan its inspections."),
        ("audits.actions", f"{tied}."),
    }
    assert {one.refusal for one in scene.give(scene.wishes(educator, but=("programs.sessions",)))} == {
        f"The role of {educator} does not allow it."
    }


def test_what_is_not_handed_over_is_held_by_nobody_until_it_is(scene, client):
    scene.give([wish for wish in scene.wishes(scene.heir) if wish[0].key == "audits.plans"])
    scene.leave()
    lines = [
        task for task in scene.inbox(scene.director).values() if task.why.startswith("Nobody holds this")
    ]
    assert {task.title for task in lines} >= {
        str(scene.session.get_kind_display()) + " at " + scene.session.workplace.name
    }
    assert not [t for t in scene.inbox(scene.heir).values() if t.why.startswith("Nobody holds this")]
    factories.sign_in(client, scene.director)
    page = reverse("handover:nobody", args=[scene.program.slug])
    chosen = {"programs-sessions-all": str(scene.heir.pk), "act": "try"}
    assert "This would happen" in client.post(page, chosen).content.decode()
    assert client.post(page, chosen | {"act": "give"}).status_code == 302
    with scene.scope(scene.director):
        assert EducationSession.objects.get(pk=scene.session.pk).leader_id == scene.heir.pk


def test_complaints_are_a_number_and_walls_hold(scene, client):
    handler = factories.member(scene.program, Role.CASE_HANDLER)
    one, other = complaining.complaint(scene.program), complaining.complaint(scene.program)
    with scene.scope(handler):
        for complaint in (one, other):
            parts.take(complaint_id=complaint.pk, by=handler, at=AT)
    with scene.scope(scene.director):
        found = queries.leaving(handler.pk, scene.program, at=AT)
        assert [number for _each, number in queries.counted_of(found)] == [2]
        assert queries.piles_of(found, day=DAY) == []
        Wall.objects.create(
            person=scene.director, complaint=other, reason="Kin", begun_at=AT, begun_by=scene.director
        )
        assert [number for _each, number in queries.counted_of(found)] == [1]


def test_a_planned_end_comes_when_the_day_is_over_and_the_last_director_stays(scene, client):
    factories.sign_in(client, scene.director)
    with scene.scope(scene.director):
        [held] = Membership.objects.filter(person=scene.heir, role=Role.EDUCATOR)
        [mine] = Membership.objects.filter(person=scene.director)
        with pytest.raises(members.DayHasPassed):
            members.plan_end(
                membership_id=held.pk,
                ends_on=DAY - dt.timedelta(days=1),
                handover="",
                by=scene.director,
                at=AT,
            )
        members.plan_end(membership_id=held.pk, ends_on=DAY, handover="", by=scene.director, at=AT)
        Membership.objects.filter(pk=mine.pk).update(ends_on=DAY)
    assert departures.end_due(at=AT) == 0  # the day is not over
    assert departures.end_due(at=AT + dt.timedelta(days=1)) == 1
    with scene.scope(scene.director):
        assert Membership.objects.get(pk=held.pk).ended_at == AT + dt.timedelta(days=1)
        assert Membership.objects.get(pk=mine.pk).ended_at is None
        assert Outbox.objects.filter(kind="end_not_reached").count() == 1
        members.keep_membership(membership_id=mine.pk, by=scene.director, at=AT)
        with pytest.raises(members.NothingToChange):
            members.keep_membership(membership_id=mine.pk, by=scene.director, at=AT)
    assert departures.end_due(at=AT + dt.timedelta(days=1)) == 0


def test_who_stands_in_sees_the_others_work_but_no_complaint_and_no_secret_visit(scene):
    stand_in = factories.member(scene.program, Role.INSPECTOR_IN_CHARGE)
    factories.member(scene.program, Role.CASE_HANDLER, person=stand_in)
    factories.member(scene.program, Role.CASE_HANDLER, person=scene.leaver)
    complaint = complaining.complaint(scene.program)
    with scene.scope(scene.leaver):
        parts.take(complaint_id=complaint.pk, by=scene.leaver, at=AT)
    before = {task.url for task in scene.inbox(stand_in).values()}
    with scene.scope(scene.leaver):
        operations.be_away(
            person_id=scene.leaver.pk,
            starts_on=DAY,
            ends_on=DAY + dt.timedelta(days=7),
            stand_in_id=stand_in.pk,
            by=scene.leaver,
            at=AT,
        )
    added = [task for task in scene.inbox(stand_in).values() if task.url not in before]
    assert [task.why.startswith(f"You stand in for {scene.leaver} until") for task in added] == [True]
    assert str(scene.visit.pk) in added[0].url
    week = {
        "person_id": stand_in.pk,
        "starts_on": DAY,
        "ends_on": DAY,
        "stand_in_id": scene.leaver.pk,
        "by": stand_in,
        "at": AT,
    }
    with scene.scope(stand_in):
        for change, words in (
            ({}, "is away herself"),
            ({"stand_in_id": stand_in.pk}, "Somebody else must stand in"),
            ({"stand_in_id": scene.lead.pk}, "Only people of the program's staff can stand in"),
            ({"ends_on": DAY - dt.timedelta(days=1)}, "before the first"),
            ({"ends_on": DAY + dt.timedelta(days=400)}, "at most a year"),
            ({"person_id": scene.leaver.pk, "stand_in_id": None}, "already"),
            ({"person_id": scene.lead.pk}, "staff are entered"),
        ):
            with pytest.raises(operations.CannotBeAway, match=words):
                operations.be_away(**week | change)
        [absence] = queries.absences(day=DAY)
        operations.be_back(absence_id=absence.pk, today=DAY, by=stand_in, at=AT)
        with pytest.raises(operations.CannotBeAway):
            operations.be_back(absence_id=absence.pk, today=DAY, by=stand_in, at=AT)
    assert {task.url for task in scene.inbox(stand_in).values()} == before


def test_the_pages_show_it_and_only_who_changes_members_hands_over(scene, client):
    with scene.scope(scene.director):
        held = Membership.objects.filter(person=scene.leaver).first()
    page = reverse("handover:person", args=[scene.program.slug, held.pk])
    factories.sign_in(client, scene.heir)
    assert client.get(page).status_code == 403
    away = reverse("handover:away", args=[scene.program.slug])
    said = {"starts_on": DAY, "ends_on": DAY + dt.timedelta(days=20_000), "person": str(scene.leaver.pk)}
    assert client.post(away, said).status_code == 422  # somebody else's absence is the director's to enter
    factories.sign_in(client, scene.director)
    text = client.get(page).content.decode()
    assert "Unlock the exits" in text
    assert client.post(page, {"act": "try"}).status_code == 422
    chosen = {f"audits-actions-{scene.action.pk}": str(scene.heir.pk), "act": "give"}
    assert client.post(page, chosen).status_code == 302
    with scene.scope(scene.director):
        assert Keeper.objects.get().person_id == scene.heir.pk
    given = reverse("handover:given", args=[scene.program.slug])
    assert "Unlock the exits" in client.get(given).content.decode()
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
    said = {
        "person": str(scene.heir.pk),
        "stand_in": str(scene.leaver.pk),
        "starts_on": soon,
        "ends_on": soon,
    }
    assert client.post(away, said).status_code == 302
    assert str(scene.heir) in client.get(away).content.decode()
    with scene.scope(scene.director):
        [absence] = queries.absences(day=soon)
    assert client.post(reverse("handover:back", args=[scene.program.slug, absence.pk])).status_code == 302
    end = reverse("accounts:end_membership", args=[scene.program.slug, held.pk])
    assert client.post(end, {"ends_on": soon, "handover": "Rosa"}).status_code == 302
    assert "until" in client.get(reverse("accounts:members", args=[scene.program.slug])).content.decode()
    keep = reverse("accounts:keep_membership", args=[scene.program.slug, held.pk])
    assert client.post(keep).status_code == 302


def test_a_visit_that_was_asked_for_is_taken_on_by_another_when_its_inspector_leaves(scene):
    handler = factories.member(scene.program, Role.CASE_HANDLER)
    educator = factories.member(scene.program, Role.EDUCATOR)
    place = factories.workplace(scene.program)
    with scene.scope(handler):
        asked = requests.ask(workplace_id=place.pk, words="Look", wanted_by=None, by=handler, at=AT)
    with scene.scope(scene.leaver):
        requests.take(request_id=asked.pk, by=scene.leaver, at=AT)
        found = queries.leaving(scene.leaver.pk, scene.program, at=AT)
        [pile] = [one for one in queries.piles_of(found, day=DAY) if one.kind.key == "audits.requests"]
        wishes = [(pile.kind, pile.items[0], to) for to in (educator, scene.heir)]
        refused, given = operations.tried(wishes=wishes, by=scene.leaver, at=AT)
        assert (bool(refused.refusal), given.refusal) == (True, "")
    with scene.scope(scene.heir), pytest.raises(requests.CannotAnswerRequest):
        requests.take(request_id=asked.pk, by=scene.heir, at=AT)  # somebody sees to it
    title = f"Visit asked for: {place.name}"
    assert title not in {title for title, _group in scene.inbox(scene.heir)}
    scene.leave()
    assert title in {title for title, _group in scene.inbox(scene.heir)}
    with scene.scope(scene.heir):
        requests.take(request_id=asked.pk, by=scene.heir, at=AT)


def test_a_view_that_a_list_opens_with_goes_to_who_has_none(scene):
    said = {
        "table": "workplaces",
        "page": "programs:workplaces",
        "query": "q=a",
        "shared": True,
        "created_at": AT,
    }
    with scene.scope(scene.leaver):
        SavedView.objects.create(person=scene.leaver, name="Ours", is_default=True, **said)
        SavedView.objects.create(person=scene.heir, name="Hers", is_default=True, **said)
    for person, refusal in ((scene.heir, "opens this list"), (scene.director, "")):
        wishes = [wish for wish in scene.wishes(person) if wish[0].key == "ui.views"]
        [given] = scene.give(wishes)
        assert refusal in given.refusal
    with scene.scope(scene.director):
        assert SavedView.objects.get(name="Ours").person == scene.director
