"""The pages of education: who may what, the report from a phone, the supplier's portal, what is printed, whose work it is."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from programs.calendar_feed import sessions as calendar
from programs.enums import EducationKind
from programs.inbox.education import to_answer, to_confirm, to_hold, to_report
from programs.models import EducationDue, EducationSession, Handout, Material, SessionNote
from programs.operations.education import materials, scheduling, sessions
from tests import factories
from tests.factories import AT
from tests.programs.teaching import school
from wsr.accounts.queries import programs_of, standing_in
from wsr.tenancy import program_scope
from wsr.ui.inbox import Reader

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def farm():
    return school()


@pytest.fixture
def ask(client, farm):
    """`ask("report_session", pk)` in the browser of the educator; `ask(…, data={…})` posts."""
    factories.sign_in(client, farm.educator)

    def sent(name, *args, data=None, follow=True, query=""):
        where = reverse(f"programs:{name}", args=[farm.program.slug, *args]) + query
        return client.get(where) if data is None else client.post(where, data, follow=follow)

    return sent


def the_due(farm):
    with farm.scope():
        return EducationDue.objects.get(kind=EducationKind.SESSION)


def test_from_the_schedule_to_the_confirmed_session(farm, ask, django_assert_max_num_queries):
    assert "1 line was written" in ask("draw_up_education", data={}).text
    due = the_due(farm)
    with django_assert_max_num_queries(40):
        assert farm.workplace.name in ask("education").text
    shown = ask("education_due", due.pk).text
    assert "education.session_every" in shown
    assert "https://example.org/education" in shown
    assert "The last day of the season “Winter”." in shown

    plan = {
        "kind": "session",
        "day": "2026-03-01",
        "hour": "09:00",
        "minutes": 45,
        "languages": "Español\nKreyòl ayisyen",
        "leader_id": farm.educator.pk,
        "topics_more": "Wages\nHeat",
        "worker_educators": 2,
    }
    assert ask("plan_session", farm.workplace.pk, data={**plan, "day": ""}).status_code == 422
    form = ask("plan_session", farm.workplace.pk, query=f"?due={due.pk}")
    assert form.context["form"].initial["languages"] == ["Español", "ht"]
    assert "print the sheet" in ask("plan_session", farm.workplace.pk, data=plan).text.lower()
    with farm.scope():
        session = EducationSession.objects.get()
        assert (session.topics, session.due_id) == (["Wages", "Heat"], due.pk)

    told = {"attended": 45, "workers_present": 40, "is_paid_time": "yes", "management_present": "no"}
    said = {**told, "languages": "Español", "topics_more": "Wages"}
    refused = ask("report_session", session.pk, data=said)
    assert refused.status_code == 422
    assert "More workers took part than were there" in refused.text
    assert "On paid time" in ask("report_session", session.pk, data={**said, "attended": 38}).text
    confirmed = ask("confirm_session", session.pk, data={})
    assert "The session is confirmed." in confirmed.text
    assert "38 of 40 workers" in confirmed.text
    assert "(95 %)" in ask("education_coverage").text
    assert ask("reopen_session", session.pk, data={"reason": "A mistake."}).status_code == 200
    assert ask("cancel_session", session.pk, data={"reason": "It was elsewhere."}).status_code == 200
    assert ask("drop_education", due.pk, data={"reason": "No harvest."}).status_code == 200
    assert ask("owe_education_again", due.pk, data={}).status_code == 200
    assert farm.workplace.name in ask("education_workplace", farm.workplace.pk).text


def test_lists_ask_as_often_for_many_rows_as_for_one(farm, ask):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    def asked(name, *args):
        with CaptureQueriesContext(connections["default"]) as asked:
            assert ask(name, *args).status_code == 200
        return len(asked)

    lists = [("education",), ("education_sessions",), ("education_coverage",), ("education_materials",)]
    farm.draw_up()
    farm.plan()
    asked("education")  # what the first page of a process asks once
    one = [asked(*name) for name in lists]
    for number in range(4):
        farm.plan(workplace=factories.workplace(farm.program, supplier=factories.supplier(farm.program)))
        with farm.scope():
            materials.add(
                title=f"Rights {number}", kind="booklet", language="es", version="1", by=farm.educator, at=AT
            )
    farm.draw_up()
    assert [asked(*name) for name in lists] == one


def test_the_report_counts_what_was_handed_out_and_asks_for_no_file(farm, ask):
    with farm.scope():
        kept = materials.add(
            title="Rights", kind="booklet", language="es", version="1", by=farm.educator, at=AT
        )
    farm.rule("education.topics", ["Wages", "Heat"], "list")
    session = farm.plan(kind=EducationKind.FIRST_DAY)
    form = ask("report_session", session.pk)
    assert "Workers who began" in form.text
    assert 'type="file"' not in form.text
    assert "<script" not in form.text.partition("<main")[2]
    said = {
        "attended": 12,
        "workers_present": 12,
        "is_paid_time": "no",
        "management_present": "yes",
        "languages": "Español",
        "topics_known": ["Heat"],
        f"handed_{kept.pk}": 12,
        "note": "The manager stayed until asked to leave.",
    }
    answer = ask("report_session", session.pk, data=said)
    assert "Not on paid time" in answer.text
    with farm.scope():
        assert Handout.objects.get().count == 12
        assert SessionNote.objects.get().management_present
        assert EducationSession.objects.get().topics == ["Heat"]
    assert ask("report_session", session.pk).context["form"].initial[f"handed_{kept.pk}"] == 12


def test_the_library_takes_a_file_and_hands_it_out(farm, ask):
    form = {"title": "Rights", "kind": "booklet", "language": "Español", "version": "2026"}
    text = SimpleUploadedFile("rights.pdf", b"not a pdf at all")
    refused = ask("add_material", data={**form, "file": text})
    assert refused.status_code == 422

    from wsr.ui.pdf import render

    paper = render(
        '<html lang="en"><head><title>x</title><meta name="dcterms.created" content="2026-03-01T00:00:00+00:00"></head>'
        "<body><p>Rights</p></body></html>"
    )
    answer = ask("add_material", data={**form, "file": SimpleUploadedFile("rights.pdf", paper)})
    assert "rights.pdf" in answer.text
    with farm.scope():
        kept = Material.objects.get()
    assert "no longer handed out since" in ask("retire_material", kept.pk, data={}).text


def mark(client, where):
    """The time and place that the page of a session shows."""
    return re.search(r'name="seen" value="([0-9a-f]+)"', client.get(where).text)[1]


# ── The portal ───────────────────────────────────────────────────────────────────────────────────


def test_the_supplier_sees_its_schedule_and_answers(farm, client):
    farm.draw_up()
    session = farm.plan()
    farm.report(
        farm.plan(starts_at=AT - 5 * DAY), at=AT, note="Secret of the staff.", management_present=True
    )
    factories.sign_in(client, farm.manager)
    own = client.get(reverse("programs:own_education", args=[farm.program.slug]))
    assert "Please answer" in own.text
    assert "30" in own.text
    where = reverse("programs:own_session", args=[farm.program.slug, session.pk])
    assert "Is this time and place possible" in client.get(where).text
    assert client.post(where, {"agrees": "no", "seen": mark(client, where)}).status_code == 422
    before = mark(client, where)
    moved = sessions.Plan(EducationKind.SESSION, session.starts_at + DAY, 60, farm.educator.pk, ["es"])
    with farm.scope():
        sessions.change(session_id=session.pk, plan=moved, by=farm.educator, at=AT)
    unseen = client.post(where, {"agrees": "yes", "seen": before})
    assert (unseen.status_code, "was moved in the meantime" in unseen.text) == (422, True)
    said = {"agrees": "no", "note": "Friday is better.", "seen": mark(client, where)}
    answered = client.post(where, said, follow=True)
    assert "Friday is better." in answered.text
    with farm.scope():
        held = EducationSession.objects.get(state="held")
        assert EducationSession.objects.get(state="planned").access == "other_time"
    past = client.get(reverse("programs:own_session", args=[farm.program.slug, held.pk]))
    assert "30 of 40 workers" in past.text
    assert "Secret of the staff." not in past.text
    assert client.post(past.request["PATH_INFO"], {"agrees": "yes"}).status_code == 422
    for name, *args in (("education",), ("education_session", held.pk), ("report_session", session.pk)):
        assert client.get(reverse(f"programs:{name}", args=[farm.program.slug, *args])).status_code == 403


# ── What is printed ──────────────────────────────────────────────────────────────────────────────


def words_in(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_the_sheet_has_a_line_for_every_worker_and_the_words_for_workers(farm, ask):
    session = farm.plan(languages=["Español", "Haitian Creole"], place="Packing house")
    answer = ask("session_sheet", session.pk)
    assert answer["Content-Type"] == "application/pdf"
    said = words_in(answer.content)
    assert "Packing house" in said
    assert " 40 " in said
    assert " 41 " not in said  # a line for each of forty workers
    assert "nombre" in said
    assert "non ou" in said
    assert farm.educator.name not in said


def test_cards_in_every_language_of_workers_pages(farm, ask):
    farm.rule("complaints.phone", "+1 800 555 0100", "text")
    for code in ("en", "es", "ht", "bn", "ur"):
        answer = ask("cards", code)
        said = words_in(answer.content)
        assert said.count("+1 800 555 0100") == 10
        assert (
            said.replace(" ", "").count(f"/report/{farm.program.slug}/") == 10
        )  # it may break over two lines
        assert PdfReader(BytesIO(answer.content)).trailer["/Root"]["/Lang"].startswith(code)
        assert len(PdfReader(BytesIO(answer.content)).pages) == 1


def test_no_cards_in_a_language_that_workers_pages_do_not_speak(ask):
    assert ask("cards", "xx").status_code == 404


# ── Whose work it is ─────────────────────────────────────────────────────────────────────────────


def reader(farm, person, at=AT):
    return Reader(person, standing_in(programs_of(person), farm.program.slug), at)


def test_what_waits_without_a_clock_stands_in_the_inbox_with_its_reason(farm, ask):
    farm.rule("education.first_day", True, "yes_no")
    farm.rule("education.other_confirms", True, "yes_no")
    farm.draw_up()
    over = farm.plan(starts_at=AT - 2 * DAY)
    told = farm.plan(starts_at=AT - DAY, kind=EducationKind.OTHER)
    farm.report(told, at=AT)
    asked = farm.plan(starts_at=AT + DAY)
    mine, others = reader(farm, farm.educator), reader(farm, farm.other)
    of_supplier = reader(farm, farm.manager)
    with farm.scope():
        first_days = list(to_hold(mine))
        assert [task.title for task in first_days] == ["First day at work: 1 workplace without a report"]
        assert "every worker is taught on the first day of work" in first_days[0].why
        filtered = "?" + first_days[0].url.partition("?")[2]
        assert [str(over.pk) in task.url for task in to_report(mine)] == [True]
        assert list(to_confirm(mine)) == []
        assert [str(told.pk) in task.url for task in to_confirm(others)] == [True]
        assert list(to_hold(of_supplier)) == []
        assert {str(one.pk) for one in (over, told, asked)} == {
            entry.key.removeprefix("session-") for entry in calendar(mine)
        }
        assert {entry.title for entry in calendar(mine)} == {"Session with workers"}
    listed = ask("education", query=filtered).text
    assert "1 row" in listed
    assert "First day at work" in listed
    with farm.portal():
        assert [str(asked.pk) in task.url for task in to_answer(of_supplier)] == [True]
        assert list(to_report(of_supplier)) == []


def test_every_program_is_drawn_up_by_the_hour(farm, settings):
    from programs import tasks

    tasks.draw_up_education_of(program_id=str(farm.program.pk))
    with program_scope(farm.program.pk):
        drawn = EducationDue.objects.count()
    assert scheduling.draw_up_program(farm.program.pk, at=AT) in (0, 1, drawn)
