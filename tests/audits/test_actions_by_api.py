"""Corrective actions through the auditors' API: somebody else sees whether it is fixed, and says so at a visit."""

from types import SimpleNamespace

import pytest

from audits.enums import ActionState, Side
from audits.models import ActionStep
from audits.operations import actions
from tests import factories
from tests.api.letting_in import Caller, let_in
from tests.audits import acting, rows
from tests.factories import AT
from wsr.accounts.grants import Role


@pytest.fixture
def there(program, client):
    """An action that the supplier reported as fixed, and an auditor who is at the workplace."""
    place = acting.place(program)
    action = acting.reported(place)
    ana = factories.member(program, Role.AUDITOR)
    visit = rows.inspection(program, place.agreer, ana, workplace=place.workplace, is_announced=True)
    address = f"/api/v1/programs/{program.slug}/actions/{action.pk}/"
    ask = Caller(client, let_in(ana))
    return SimpleNamespace(
        place=place, action=action, ana=ana, visit=visit, address=address, ask=ask, client=client
    )


def seen(there, **said) -> dict:
    return {"inspection_id": str(there.visit.pk), **said}


def as_another(there, person) -> Caller:
    factories.second_factor(person)
    return Caller(there.client, let_in(person))


def test_another_auditor_verifies_at_her_visit_once(there):
    act, key = f"{there.address}verify/", {"Idempotency-Key": "a"}
    done = there.ask("POST", act, seen(there, note="The door opens."), **key)
    assert (done.status_code, done.json()["state"], done.json()["reported_at"] is None) == (
        200,
        "verified",
        False,
    )
    assert there.ask("POST", act, seen(there, note="The door opens."), **key).content == done.content
    assert there.ask("POST", act, seen(there)).status_code == 409

    one = there.ask("GET", f"{there.address}?fields=state,version")
    assert (one.json(), one["ETag"]) == (
        {"state": "verified", "version": done.json()["version"]},
        f'"{done.json()["version"]}"',
    )
    with acting.as_staff(there.place):
        last = ActionStep.objects.filter(action=there.action).order_by("pk").last()
        assert (last.state, last.by, last.side, last.inspection_id) == (
            ActionState.VERIFIED,
            there.ana,
            Side.AUDITOR,
            there.visit.pk,
        )


def test_an_auditor_rejects_what_is_not_fixed_and_says_why(there):
    act = f"{there.address}reject/"
    for wrong in ({}, {"reason": " "}):
        answer = there.ask("POST", act, seen(there, **wrong))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/reason")
    done = there.ask("POST", act, seen(there, reason="It still sticks."))
    assert (done.status_code, done.json()["state"], done.json()["verified_at"]) == (200, "rejected", None)
    assert there.ask("POST", act, seen(there, reason="It still sticks.")).status_code == 409


@pytest.mark.parametrize(("act", "said"), [("verify", {}), ("reject", {"reason": "Not yet."})])
def test_who_reported_it_judges_nothing(there, act, said):
    again = acting.agreed(there.place)
    with acting.as_staff(there.place, there.place.verifier):
        actions.report_fixed(action_id=again.pk, note="By letter.", by=there.place.verifier, at=AT)
    ask = as_another(there, there.place.verifier)
    answer = ask("POST", there.address.replace(str(there.action.pk), str(again.pk)) + f"{act}/", said)
    assert (answer.status_code, "reported it" in answer.json()["detail"]) == (409, True)
    with acting.as_staff(there.place):
        again.refresh_from_db()
        assert again.state == ActionState.REPORTED


def test_an_auditor_who_is_not_there_and_a_brand_judge_nothing(there):
    for role, status in ((Role.AUDITOR, 404), (Role.BRAND_OFFICER, 403)):
        ask = as_another(there, factories.member(there.place.program, role))
        for act in ("verify/", "reject/"):
            answer = ask("POST", f"{there.address}{act}", {"reason": "No."} if act == "reject/" else {})
            assert answer.status_code == status
