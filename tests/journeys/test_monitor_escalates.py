"""Journey 6: the monitor escalates. In the night a date passes; in the morning it is in her work; she moves the stage, and everybody is told.

On the demo. What brands and supplier see afterwards is read in their own portals.
"""

import datetime as dt

import pytest
from django.utils import timezone

from agreements.models import Letter, StopDuty
from agreements.operations import letters
from audits.models import CorrectiveAction
from audits.operations import actions
from programs.models import Participation, Workplace
from programs.operations import rules
from programs.queries import today
from tests.demo import person
from tests.journeys.demo_program import trading
from tests.journeys.desk import Desk
from wsr.accounts.grants import Role
from wsr.deadlines import operations as clocks
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
OVERDUE_CLIMBS = "correction.overdue_climbs"  # here a person decides


@pytest.fixture
def farms(demo_copy):
    """The farm program of the demo, and somebody of the monitor."""
    program = demo_copy["farms-demo"]
    program.monitor = person("farms", Role.DIRECTOR)
    trading(program, program.monitor)
    return program


def scope(program):
    """The program's own."""
    return program_scope(program.pk, person_id=program.monitor.pk)


def a_date_passes(program) -> CorrectiveAction:
    """An action that was agreed ten days ago with the supplier whose manager signs in; the night takes its date away, and the clocks tick."""
    now = timezone.now()
    act = {"by": program.monitor, "at": now - dt.timedelta(days=10)}
    with scope(program):
        place = Workplace.objects.filter(supplier__name="Demo Growers One").order_by("name")[0]
        made = actions.propose(workplace_id=place.pk, title="The water stands at the gate only", **act)
        said = {"action": "Carry water along with the crew.", "payer": "supplier"}
        actions.agree(action_id=made.pk, due_on=today(now) - dt.timedelta(days=1), **said, **act)
    clocks.sweep(at=now)
    return made


def test_a_missed_date_climbs_a_supplier_and_it_comes_back(farms, browser, live_server):
    with scope(farms):
        act = {"by": farms.monitor, "at": timezone.now()}
        rules.set_rule(key=OVERDUE_CLIMBS, value=False, valid_from=today(timezone.now()), **act)
    action = a_date_passes(farms)
    monitor = Desk.of(browser, live_server, "farms", Role.DIRECTOR)

    _decides_in_the_morning(monitor, action)
    _letters_go_out(farms)
    _sees_where_it_stands(Desk.of(browser, live_server, "farms", Role.SUPPLIER_MANAGER))
    _suspends(monitor, farms)
    _brand_is_asked(Desk.of(browser, live_server, "farms", Role.BRAND_OFFICER))
    _lets_it_return(monitor, farms)


def _decides_in_the_morning(monitor: Desk, action: CorrectiveAction) -> None:
    """What was missed is first in her work. What follows is shown before it is written; an open question is decided on the way."""
    work = monitor.open("/inbox/")
    late = work[work.index("Overdue") : work.index("Due within a week")]
    assert f"{action.title} " in late
    assert "decide whether the supplier goes on the ladder" in late
    monitor.follow(action.title)
    assert "The agreed date has passed." in monitor.words()
    monitor.follow("To the ladder")
    start = monitor.page.url
    step = {"trigger": "The agreed date has passed", "reason": "Nothing was repaired by the agreed day."}
    assert "No letter goes out." in monitor.press("See what follows", **step)
    monitor.page.locator("summary").get_by_text("not decided").click()
    monitor.look("escalation-preview")
    for letter in ("letter to the supplier", "a meeting is mandatory"):
        monitor.follow(letter)
        monitor.follow("Set a value")
        monitor.press("Save", value="yes", source="Minute 7")
        monitor.page.goto(start)
        monitor.press("See what follows", **step)
        if monitor.page.locator("summary").get_by_text("not decided").count():
            monitor.page.locator("summary").get_by_text("not decided").click()
    assert "1 letter goes out" in monitor.words()
    page = monitor.press("Confirm this step")
    assert "A meeting with the program is mandatory on this rung." in page
    day = (timezone.now() + dt.timedelta(days=7)).date()
    monitor.follow("Plan a meeting")
    monitor.press("Save", planned_for=day, place="The council's office")
    monitor.look("escalation-case")
    assert "Meeting with Demo Growers One" in monitor.open("/inbox/")


def _letters_go_out(farms) -> None:
    """What the worker does after the step is recorded."""
    with scope(farms):
        for step in Letter.objects.filter(sent_at=None).values_list("step_id", flat=True).distinct():
            list(letters.print_and_send(step_id=step, by=farms.monitor, at=timezone.now()))


def _sees_where_it_stands(manager: Desk) -> None:
    """The supplier finds meeting and letter in its work, where it stands, and how it gets out."""
    work = manager.open("/inbox/")
    assert "Meeting with the program: Probation" in work
    manager.follow("Letter L-")
    manager.follow("I received it")
    assert "Received" in manager.press("Save")
    page = manager.open("actions/own/")
    assert "How you get out" in page
    assert "Without progress the next rung is “Suspended”." in page
    manager.follow("All about it")
    manager.look("escalation-own")
    assert "Demo Brand North" not in manager.open("duties/")
    manager.close()


def _suspends(monitor: Desk, farms) -> None:
    """The meeting is held, nothing is promised, and the next rung is reached: each brand that buys has a duty."""
    monitor.open("/inbox/")
    monitor.follow("Meeting with Demo Growers One")
    monitor.follow("Record what came of it")
    today_ = timezone.now().date()
    monitor.press("Save", held_on=today_, participants="The owner; two of the council.", outcome="No plan.")
    monitor.follow("Next rung")
    page = monitor.press("See what follows", reason="The owner offers no plan.")
    assert "to stop buying or to end work on a site" in page
    page = monitor.press("Confirm this step")
    with scope(farms):
        supplier = Participation.objects.get(name="Demo Growers One")
        bound = set(StopDuty.objects.active().filter(supplier=supplier).values_list("brand__name", flat=True))
        buying = set(supplier.sold_to.filter(ended_on=None).values_list("brand__name", flat=True))
    assert bound == buying
    assert all(name in page for name in bound)


def _brand_is_asked(officer: Desk) -> None:
    """The brand reads it first thing."""
    assert "Acknowledge: stop buying from Demo Growers One" in officer.open("/inbox/")
    officer.follow("Acknowledge: stop buying from Demo Growers One")
    officer.look("escalation-duty")
    officer.close()


def _lets_it_return(monitor: Desk, farms) -> None:
    """A return without its proof is refused; with it the supplier stands well, and duties of the same day are taken back."""
    monitor.open("ladder/")
    monitor.follow("Demo Growers One")
    monitor.follow("Back down")
    well = {"rung_key": "good_standing", "reason": "Everything is repaired."}
    page = monitor.press("Save", **well)
    assert "prove" in page or "proven" in page
    monitor.follow("Cancel")
    monitor.follow("Record the proof")
    monitor.press("Save", note="A re-entry audit of two days; every item verified.")
    monitor.follow("Back down")
    page = monitor.press("Save", **well)
    assert "Closed on" in page
    with scope(farms):
        supplier = Participation.objects.get(name="Demo Growers One")
        states = set(StopDuty.objects.filter(supplier=supplier).values_list("state", flat=True))
    assert (supplier.rung, states) == ("good_standing", {"withdrawn"})
    monitor.close()
