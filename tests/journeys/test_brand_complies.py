"""Journey 7: the brand officer complies, by keyboard alone. A supplier is suspended: her duty, its date, her proof, the program's answer.

On the demo. She sees nothing of complaints and nothing of what other brands buy.
"""

import pytest
from django.utils import timezone

from agreements.models import Agreement, StopDuty
from agreements.operations import escalation
from programs.models import Participation, Sourcing
from programs.queries import today
from tests.demo import person
from tests.journeys.desk import Desk
from wsr.accounts.grants import Role
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser


@pytest.fixture
def farms(demo_copy):
    """The farm program of the demo."""
    return demo_copy["farms-demo"]


@pytest.fixture
def suspended(farms) -> Participation:
    """A supplier that two brands buy from, suspended by the monitor this morning."""
    director = person("farms", Role.DIRECTOR)
    at = timezone.now()
    with program_scope(farms.pk, person_id=director.pk):
        stopping = StopDuty.objects.active().values("supplier")
        theirs = Sourcing.objects.filter(brand__name="Demo Brand North", ended_on=None)
        supplier = (
            Participation.objects.suppliers()
            .filter(pk__in=theirs.values("supplier"))
            .exclude(pk__in=stopping)
            .order_by("name")[0]
        )
        said = {"reason": "A supervisor harassed workers and was not dismissed.", "effective_on": today(at)}
        case = supplier.escalations.filter(state="open").first()
        if case is None:
            escalation.start(
                supplier_id=supplier.pk,
                rung_key="suspended",
                trigger="Harassment",
                by=director,
                at=at,
                **said,
            )
        else:
            escalation.climb(escalation_id=case.pk, rung_key="suspended", by=director, at=at, **said)
    return supplier


def test_a_brand_stops_proves_it_and_sees_nothing_of_others(farms, suspended, browser, live_server):
    officer = Desk.of(browser, live_server, "farms", Role.BRAND_OFFICER)

    _sees_its_suppliers(officer, suspended)
    duty = _acknowledges_and_proves(officer, farms, suspended)
    _program_accepts(Desk.of(browser, live_server, "farms", Role.DIRECTOR), duty, suspended)
    assert "Accepted" in officer.open(f"duties/{duty.pk}/")
    _answers_what_it_owes(officer)
    _nothing_of_others(officer, farms, duty)
    officer.close()


def _sees_its_suppliers(officer: Desk, supplier: Participation) -> None:
    """Where each of them stands and how far its repairs are."""
    officer.open("suppliers/")
    page = officer.enter(supplier.name)
    assert "Suspended" in page
    officer.look("brand-supplier")
    officer.open("workplaces/")


def _acknowledges_and_proves(officer: Desk, farms, supplier: Participation) -> StopDuty:
    """From her work of today to the proof, without a mouse."""
    officer.open("/inbox/")
    page = officer.enter(f"Stop buying from {supplier.name}|Acknowledge: stop buying from {supplier.name}")
    assert "harassed workers" in page
    officer.enter("^Acknowledge$")
    officer.type("name", "Bea Buyer")
    assert "Next: stop, and prove it." in officer.enter("^Save$")
    officer.enter("^Send proof$")
    assert "Last purchase on" in officer.words()
    officer.reach(name="stopped_on")
    officer.page.keyboard.type(timezone.localdate().strftime("%m%d%Y"))
    officer.type("note", "Orders 17 and 18 are canceled; the notice to the supplier is attached.")
    officer.reach(name="file")
    page = officer.enter("^Save$")
    assert "The program looks at it and answers here." in page
    officer.look("brand-duty")
    with program_scope(farms.pk):
        duty = StopDuty.objects.active().get(brand__name="Demo Brand North", supplier=supplier)
    assert duty.state == "submitted"
    return duty


def _program_accepts(director: Desk, duty: StopDuty, supplier: Participation) -> None:
    """The proof waits in the monitor's work, and is answered there."""
    work = director.open("/inbox/")
    assert f"Demo Brand North: stop buying from {supplier.name}" in work
    director.follow(f"Demo Brand North: stop buying from {supplier.name}")
    director.follow("Answer the proof")
    director.press("Save", answer="accept", reason="The canceled orders show it.")
    assert f"Demo Brand North: stop buying from {supplier.name}" not in director.open("/inbox/")
    director.close()


def _answers_what_it_owes(officer: Desk) -> None:
    """An obligation of its agreement, answered in time."""
    officer.open("obligations/?state=open")
    officer.enter("Updated list of suppliers|Report of purchases|list of suppliers")
    officer.enter("^Answer$")
    officer.type("note", "The list of the registry is complete as of today.")
    assert "Answered" in officer.enter("^(Save|Send)")
    officer.look("brand-obligation")


def _nothing_of_others(officer: Desk, farms, duty: StopDuty) -> None:
    """Nothing of complaints; nothing of another brand: its duty, agreement and volumes are not there."""
    with program_scope(farms.pk):
        others = StopDuty.objects.exclude(brand=duty.brand)
        theirs = [f"duties/{row.pk}/" for row in others]
        theirs += [
            f"agreements/{row.pk}/" for row in Agreement.objects.exclude(parties__participation=duty.brand)
        ]
        names = list(Participation.objects.brands().exclude(pk=duty.brand_id).values_list("name", flat=True))
    assert others
    for path in theirs:
        assert officer.status(f"{path}") == 404, path
    assert officer.status("complaints/") == 403
    for path in ("duties/", "money/", "money/purchases/", "money/premium/", "agreements/", "obligations/"):
        page = officer.open(f"{path}")
        assert not [name for name in names if name in page], path
