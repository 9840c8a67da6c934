"""The jobs page: how far, how it ended, cancel; asks for itself only while something runs."""

import pytest

from tests import factories
from tests.conftest import AT
from wsr.jobs.models import Job, State
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


def job(program, state=State.RUNNING, **fields):
    ended = None if state in (State.QUEUED, State.RUNNING) else AT
    with program_scope(program.pk):
        return Job.objects.create(
            kind="test", title="Reading a list", state=state, asked_at=AT, ended_at=ended, **fields
        )


@pytest.fixture
def signed_in(client, director):
    factories.sign_in(client, director)
    return client


def test_shows_progress_and_polls_while_a_job_is_open(signed_in, program):
    job(program, done=1210, total=3351)
    text = signed_in.get("/p/garment/jobs/").content.decode()
    assert 'max="3351" value="1210"' in text
    assert "36 percent done" in text
    assert 'hx-trigger="every 2s"' in text
    assert "Cancel this job" in text


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED])
def test_shows_the_closing_sentence_and_rests(signed_in, program, state):
    job(program, state, message="3,351 workplaces created.")
    text = signed_in.get("/p/garment/jobs/").content.decode()
    assert "3,351 workplaces created." in text
    assert "every 2s" not in text
    assert "Cancel this job" not in text


def test_rows_alone_for_htmx(signed_in, program):
    shown = job(program)
    for url in ("/p/garment/jobs/", f"/p/garment/jobs/{shown.pk}/"):
        text = signed_in.get(url, headers={"HX-Request": "true", "HX-Target": "div#rows"}).content.decode()
        assert text.strip().startswith('<div id="rows"')
        assert "<html" not in text


def test_cancel_asks_the_job_to_stop(signed_in, program):
    running = job(program)
    answer = signed_in.post(f"/p/garment/jobs/{running.pk}/cancel/", follow=True)
    assert "Stopping" in answer.content.decode()
    with program_scope(program.pk):
        assert Job.objects.get().cancel_asked


def test_a_job_that_is_over_says_so(signed_in, program):
    over = job(program, State.DONE)
    answer = signed_in.post(f"/p/garment/jobs/{over.pk}/cancel/", follow=True)
    assert "nothing to cancel" in answer.content.decode()


def test_an_observer_sees_and_does_not_cancel(client, program):
    observer = factories.member(program, "observer")
    factories.sign_in(client, observer)
    running = job(program)
    assert "Cancel this job" not in client.get("/p/garment/jobs/").content.decode()
    assert client.post(f"/p/garment/jobs/{running.pk}/cancel/").status_code == 403


def test_another_programs_job_does_not_exist(signed_in, program, other_program):
    foreign = job(other_program)
    assert signed_in.get(f"/p/garment/jobs/{foreign.pk}/").status_code == 404
    assert signed_in.post(f"/p/garment/jobs/{foreign.pk}/cancel/").status_code == 404


def test_as_many_queries_for_one_job_as_for_many(signed_in, program):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    signed_in.get("/p/garment/jobs/")
    counts = []
    for more in (1, 5):
        for _number in range(more):
            job(program, asked_by=factories.person())
        with CaptureQueriesContext(connection) as queries:
            signed_in.get("/p/garment/jobs/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
