"""The invented agreements of the demo."""

import datetime as dt

from agreements.gates import financial_support, stop_purchase
from agreements.models import Agreement, Breach, Obligation, StopDuty
from agreements.models.money import Accrual, Difference, Invoice, Payment, PayrollReport
from programs.models import Participation
from tests.demo import person
from wsr.accounts.grants import Role
from wsr.deadlines.models import Clock
from wsr.tenancy import Audience, program_scope


def test_every_brand_is_bound_and_one_more_agreement_waits(demos):
    for slug, agreements in {"garment-demo": 1, "farms-demo": 3, "dairy-demo": 1}.items():
        program = demos[slug]
        with program_scope(program.pk):
            bound = Agreement.objects.binding()
            assert bound.count() == agreements
            assert Agreement.objects.filter(state="proposed").count() == 1
            parties = set(
                bound.filter(parties__side="brand").values_list("parties__participation", flat=True)
            )
            assert parties == set(Participation.objects.brands().values_list("pk", flat=True))
            assert (financial_support(program.pk), stop_purchase(program.pk)) == (True, True)
            assert not Clock.objects.filter(kind="agreements.obligation_due", state="missed").exists()


def test_the_first_brand_has_answered_and_cures_a_breach(demos):
    program = demos["farms-demo"]
    officer = person("farms", Role.BRAND_OFFICER)
    with program_scope(program.pk):
        own = Participation.objects.get(name="Demo Brand North").organization_id
        breach = Breach.objects.get(state="noticed")
        cure = Clock.objects.open().get(kind="agreements.breach_cured", subject_id=breach.pk)
        assert cure.due_at - breach.opened_at > dt.timedelta(days=29)
    with program_scope(program.pk, Audience.BRAND, person_id=officer.pk, organization_id=own):
        assert Obligation.objects.filter(state="submitted").count() == 1
        assert StopDuty.objects.get().state == "accepted"


def test_what_a_brand_paid_reached_the_payroll_and_one_difference_is_left(demos):
    suspended = {"farms-demo": [11880], "dairy-demo": []}  # what was paid on purchases before the suspension
    for slug, last in suspended.items():
        with program_scope(demos[slug].pk):
            asked = [8280, 10080, *last]
            assert sum(Accrual.objects.values_list("amount", flat=True)) == 2 * (8280 + 10080) + sum(last)
            assert sorted(Invoice.objects.values_list("amount", flat=True)) == asked
            assert set(Payment.objects.values_list("state", flat=True)) == {"received"}
            paid = sorted(PayrollReport.objects.values_list("total_paid", flat=True))
            assert paid == [amount * 9 / 10 for amount in asked]
            assert [row.kind for row in Difference.objects.all()] == ["volume"]
