"""The invented agreements of the demo."""

import datetime as dt

from agreements.demo import agreements as demo_agreements
from agreements.gates import financial_support, stop_purchase
from agreements.models import Agreement, Breach, Obligation
from tests.agreements.signing import table
from tests.factories import AT
from wsr.deadlines.models import Clock


def test_one_is_in_force_and_one_waits_for_the_brand(program, director):
    here = table(program, director)
    with here.staff():
        assert "financial support" in financial_support(program.pk)
    demo_agreements.build(program=program, director=director, signatory=here.signatory, at=AT)
    with here.portal():
        assert list(Agreement.objects.order_by("number").values_list("state", flat=True)) == [
            "in_force",
            "proposed",
        ]
    with here.staff():
        assert Agreement.objects.binding().count() == 1
        assert (financial_support(program.pk), stop_purchase(program.pk)) == (True, True)
        assert Obligation.objects.filter(state="submitted").count() == 1
        breach = Breach.objects.get()
        cure = Clock.objects.open().get(kind="agreements.breach_cured", subject_id=breach.pk)
        assert (breach.state, cure.due_at.date() - AT.date()) == ("noticed", dt.timedelta(days=26))
