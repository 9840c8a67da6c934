"""Acts on several rows: chosen, tried out, confirmed, taken back; refusals, other people, crashes, and never on complaints."""

import importlib
import pkgutil
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

import complaints
from programs.models import Workplace
from tests import factories
from tests.ui import places as listed
from tests.ui.choosing import choose, said, shown, step
from wsr.accounts.grants import Permission
from wsr.history.models import Event
from wsr.jobs import operations as jobs
from wsr.jobs.models import Job
from wsr.tenancy import program_scope
from wsr.ui.acts import Act
from wsr.ui.models import Batch
from wsr.ui.operations import bulk
from wsr.ui.tables import Table

pytestmark = pytest.mark.urls("tests.ui.places")


def _fill(program):
    """Amber 30, Birch 7, Cedar nobody knows, Dune 7; all without a city but Dune."""
    supplier = factories.supplier(program)
    return [
        factories.workplace(
            program, supplier=supplier, name=name, worker_count=count, city=city, country="BD"
        )
        for name, count, city in (
            ("Amber", 30, ""),
            ("Birch", 7, ""),
            ("Cedar", None, ""),
            ("Dune", 7, "Dhaka"),
        )
    ]


@pytest.fixture
def rows(program):
    return _fill(program)


@pytest.fixture
def signed_in(client, director):
    factories.sign_in(client, director)
    return client


def cities(program):
    with program_scope(program.pk):
        return dict(Workplace.objects.order_by("name").values_list("name", "city"))


BEFORE = {"Amber": "", "Birch": "", "Cedar": "", "Dune": "Dhaka"}


@pytest.mark.django_db
def test_several_rows_are_changed_after_a_preview_and_taken_back(signed_in, director, program, rows):
    page = signed_in.get(f"/p/{program.slug}/places/").content.decode()
    assert page.count('name="row"') == 4
    assert "Choose Amber" in page

    url = choose(signed_in, program, rows)
    assert "City" in signed_in.get(url).content.decode()
    assert signed_in.post(url, {"step": "fill", "city": ""}).status_code == 422
    preview = step(signed_in, url, "fill", city="Dhaka", other="\0")
    assert "Do it with 2 rows" in preview
    assert "It can be taken back for a day." in preview
    assert said(program, url, director) == {
        "Amber": ("will", "(nothing) → Dhaka"),
        "Birch": ("will", "(nothing) → Dhaka"),
        "Cedar": ("left_out", "Nobody has counted there."),
        "Dune": ("left_out", "It is so already."),
    }
    assert cities(program) == BEFORE

    for _click in range(2):
        assert "Take it back" in step(signed_in, url, "confirm")
    assert cities(program) == {**BEFORE, "Amber": "Dhaka", "Birch": "Dhaka"}

    with program_scope(program.pk):
        Workplace.objects.filter(name="Birch").update(city="Sylhet")
    for _click in range(2):
        assert "It was taken back." in step(signed_in, url, "undo")
    assert said(program, url, director)["Amber"] == ("undone", "Dhaka → (nothing)")
    assert said(program, url, director)["Birch"][0] == "kept"
    assert "Something has happened to it since" in said(program, url, director)["Birch"][1]
    assert cities(program) == {**BEFORE, "Birch": "Sylhet"}
    with program_scope(program.pk):
        events = list(Event.objects.order_by("id").values_list("event", flat=True))
    assert events == ["workplace.changed"] * 2 + ["rows.changed_together", "workplace.changed", "rows.taken_back"]  # fmt: skip


@pytest.mark.django_db
def test_everything_the_filter_finds_or_this_page_or_what_is_ticked(
    signed_in, director, program, rows, monkeypatch
):
    url = choose(signed_in, program, scope="all", query="workers_min=7&workers_max=7")
    assert sorted(said(program, url, director)) == ["Birch", "Dune"]
    shown = {"scope": "page", "act": "move", "path": f"/p/{program.slug}/places/", "query": "q=e"}
    page = signed_in.get(f"/p/{program.slug}/places/?q=e").content.decode()
    shown["shown"] = re.findall(r'name="shown" value="([^"]+)"', page)
    url = signed_in.post(f"/p/{program.slug}/several/", shown).url
    assert sorted(said(program, url, director)) == ["Amber", "Cedar", "Dune"]

    for rows_sent, scope, words in (
        ((), "chosen", "Choose at least one row."),
        (("nonsense", uuid4()), "chosen", "Choose at least one row."),
        ((), "all", "More than 2 rows at once"),
    ):
        if scope == "all":
            monkeypatch.setattr(bulk, "MOST", 2)
        back = choose(signed_in, program, rows_sent, scope)
        assert back == f"/p/{program.slug}/places/?"
        assert words in signed_in.get(back).content.decode()
    assert "cannot do this" in signed_in.get(choose(signed_in, program, rows, act="burn")).content.decode()


@pytest.mark.django_db
def test_what_changed_between_looking_and_doing_is_refused_row_by_row(signed_in, director, program, rows):
    url = choose(signed_in, program, rows[:2])
    step(signed_in, url, "fill", city="Dhaka")
    with program_scope(program.pk):
        Workplace.objects.filter(name="Amber").update(worker_count=None)
    assert "Not done: 1" in step(signed_in, url, "confirm")
    assert said(program, url, director) == {
        "Amber": ("refused", "Nobody has counted there."),
        "Birch": ("done", "(nothing) → Dhaka"),
    }
    assert "This is done already." in step(signed_in, url, "fill", city="Khulna")
    with program_scope(program.pk, person_id=director.pk):
        Batch.objects.update(undo_until=timezone.now() - timedelta(seconds=1))
    assert "Take it back" not in signed_in.get(url).content.decode()
    assert "taken back no more" in step(signed_in, url, "undo")
    assert cities(program)["Birch"] == "Dhaka"
    with program_scope(program.pk, person_id=director.pk):
        Batch.objects.update(made_at=timezone.now() - timedelta(days=31))


@pytest.mark.django_db
def test_only_the_preview_that_was_seen_is_done(signed_in, director, program, rows):
    url = choose(signed_in, program, rows[:2])
    step(signed_in, url, "fill", city="Dhaka")
    seen = shown(signed_in, url)
    step(signed_in, url, "fill", city="Khulna")  # in another tab
    for mark in (seen, ""):
        assert "Something else was filled in" in step(signed_in, url, "confirm", shown=mark)
    assert cities(program) == BEFORE
    with program_scope(program.pk):
        Workplace.objects.filter(name="Amber").update(city="Sylhet")
    assert "Not done: 1" in step(signed_in, url, "confirm")
    assert said(program, url, director) == {
        "Amber": ("refused", "Something has happened to it since you looked, so it stays as it is."),
        "Birch": ("done", "(nothing) → Khulna"),
    }
    assert cities(program) == {**BEFORE, "Amber": "Sylhet", "Birch": "Khulna"}
    assert "It is done." in step(signed_in, url, "confirm", shown=seen)  # a late click of the first tab
    assert cities(program)["Birch"] == "Khulna"


@pytest.mark.django_db
def test_without_the_right_there_is_no_box_and_nobody_sees_anothers_act(
    signed_in, director, client, program, rows
):
    url = choose(signed_in, program, rows)
    factories.sign_in(client, factories.member(program, "inspector_in_charge"))
    assert client.get(url).status_code == 404
    assert client.post(url, {"step": "confirm"}).status_code == 404

    factories.sign_in(client, factories.member(program, "observer"))
    assert 'name="row"' not in client.get(f"/p/{program.slug}/places/").content.decode()
    assert "cannot do this" in client.get(choose(client, program, rows)).content.decode()

    elsewhere = factories.program("elsewhere")
    assert client.post(f"/p/{elsewhere.slug}/several/", {}).status_code == 404
    other = f"/p/{elsewhere.slug}/places/"
    answer = client.post(f"/p/{program.slug}/several/", {"path": other, "act": "move", "scope": "all"})
    assert answer.status_code == 302
    with program_scope(program.pk, person_id=director.pk):
        assert Batch.objects.count() == 1


@pytest.fixture
def committed(transactional_db):
    program = factories.program("garment")
    return program, factories.member(program, "director"), _fill(program)


def _run(program):
    """What a worker does with the job that waits."""
    with program_scope(program.pk):
        job = Job.objects.open().get()
    jobs.run(program_id=program.pk, job_id=job.pk, at=timezone.now())
    with program_scope(program.pk):
        return Job.objects.get(pk=job.pk)


def test_many_rows_are_done_by_a_job_that_may_die_or_be_cancelled(committed, client, monkeypatch):
    program, director, rows = committed
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    factories.sign_in(client, director)
    url = choose(client, program, rows)
    assert "Working on the rows" in step(client, url, "fill", city="Khulna")
    assert "being worked on" in step(client, url, "fill", city="Sylhet")
    assert _run(program).state == "done"
    assert "Do it with 3 rows" in client.get(url).content.decode()

    step(client, url, "fill", city="Sylhet")
    with program_scope(program.pk, person_id=director.pk):
        jobs.cancel(job_id=Job.objects.open().get().pk, by=director, at=timezone.now())
    assert "Do it with" not in client.get(url).content.decode()  # nobody has looked at this yet
    step(client, url, "fill", city="Khulna")
    _run(program)

    step(client, url, "confirm")
    monkeypatch.setattr(listed.Moving, "rows", 2)
    with pytest.raises(listed.Crash):
        _run(program)
    assert cities(program) == BEFORE  # the death of the process took back what it had done
    monkeypatch.setattr(listed.Moving, "rows", None)
    job = _run(program)
    assert (job.state, job.attempts) == ("done", 2)
    assert cities(program) == {"Amber": "Khulna", "Birch": "Khulna", "Cedar": "", "Dune": "Khulna"}

    step(client, url, "undo")
    with program_scope(program.pk, person_id=director.pk):
        jobs.cancel(job_id=Job.objects.open().get().pk, by=director, at=timezone.now())
    assert "It was stopped" in client.get(url).content.decode()
    step(client, url, "undo")
    assert _run(program).state == "done"
    assert cities(program) == BEFORE
    with program_scope(program.pk):
        assert Event.objects.filter(event="workplace.changed").count() == 6

    assert bulk.sweep(at=timezone.now() + timedelta(days=29)) == 0
    assert bulk.sweep(at=timezone.now() + timedelta(days=31)) == 1
    assert client.get(url).status_code == 404


def test_no_list_of_complaints_has_an_act_on_several_rows():
    """Complaints are decided one by one, by somebody who has read them."""
    for module in pkgutil.walk_packages(complaints.__path__, "complaints."):
        if ".management." not in module.name and ".migrations" not in module.name:
            importlib.import_module(module.name)
    tables = _below(Table)
    of_complaints = [table for table in tables if table.__module__.startswith("complaints")]
    assert of_complaints
    assert [table for table in of_complaints if table.acts or table.is_sendable] == []
    with_acts = {table.name for table in tables if table.acts}
    assert with_acts >= {"workplaces", "education_sessions", "actions", "obligations", "endorsements"}
    for table in tables:
        assert len({act.name for act in table.acts}) == len(table.acts)
        assert all(bool(act.undo) == bool(act.restores) for act in table.acts)


def _below(kind):
    return [one for sub in kind.__subclasses__() for one in (sub, *_below(sub))]


def test_an_act_names_what_says_whether_a_row_is_still_as_it_was_shown():
    with pytest.raises(TypeError, match="name the columns"):
        Act("close", "Close", Permission.WORKPLACE_CHANGE, do=print)
