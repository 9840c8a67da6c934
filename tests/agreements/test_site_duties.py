"""A subcontractor that breaks the code loses the work: the duty reaches whoever hires it on a running site, as far up as the program says."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import override_settings
from django.urls import reverse

from agreements.models import StopDuty
from programs.models import Engagement
from programs.operations import sites
from programs.operations.participations import change_standing
from programs.queries.sites import tree
from tests import factories
from tests.factories import AT
from tests.programs.building import chain, hire, say, site
from wsr.accounts.models import OrganizationKind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(program, director):
    """A site and its four, the general contractor with an account."""
    account = factories.organization(OrganizationKind.SUPPLIER)
    place = site(program, by=director)
    return place, chain(program, place, by=director, organization=account)


def suspend(program, supplier, director, rung="suspended"):
    with program_scope(program.pk, person_id=director.pk):
        change_standing(
            participation_id=supplier.pk,
            rung_key=rung,
            effective_on=AT.date(),
            reason="Wages were not paid.",
            by=director,
            at=AT,
        )


def bound(program):
    """{who must stop: whether as a hirer}."""
    with program_scope(program.pk):
        return dict(StopDuty.objects.active().values_list("brand__name", "hires"))


@pytest.mark.parametrize(
    ("hirer", "above", "expected"),
    [
        (None, None, {}),
        (False, True, {}),
        (True, None, {"General": True}),
        (True, True, {"General": True, "Developer": True}),
    ],
)
def test_the_duty_goes_up_the_tree_by_the_programs_rules(program, director, built, hirer, above, expected):
    say(program, "buyers.stops_hirer", hirer)
    say(program, "buyers.stops_above", above)

    suspend(program, built[1][2], director)

    assert bound(program) == expected


def test_brands_that_buy_keep_theirs_and_a_site_that_ended_asks_nothing(program, director, built):
    say(program, "buyers.stops_hirer", True)
    _place, [_developer, _general, sub, broker] = built
    factories.sourcing(program, brand=factories.brand(program, name="Buyer"), supplier=sub)
    with program_scope(program.pk, person_id=director.pk):
        row = Engagement.objects.get(contractor=broker)
        sites.leave(engagement_id=row.pk, ended_on=AT.date(), reason="Done", by=director, at=AT)

    suspend(program, sub, director)
    suspend(program, broker, director)

    assert bound(program) == {"Buyer": False, "General": True}


def test_whoever_hires_somebody_that_lost_the_work_has_the_duty_at_once(program, director, built):
    say(program, "buyers.stops_hirer", True)
    out = factories.supplier(program, name="Out", rung="good_standing")
    suspend(program, out, director)
    assert bound(program) == {}

    place, [_developer, general, _sub, _broker] = built
    hire(program, place, out, "subcontractor", general, by=director)

    assert bound(program) == {"General": True}
    with program_scope(program.pk, person_id=director.pk):
        [top] = tree(
            place, on=AT.date(), program_slug=program.slug, permissions={"escalation.read", "action.read"}
        )
        general_node = top.hired[0]
        found = {one.engagement.contractor.name: one for one in general_node.hired}
        assert (found["Out"].must_stop, [one.count for one in found["Out"].open]) == (True, [1])
        assert [one.count for one in general_node.open] == [1]


def test_the_duty_ends_with_the_standing(program, director, built):
    say(program, "buyers.stops_hirer", True)
    suspend(program, built[1][2], director)
    suspend(program, built[1][2], director, rung="good_standing")
    assert bound(program) == {}


def test_a_contractor_answers_its_own_duty_in_its_portal_and_reads_no_other(client, program, director, built):
    say(program, "buyers.stops_hirer", True)
    say(program, "buyers.stops_above", True)
    _place, [_developer, general, sub, _broker] = built
    suspend(program, sub, director)
    manager = factories.member(program, "supplier_manager", organization=general.organization)
    with program_scope(program.pk):
        own = StopDuty.objects.get(brand=general)
        other = StopDuty.objects.exclude(pk=own.pk).get()
        assert Outbox.objects.filter(kind="stop_purchase", context={"duty": str(own.pk)}).exists()
    factories.sign_in(client, manager)

    listed = client.get(reverse("agreements:duties", args=[program.slug])).content.decode()
    assert "Sub" in listed
    page = client.get(reverse("agreements:duty", args=[program.slug, own.pk]))
    assert "End the work of Sub" in page.content.decode()
    assert client.get(reverse("agreements:duty", args=[program.slug, other.pk])).status_code == 404

    def post(act, **data):
        return client.post(reverse(f"agreements:{act}", args=[program.slug, own.pk]), data).status_code

    day = AT.date().isoformat()
    assert post("acknowledge_duty", name="Manager") == 302
    said = {"stopped_on": day, "note": "They left the site."}
    with override_settings(MAX_UPLOAD_BYTES=1000):  # it would be lost without a word otherwise
        large = SimpleUploadedFile("proof.pdf", b"%PDF-" + b"x" * 2000)
        assert post("prove_duty", file=large, **said) == 422
    assert post("prove_duty", **said) == 302
    with program_scope(program.pk):
        assert StopDuty.objects.get(pk=own.pk).state == "submitted"

    sql = "SELECT brand_id FROM agreements_stopduty"
    scope = program_scope(program.pk, Audience.SUPPLIER, organization_id=general.organization_id)
    with scope, connections["default"].cursor() as cursor:
        cursor.execute(sql)
        assert cursor.fetchall() == [(general.pk,)]
