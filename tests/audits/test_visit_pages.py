"""Pages of inspections: who may and who may not, what is refused, how many questions the database is asked."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audits.enums import AssignmentState, InspectionState, TeamRole
from audits.models import Bar, Finding, Inspection, Interview, Question, Response, TeamMember
from audits.queries import due
from programs.models import Rule
from tests import factories
from tests.audits import making
from wsr.accounts.grants import Role
from wsr.deadlines import feeds
from wsr.history.models import Event
from wsr.tenancy import program_scope

TODAY = timezone.now().date()
SOON = TODAY + dt.timedelta(days=3)


@pytest.fixture
def url(program):
    def address(name, *args):
        return reverse(f"audits:{name}", args=[program.slug, *args])

    return address


@pytest.fixture
def as_one(client, program):
    """Sign somebody in; a role makes a new member."""

    def sign_in(who):
        person = factories.member(program, who) if isinstance(who, Role) else who
        factories.sign_in(client, person)
        return client

    return sign_in


def soon(program, **fields):
    """A visit planned for the next days of the real calendar, which the pages show."""
    return making.inspection(program, **{"at": timezone.now(), "starts_on": SOON, "ends_on": SOON, **fields})


PLANNING = ["board", "inspections", "calendar"]


@pytest.mark.parametrize("where", PLANNING)
def test_staff_and_auditors_see_their_plans(where, program, url, as_one):
    place = factories.workplace(program, name="Farm Alder")
    visit = soon(program, workplace=place)
    month = {"month": f"{SOON:%Y-%m}"} if where == "calendar" else {}
    for person in (visit.planner, visit.lead):
        answer = as_one(person).get(url(where), month)
        assert answer.status_code == 200
        assert "Farm Alder" in answer.content.decode()


@pytest.mark.parametrize("where", [*PLANNING, "due", "choose_workplace"])
def test_nothing_tells_others_of_an_unannounced_visit(where, program, url, as_one):
    place = factories.workplace(program, name="Farm Alder")
    empty = factories.workplace(program, name="Farm Birch")
    soon(program, workplace=place)
    director = as_one(Role.DIRECTOR)
    month = {"month": f"{SOON:%Y-%m}"} if where == "calendar" else {}
    said = director.get(url(where), month).content.decode()
    if where in PLANNING:
        assert "Farm Alder" not in said
    else:
        assert "next visit" not in said
        assert said.count("Farm Alder") == said.count(empty.name)


def test_the_same_page_for_who_guesses_an_id_as_for_one_that_never_was(program, other_program, url, as_one):
    visit = soon(program)
    stranger = as_one(Role.DIRECTOR)
    for name in (
        "inspection",
        "team",
        "change_plan",
        "cancel",
        "paper",
        "assignment",
        "arrive",
        "submit",
        "add_finding",
    ):
        assert (
            stranger.get(url(name, visit.pk)).status_code
            == stranger.get(url(name, uuid4())).status_code
            == 404
        )
    assert stranger.post(url("leave", visit.pk)).status_code == 404
    assert as_one(Role.AUDITOR).get(url("inspection", visit.pk)).status_code == 404
    outsider = as_one(factories.member(other_program, Role.DIRECTOR))
    assert outsider.get(url("inspection", visit.pk)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_the_pages_ask_the_same_however_many_rows(rows, program, url, as_one):
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    lead = factories.member(program, Role.AUDITOR)
    for _number in range(rows):
        visit = soon(program, planner=planner, team=[(lead, TeamRole.LEAD)])
    client = as_one(planner)
    counts = {}
    client.get(url("board"))
    for name, args in {
        "board": (),
        "inspections": (),
        "calendar": (),
        "due": (),
        "team": (visit.pk,),
    }.items():
        client.get(url(name, *args))
        looks = []
        for _look in range(2):
            with _counted() as count:
                client.get(url(name, *args))
            looks.append(len(count))
        counts[name] = min(
            looks
        )  # a session notes now and then that it is in use, which is no query of the page
    assert counts == {"board": 16, "inspections": 17, "calendar": 16, "due": 20, "team": 16}


def _counted():
    return CaptureQueriesContext(connections["default"])


# ── The day of a visit, in a browser ─────────────────────────────────────────────────────────────


@pytest.fixture
def visit(program):
    """Under way, 120 workers present."""
    return making.under_way(program)


def noted(**fields):
    """What a form of a record sends."""
    return {"record_id": str(uuid4()), "if_version": "", **fields}


def test_a_plan_is_made_once_however_often_it_is_sent(program, url, as_one):
    making.code(program)
    place = factories.workplace(program)
    lead, other = factories.member(program, Role.AUDITOR), factories.member(program, Role.AUDITOR)
    client = as_one(Role.INSPECTOR_IN_CHARGE)
    sent = {
        "kind": "baseline",
        "starts_on": f"{SOON}",
        "announced": "no",
        "lead": str(lead.pk),
        "auditors": [str(other.pk)],
    }
    first, second = (client.post(url("plan", place.pk), sent) for _time in range(2))
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    with program_scope(program.pk, person_id=client.session["_auth_user_id"]):
        made = Inspection.objects.get()
        assert (made.is_secret, made.starts_on, made.ends_on) == (True, SOON, SOON)
        team = dict(TeamMember.objects.values_list("person_id", "role"))
    assert team == {lead.pk: TeamRole.LEAD, other.pk: TeamRole.AUDITOR}


def test_a_wrong_plan_loses_nothing_typed(program, url, as_one):
    making.code(program)
    place = factories.workplace(program)
    lead = factories.member(program, Role.AUDITOR)
    sent = {
        "kind": "baseline",
        "starts_on": f"{SOON}",
        "ends_on": f"{TODAY}",
        "announced": "no",
        "lead": str(lead.pk),
        "auditors": [str(lead.pk)],
        "purpose": "The boiler room",
    }
    answer = as_one(Role.INSPECTOR_IN_CHARGE).post(url("plan", place.pk), sent)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "The last day comes before the first." in said
    assert "Somebody is on the team twice." in said
    assert "The boiler room" in said


def test_the_barred_cannot_plan_nor_see_and_the_map_leaves_their_supplier_out(program, url, as_one):
    visit = making.submitted(program)
    client = as_one(visit.planner)
    with program_scope(program.pk):
        Bar.objects.create(
            person=visit.planner, supplier_id=visit.supplier_id, tie="family", begun_at=making.AT
        )
    assert client.get(url("inspection", visit.pk)).status_code == 404
    assert client.get(url("plan", visit.workplace_id)).status_code == 404
    assert visit.workplace_name not in client.get(url("due")).content.decode()


def test_an_auditor_declares_and_joins(program, url, as_one):
    visit = soon(program)
    client = as_one(visit.lead)
    page = client.get(url("assignment", visit.pk)).content.decode()
    assert "Only the team knows of this visit" in page
    unanswered = client.post(url("assignment", visit.pk), {"tie_family": "no"})
    assert unanswered.status_code == 422
    no_ties = {f"tie_{tie}": "no" for tie in ("employment", "payment", "family", "other")}
    assert client.post(url("assignment", visit.pk), no_ties)["Location"] == url("inspection", visit.pk)
    assert client.post(url("assignment", visit.pk), no_ties)["Location"] == url("inspection", visit.pk)
    with making.as_staff(program, visit.planner):
        assert TeamMember.objects.get().state == AssignmentState.ACCEPTED


def test_a_tie_bars_at_once(program, url, as_one):
    visit = soon(program)
    client = as_one(visit.lead)
    ties = {"tie_employment": "no", "tie_payment": "no", "tie_family": "yes", "tie_other": "no"}
    assert client.post(url("assignment", visit.pk), ties).status_code == 422
    answer = client.post(
        url("assignment", visit.pk), {**ties, "statement": "My brother drives for it."}, follow=True
    )
    assert "Thank you for saying so" in answer.content.decode()
    assert client.get(url("inspection", visit.pk)).status_code == 404
    planner = as_one(visit.planner)
    assert "Has family" in planner.get(url("bars")).content.decode()
    with making.as_staff(program, visit.planner):
        bar = Bar.objects.get()
    assert planner.post(url("end_bar", bar.pk), {"reason": ""}).status_code == 422
    assert planner.post(url("end_bar", bar.pk), {"reason": "He left it."}).status_code == 302
    with making.as_staff(program, visit.planner):
        assert Bar.objects.get().ended_at is not None


def test_declining_closes_the_door(program, url, as_one):
    visit = soon(program)
    client = as_one(visit.lead)
    assert client.post(url("decline", visit.pk), {"reason": "Away."}).status_code == 302
    assert client.get(url("inspection", visit.pk)).status_code == 404


def test_the_team_is_asked_and_taken_off(program, url, as_one):
    visit = soon(program)
    other = factories.member(program, Role.AUDITOR)
    client = as_one(visit.planner)
    page = client.get(url("team", visit.pk)).content.decode()
    assert str(other) in page
    assert client.post(url("team", visit.pk), {"person_id": "", "role": "auditor"}).status_code == 422
    assert (
        client.post(url("team", visit.pk), {"person_id": str(other.pk), "role": "auditor"}).status_code == 302
    )
    assert client.post(url("remove_member", visit.pk, other.pk), {"reason": "Ill."}).status_code == 302
    with making.as_staff(program, visit.planner):
        assert TeamMember.objects.get(person=other).state == AssignmentState.REMOVED


def test_days_are_changed_and_the_visit_called_off(program, url, as_one):
    visit = soon(program)
    client = as_one(visit.planner)
    later = SOON + dt.timedelta(days=7)
    assert (
        client.post(url("change_plan", visit.pk), {"starts_on": f"{later}", "ends_on": ""}).status_code == 302
    )
    assert client.post(url("cancel", visit.pk), {"reason": ""}).status_code == 422
    assert client.post(url("cancel", visit.pk), {"reason": "Flood."}).status_code == 302
    with making.as_staff(program, visit.planner):
        now = Inspection.objects.get()
    assert (now.starts_on, now.ends_on, now.state) == (later, later, InspectionState.CANCELLED)


def test_a_visit_from_arriving_to_the_seal_without_a_phone(program, url, as_one):
    making.floor(program, "50")
    visit = making.accepted(program)
    client = as_one(visit.lead)
    assert client.post(url("arrive", visit.pk), {"workers_present": "4"}).status_code == 302
    assert (
        client.post(
            url("add_interview", visit.pk), noted(workers="2", place="workplace", held_on=f"{TODAY}")
        ).status_code
        == 302
    )
    page = client.get(url("inspection", visit.pk)).content.decode()
    assert "2 of at least 2 (4 present)" in page
    with making.as_auditor(program, visit.lead):
        provision = making.Provision.objects.order_by("position").first()
    answer = client.post(url("respond", visit.pk, provision.pk), noted(answer="not_met", note="No roof."))
    assert "/answers/" in answer["Location"]
    finding = noted(
        provision_id=str(provision.pk), title="No roof over the packing line", workers_affected="12"
    )
    assert client.post(url("add_finding", visit.pk), finding).status_code == 302
    assert client.post(url("leave", visit.pk)).status_code == 302
    assert client.post(url("submit", visit.pk), {}).status_code == 302
    with making.as_staff(program, visit.planner):
        now = Inspection.objects.get()
        assert (now.state, now.is_secret, now.number) == (InspectionState.SUBMITTED, False, 1)
        assert Response.objects.get().note == "No roof."
        assert Finding.objects.get().workers_affected == 12
        assert Interview.objects.get().workers == 2
    page = as_one(Role.CASE_HANDLER).get(url("inspection", visit.pk)).content.decode()
    assert "No roof over the packing line" in page
    assert "Add a finding" not in page


def test_a_record_sent_twice_stands_once_and_two_editors_see_both_versions(program, visit, url, as_one):
    client = as_one(visit.lead)
    sent = noted(workers="10", place="workplace", held_on="2026-03-02", language="es")
    for _time in range(2):
        assert client.post(url("add_interview", visit.pk), sent).status_code == 302
    with making.as_auditor(program, visit.lead):
        row = Interview.objects.get()
    change = {**sent, "if_version": "1", "workers": "11"}
    assert client.post(url("change_interview", visit.pk, row.pk), change).status_code == 302
    other = client.post(url("change_interview", visit.pk, row.pk), {**change, "workers": "14"})
    said = other.content.decode()
    assert other.status_code == 422
    assert "As it stands now" in said
    assert 'value="14"' in said
    assert 'name="if_version" value="2"' in said


def test_only_the_team_writes(program, visit, url, as_one):
    stranger = as_one(Role.INSPECTOR_IN_CHARGE)
    assert stranger.post(url("add_interview", visit.pk), noted(workers="1")).status_code == 404
    planner = as_one(visit.planner)
    answer = planner.post(
        url("add_interview", visit.pk), noted(workers="1", place="workplace", held_on="2026-03-02")
    )
    assert answer.status_code == 422
    assert "Accept the assignment" in answer.content.decode()


def test_findings_are_changed_and_withdrawn_with_the_reason(program, visit, url, as_one):
    row = making.finding(program, visit).row
    client = as_one(visit.lead)
    sent = {
        "record_id": str(row.pk),
        "if_version": "1",
        "provision_id": str(row.provision_id),
        "title": "Exit locked",
    }
    assert client.post(url("change_finding", visit.pk, row.pk), sent).status_code == 302
    assert client.post(url("withdraw_finding", visit.pk, row.pk), {"reason": ""}).status_code == 422
    sent = {"reason": "It was the wrong door.", "if_version": "2"}
    assert client.post(url("withdraw_finding", visit.pk, row.pk), sent).status_code == 302
    page = client.get(url("inspection", visit.pk)).content.decode()
    assert "Exit locked" in page
    assert "It was the wrong door." in page


def test_a_repeat_is_linked_and_shown(program, url, as_one):
    place = factories.workplace(program)
    before = making.submitted(program, workplace=place)
    making.report(program, before)
    with making.as_staff(program, before.planner):
        earlier = Finding.objects.get()
    visit = making.under_way(program, workplace=place)
    client = as_one(visit.lead)
    page = client.get(url("add_finding", visit.pk)).content.decode()
    assert "Finding 1" in page
    sent = noted(provision_id=str(earlier.provision_id), title="Again", repeat_of_id=str(earlier.pk))
    assert client.post(url("add_finding", visit.pk), sent).status_code == 302
    assert "Found before" in client.get(url("inspection", visit.pk)).content.decode()


def test_the_paper_holds_every_line(program, visit, url, as_one):
    page = as_one(visit.lead).get(url("paper", visit.pk)).content.decode()
    assert page.count('class="boxes"') == 3


# ── The checklist ────────────────────────────────────────────────────────────────────────────────


def test_questions_are_asked_by_kind_and_answers_keep_their_words(program, visit, url, as_one):
    with program_scope(program.pk):
        provision = making.Provision.objects.order_by("position").first()
    editor = as_one(Role.INSPECTOR_IN_CHARGE)
    assert editor.post(url("add_question", provision.pk), {"text": " "}).status_code == 422
    asked = {"text": "Is the roof whole?", "kinds": ["baseline"]}
    for _time in range(2):
        assert editor.post(url("add_question", provision.pk), asked).status_code == 302
    editor.post(url("add_question", provision.pk), {"text": "Is the boiler safe?", "kinds": ["boiler"]})
    with program_scope(program.pk):
        roof = Question.objects.get(text="Is the roof whole?")
    auditor = as_one(visit.lead)
    page = auditor.get(url("inspection", visit.pk)).content.decode()
    assert "Is the roof whole?" in page
    assert "Is the boiler safe?" not in page
    assert auditor.post(url("respond", visit.pk, roof.pk), noted(answer="met")).status_code == 302
    editor = as_one(Role.INSPECTOR_IN_CHARGE)
    assert editor.post(url("change_question", roof.pk), {"text": "Is the roof tight?"}).status_code == 302
    page = as_one(visit.lead).get(url("inspection", visit.pk)).content.decode()
    assert "Is the roof whole?" in page
    assert "Is the roof tight?" in page
    with program_scope(program.pk):
        now = Question.objects.get(text="Is the roof tight?")
        assert (now.position, roof.position) == (0, 0)
        events = list(
            Event.objects.filter(event__startswith="question.").order_by("pk").values_list("event", flat=True)
        )
    assert sorted(events) == ["question.added", "question.added", "question.changed"]


def test_questions_move_and_leave(program, url, as_one):
    making.code(program)
    with program_scope(program.pk):
        provision = making.Provision.objects.order_by("position").first()
    editor = as_one(Role.INSPECTOR_IN_CHARGE)
    for text in ("Roof", "Door"):
        editor.post(url("add_question", provision.pk), {"text": text})
    with program_scope(program.pk):
        door = Question.objects.get(text="Door")
    assert editor.post(url("move_question", door.pk), {"to": "up"}).status_code == 302
    with program_scope(program.pk):
        assert list(Question.objects.values_list("text", flat=True)) == ["Door", "Roof"]
    assert editor.post(url("retire_question", door.pk)).status_code == 302
    assert "Door" not in editor.get(url("checklist")).content.decode()
    assert as_one(Role.CASE_HANDLER).get(url("checklist")).status_code == 403


# ── Where else a visit shows ─────────────────────────────────────────────────────────────────────


def test_the_inbox_and_the_calendar_of_the_team_alone(program, url, as_one, db):
    visit = soon(program, workplace=factories.workplace(program, name="Farm Alder"))
    other = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    for person, is_told in ((visit.lead, True), (visit.planner, True), (other, False)):
        page = as_one(person).get(reverse("ui:inbox")).content.decode()
        assert ("inspection of Farm Alder" in page) is is_told
        token = feeds.make_feed(person=person, at=timezone.now())
        calendar = feeds.calendar_for(token, at=timezone.now()).decode().replace("\r\n ", "")
        assert (f"UID:inspection-{visit.pk}" in calendar) is is_told
        assert "Alder" not in calendar
    assert (
        f"DTSTART;VALUE=DATE:{SOON:%Y%m%d}"
        in feeds.calendar_for(
            feeds.make_feed(person=visit.lead, at=timezone.now()), at=timezone.now()
        ).decode()
    )


def test_counts_and_exports_leave_out_what_is_secret(program, url, as_one):
    soon(program)
    director = as_one(Role.DIRECTOR)
    home = director.get(reverse("ui:program", args=[program.slug])).content.decode()
    assert "<b>0</b><span>Inspections ahead</span>" in home
    file = b"".join(director.get(url("inspections"), {"export": "csv"}).streaming_content).decode()
    assert file.strip().count("\n") == 0


def test_the_map_says_who_is_due_by_the_rule_and_is_honest_without_one(program, url, as_one):
    place = factories.workplace(program, region="Florida", latitude="26.4", longitude="-81.4")
    client = as_one(Role.DIRECTOR)
    page = client.get(url("due")).content.decode()
    assert "has not decided how often" in page
    assert "Florida: 1 of 1 never inspected" in page
    plan = reverse("audits:plan", args=[program.slug, place.pk])
    assert [plan in text for text in (page, as_one(Role.CASE_HANDLER).get(url("due")).text)] == [True, False]
    client = as_one(Role.DIRECTOR)
    with program_scope(program.pk):
        Rule.objects.create(
            section="inspection",
            key="inspection.every",
            label="Every",
            value=4,
            unit="months",
            certainty="set_by_program",
            valid_from=TODAY,
            set_at=timezone.now(),
        )
    page = client.get(url("due")).content.decode()
    assert "Every 4 months" in page
    assert "Florida: 1 of 1 due" in page
    making.submitted(program, workplace=place, at=timezone.now(), starts_on=TODAY, ends_on=TODAY)
    page = client.get(url("due")).content.decode()
    assert "Florida: 0 of 1 due" in page
    assert (
        place.name not in client.get(url("due"), {"due": "true"}).content.decode().partition('id="table"')[2]
    )


def test_a_rule_in_seasons_counts_from_the_first_day_of_the_season(program):
    with program_scope(program.pk):
        Rule.objects.create(
            section="inspection",
            key="inspection.every",
            label="Every",
            value=1,
            unit="seasons",
            certainty="documented",
            valid_from=TODAY,
            set_at=timezone.now(),
        )
        assert "No season" in due.rhythm(on=TODAY).problem
    making.season(program, starts_on=TODAY - dt.timedelta(days=30), ends_on=TODAY + dt.timedelta(days=30))
    with program_scope(program.pk):
        assert due.rhythm(on=TODAY).since == TODAY - dt.timedelta(days=30)
