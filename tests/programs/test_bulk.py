"""What can be done with several workplaces, sessions and endorsements at once, through their lists."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.enums import EducationKind, EndorsementState, EndorserKind
from programs.models import EducationSession, Endorsement, Workplace
from programs.operations.education import sessions
from programs.operations.education.sessions import Plan
from tests import factories
from tests.programs.teaching import school
from tests.ui.choosing import choose, said, step
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


def test_workplaces_get_precision_sector_products_and_languages_together(client, program, director):
    factories.sign_in(client, director)
    places = [
        factories.workplace(program, name=name, products=products, disclosure_precision="exact")
        for name, products in (("Amber", ["Tomatoes"]), ("Birch", []))
    ]
    for act, given, words in (
        (
            "disclosure_precision",
            {"disclosure_precision": "county"},
            ("will", "Exact address and coordinates → Region only"),
        ),
        ("sector", {"sector": "Vegetables"}, ("will", "(nothing) → Vegetables")),
        ("products", {"more": "tomatoes\nPeppers"}, ("will", "Tomatoes → Tomatoes, Peppers")),
        ("languages", {"more": "es\nht"}, ("will", "(nothing) → es, ht")),
    ):
        url = choose(client, program, places, act=act, page="workplaces/")
        step(client, url, "fill", **given)
        assert said(program, url, director)["Amber"] == words
        assert "Take it back" in step(client, url, "confirm")
    with program_scope(program.pk):
        rows = Workplace.objects.order_by("name").values_list("products", "languages", "disclosure_precision")
        assert list(rows) == [
            (["Tomatoes", "Peppers"], ["es", "ht"], "county"),
            (["tomatoes", "Peppers"], ["es", "ht"], "county"),
        ]
    step(client, url, "undo")
    with program_scope(program.pk):
        assert list(Workplace.objects.values_list("languages", flat=True)) == [[], []]


def test_sessions_move_change_hands_and_are_called_off_together(client, db):
    made = school()
    program = made.program
    factories.sign_in(client, made.educator)
    at = timezone.now()
    begins = (at + dt.timedelta(days=20)).replace(microsecond=0)
    plan = Plan(EducationKind.SESSION, begins, 60, made.educator.pk, ["es"])
    with made.scope():
        planned = sessions.plan(workplace_id=made.workplace.pk, plan=plan, by=made.educator, at=at)
        gone = sessions.plan(workplace_id=made.workplace.pk, plan=plan, by=made.educator, at=at)
        sessions.cancel(session_id=gone.pk, reason="No room", by=made.educator, at=at)

    def now():
        with made.scope():
            return EducationSession.objects.get(pk=planned.pk)

    page = "education/sessions/"
    url = choose(client, program, [planned, gone], act="move", page=page)
    listed = reverse("programs:education_sessions", args=[program.slug])
    assert re.search(rf'href="{listed}"[^>]*aria-current="page"', client.get(url).text)  # not the overview
    step(client, url, "fill", days="-30")
    assert {state for state, _words in _lines(made, url)} == {"left_out"}
    step(client, url, "fill", days="7")
    assert sorted(_lines(made, url))[0] == ("left_out", "Only a planned session can be changed.")
    step(client, url, "confirm")
    assert (now().starts_at, now().access) == (begins + dt.timedelta(days=7), "asked")
    with made.portal():
        sessions.answer(session_id=planned.pk, agrees=True, note="", by=made.manager, at=timezone.now())
    step(client, url, "undo")  # the supplier has agreed to the new day since
    assert now().starts_at == begins + dt.timedelta(days=7)
    assert "Something has happened to it since" in str(_lines(made, url))

    url = choose(client, program, [planned], act="leader", page=page)
    step(client, url, "fill", leader_id=str(made.other.pk))
    step(client, url, "confirm")
    assert now().leader_id == made.other.pk
    step(client, url, "undo")
    assert now().leader_id == made.educator.pk

    url = choose(client, program, [planned], act="cancel", page=page)
    step(client, url, "fill", reason="The road is under water")
    assert "Take it back" not in step(client, url, "confirm")
    assert (now().state, now().cancelled_reason) == ("cancelled", "The road is under water")


def _lines(made, url):
    from wsr.ui.models import BatchRow

    with program_scope(made.program.pk, person_id=made.educator.pk):
        rows = BatchRow.objects.filter(batch_id=url.rstrip("/").rsplit("/", 1)[1])
        return list(rows.values_list("state", "says"))


def test_endorsements_are_counted_or_declined_together(client, program):
    publisher = factories.member(program, "publisher")
    factories.sign_in(client, publisher)
    waiting = [_endorsement(name) for name in ("Amina", "Bela", "Carla")]
    page = client.get(f"/p/{program.slug}/endorsements/").content.decode()
    assert (page.count('name="row"'), "Choose Amina" in page) == (3, True)
    url = choose(client, program, waiting[:2], act="accept", page="endorsements/")
    assert "It cannot be taken back." in client.get(url).content.decode()
    step(client, url, "confirm")
    url = choose(client, program, waiting[2:], act="decline", page="endorsements/")
    step(client, url, "fill", reason="Not a person")
    step(client, url, "confirm")
    assert list(Endorsement.objects.order_by("asked_at").values_list("state", flat=True)) == [
        "accepted",
        "accepted",
        "declined",
    ]


def _endorsement(name):
    at = timezone.now()
    made = Endorsement.objects.create(
        statement_version=1,
        kind=EndorserKind.PERSON,
        name=name,
        is_listed=True,
        language="en",
        state=EndorsementState.UNCONFIRMED,
        nonce=name,
        asked_at=at,
    )
    Endorsement.objects.filter(pk=made.pk).update(state=EndorsementState.WAITING, confirmed_at=at)
    return made


def test_a_session_that_was_moved_since_the_preview_is_not_called_off(client, db):
    made = school()
    factories.sign_in(client, made.educator)
    at = timezone.now()
    plan = Plan(EducationKind.SESSION, at + dt.timedelta(days=20), 60, made.educator.pk, ["es"])
    with made.scope():
        planned = sessions.plan(workplace_id=made.workplace.pk, plan=plan, by=made.educator, at=at)
    url = choose(client, made.program, [planned], act="cancel", page="education/sessions/")
    step(client, url, "fill", reason="Rain")
    later = replace(plan, starts_at=plan.starts_at + dt.timedelta(days=1))
    with made.scope():
        sessions.change(session_id=planned.pk, plan=later, by=made.educator, at=at)

    step(client, url, "confirm")

    assert [state for state, _words in _lines(made, url)] == ["refused"]
    with made.scope():
        assert EducationSession.objects.get().state == "planned"
