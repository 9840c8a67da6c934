"""Sites that end, and the tree of who works for whom there."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.models import Inspection
from programs.models import EducationSession, Engagement, Participation, SiteExtension, Workplace
from programs.operations import sites, workplaces
from programs.operations.sites import CannotEngage, CannotKeepSite
from programs.queries import sites as queries
from tests import factories
from tests.audits import making
from tests.factories import AT
from tests.programs.building import FIRST, LAST, chain, hire, site
from wsr.accounts.models import OrganizationKind
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope

# ── The site and its end ─────────────────────────────────────────────────────────────────────────


def test_a_site_has_a_first_and_a_planned_last_day_and_a_clock(program, director):
    place = site(program, by=director)

    with program_scope(program.pk):
        clock = Clock.objects.get(kind="programs.site_ends")
        assert (place.type, clock.due_at.date(), clock.title) == (
            "site",
            LAST,
            "Tower ends",
        )
    with pytest.raises(CannotKeepSite, match="before the first"):
        site(program, by=director, name="Other", ends_on=FIRST - dt.timedelta(days=1))


def test_the_end_moves_with_a_reason_and_the_old_one_stays(program, director):
    place = site(program, by=director)
    later = LAST + dt.timedelta(days=60)

    with program_scope(program.pk, person_id=director.pk):
        for day, reason, words in (
            (later, " ", "Say why"),
            (LAST, "Rain", "already"),
            (AT.date() - dt.timedelta(days=1), "Rain", "today or later"),
        ):
            with pytest.raises(CannotKeepSite, match=words):
                sites.move_end(site_id=place.pk, ends_on=day, reason=reason, by=director, at=AT)
        sites.move_end(site_id=place.pk, ends_on=later, reason="Rain", by=director, at=AT)

        moved = SiteExtension.objects.get()
        assert (moved.before_on, moved.ends_on, moved.reason) == (LAST, later, "Rain")
        assert Clock.objects.open().get(kind="programs.site_ends").due_at.date() == later


def test_the_end_closes_what_hangs_on_it_and_deletes_nothing(program, director):
    place = site(program, by=director)
    people = chain(program, place, by=director)
    with program_scope(program.pk, person_id=director.pk):
        housing = sites.add_housing(
            site_id=place.pk, supplier_id=people[3].pk, name="Bunks", country="US", by=director, at=AT
        )
        sessions = [
            EducationSession.objects.create(
                workplace=place,
                supplier_id=place.supplier_id,
                kind="session",
                starts_at=dt.datetime.combine(day, dt.time(9), dt.UTC),
                minutes=60,
                languages=["en"],
                leader=director,
                planned_by=director,
                leader_name="D",
                created_at=AT,
                updated_at=AT,
            )
            for day in (LAST, LAST + dt.timedelta(days=2))
        ]
        workplaces.close(workplace_id=place.pk, closed_on=LAST, reason="Built", by=director, at=AT)

        assert [EducationSession.objects.get(pk=one.pk).state for one in sessions] == ["planned", "cancelled"]
        assert not Engagement.objects.open().exists()
        assert Engagement.objects.count() == 4
        assert Workplace.objects.get(pk=housing.pk).closed_on == LAST
        assert not Clock.objects.open().filter(kind="programs.site_ends").exists()
        for act in (
            lambda: sites.move_end(site_id=place.pk, ends_on=LAST, reason="x", by=director, at=AT),
            lambda: sites.add_housing(
                site_id=place.pk, supplier_id=people[1].pk, name="B", country="US", by=director, at=AT
            ),
        ):
            with pytest.raises(CannotKeepSite, match="has ended"):
                act()


def test_the_clock_ends_a_site_whose_last_day_is_over(transactional_db):
    program = factories.program()
    director = factories.member(program, "director")
    place = site(program, by=director)

    sweep(at=dt.datetime.combine(LAST, dt.time(12), dt.UTC))
    with program_scope(program.pk):
        assert Workplace.objects.get(pk=place.pk).closed_on is None
    sweep(at=dt.datetime.combine(LAST + dt.timedelta(days=1), dt.time(12), dt.UTC))
    with program_scope(program.pk):
        assert Workplace.objects.get(pk=place.pk).closed_on == LAST
        assert Event.objects.filter(event="workplace.closed", actor_id=None).exists()


def test_planned_visits_end_with_it_and_a_secret_one_is_told_to_its_circle_alone(program, director):
    place = site(program, by=director)
    inspector = factories.member(program, "inspector_in_charge")
    secret, announced = (
        making.inspection(
            program,
            planner=inspector,
            workplace=place,
            starts_on=LAST,
            ends_on=LAST,
            is_announced=is_announced,
        )
        for is_announced in (False, True)
    )

    with program_scope(program.pk, person_id=director.pk):
        workplaces.close(workplace_id=place.pk, closed_on=FIRST, reason="Built", by=director, at=AT)
        assert Inspection.objects.get(pk=announced.pk).state == "cancelled"
        assert not Inspection.objects.filter(pk=secret.pk).exists()
        assert not Outbox.objects.filter(kind="inspection_place_closed").exists()
    with program_scope(program.pk, person_id=inspector.pk):
        assert Inspection.objects.get(pk=secret.pk).state == "planned"
        told = Outbox.objects.get(kind="inspection_place_closed")
        assert told.secret_of == secret.pk
        assert set(told.to["people"]) == {str(inspector.pk), str(secret.lead.pk)}


# ── The tree ─────────────────────────────────────────────────────────────────────────────────────


def test_a_tree_from_the_developer_to_the_labor_broker(program, director):
    place = site(program, by=director)
    chain(program, place, by=director)

    with program_scope(program.pk, person_id=director.pk):
        [top] = queries.tree(place, on=AT.date(), program_slug=program.slug, permissions=())
        assert _shape(top) == ["Developer", ["General", ["Sub", ["Broker"]]]]
        earlier = queries.tree(
            place, on=FIRST - dt.timedelta(days=1), program_slug=program.slug, permissions=()
        )
        assert earlier == []


def _shape(node):
    return [node.engagement.contractor.name, *(_shape(one) for one in node.hired)]


def test_whoever_is_hired_leaves_with_its_hirer(program, director):
    place = site(program, by=director)
    _developer, general, sub, broker = chain(program, place, by=director)

    with program_scope(program.pk, person_id=director.pk):
        row = Engagement.objects.get(contractor=sub)
        for day, reason, words in (
            (AT.date(), "", "Say why"),
            (FIRST - dt.timedelta(days=1), "x", "before it began"),
            (AT.date() + dt.timedelta(days=1), "x", "on its day"),
        ):
            with pytest.raises(CannotEngage, match=words):
                sites.leave(engagement_id=row.pk, ended_on=day, reason=reason, by=director, at=AT)
        ended = sites.leave(engagement_id=row.pk, ended_on=AT.date(), reason="Done", by=director, at=AT)
        assert {one.contractor_id for one in ended} == {sub.pk, broker.pk}
        assert Engagement.objects.open().filter(contractor=general).exists()
        with pytest.raises(CannotEngage, match="ended already"):
            sites.leave(engagement_id=row.pk, ended_on=AT.date(), reason="Done", by=director, at=AT)


def test_refusals_of_a_place_in_the_tree(program, director):
    place = site(program, by=director)
    developer, general, sub, _broker = chain(program, place, by=director)
    new, elsewhere = factories.supplier(program), factories.supplier(program)
    for contractor, role, hirer, words in (
        (general, "subcontractor", developer, "at that time already"),
        (developer, "subcontractor", sub, "does not take part as an employer"),
        (new, "subcontractor", None, "Say who hired it"),
        (new, "developer", general, "Nobody hires the developer"),
        (new, "subcontractor", elsewhere, "is not on this site"),
        (new, "general_contractor", sub, "does not hire"),
    ):
        with pytest.raises(CannotEngage, match=words):
            hire(program, place, contractor, role, hirer, by=director)
    with pytest.raises(CannotEngage, match="in that time"):
        hire(program, place, new, "subcontractor", general, by=director, on=LAST + dt.timedelta(days=1))
    lasting = factories.workplace(program)
    with pytest.raises(Workplace.DoesNotExist):
        hire(program, lasting, new, "general_contractor", by=director)


def test_the_database_refuses_places_off_sites_twice_and_in_a_circle(program, director):
    place, lasting = site(program, by=director), factories.workplace(program)
    _developer, general, sub, broker = chain(program, place, by=director)
    for where, contractor, hirer, words in (
        (lasting, general, None, "hired on sites"),
        (place, sub, general, "place on the site already"),
    ):
        with pytest.raises(IntegrityError, match=words), program_scope(program.pk), transaction.atomic():
            _put(where, contractor, hirer, FIRST, None)
    with pytest.raises(IntegrityError, match="work for itself"), program_scope(program.pk):
        Engagement.objects.filter(contractor=general).update(hired_by=broker)


def _put(where, contractor, hirer, started_on, ended_on):
    return Engagement.objects.create(
        site=where,
        contractor=contractor,
        hired_by=hirer,
        role="general_contractor",
        started_on=started_on,
        ended_on=ended_on,
        created_at=AT,
        updated_at=AT,
    )


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4), st.integers(0, 4) | st.none(), st.integers(0, 9), st.integers(0, 9) | st.none()
        ),
        max_size=9,
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_there_is_a_tree_on_every_day(program, director, edges):
    with transaction.atomic():
        place = site(program, by=director)
        people = [factories.supplier(program) for _n in range(5)]
        kept = []
        for hired, hirer, start, length in edges:
            started = FIRST + dt.timedelta(days=start)
            ended = None if length is None else started + dt.timedelta(days=length)
            is_fine = not _breaks(kept, hired, hirer, started, ended)
            try:
                with program_scope(program.pk), transaction.atomic():
                    _put(place, people[hired], None if hirer is None else people[hirer], started, ended)
            except IntegrityError:
                assert not is_fine
            else:
                assert is_fine
                kept.append((hired, hirer, started, ended))
        transaction.set_rollback(True)


def _breaks(kept, hired, hirer, started, ended):
    """By hand, day by day: two places at once, or working for oneself."""
    rows = [*kept, (hired, hirer, started, ended)]
    for day in (FIRST + dt.timedelta(days=n) for n in range(25)):
        there = [
            (one, above) for one, above, since, until in rows if since <= day and (not until or day < until)
        ]
        if len({one for one, _above in there}) < len(there):
            return True
        above_of = dict(there)
        for one in above_of:
            seen = set()
            while one is not None and one not in seen:
                seen.add(one)
                one = above_of.get(one)
            if one is not None:
                return True
    return False


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def test_the_pages_of_a_site(client, program, director):
    factories.sign_in(client, director)
    runs = factories.supplier(program, name="Builders")

    def post(page, *args, **data):
        return client.post(reverse(f"programs:{page}", args=[program.slug, *args]), data)

    said = {"name": "Tower", "country": "US", "disclosure_precision": "county", "opened_on": "2026-02-02"}
    assert post("add_site", runs.pk, **said, ends_on="2026-01-01").status_code == 422
    assert post("add_site", runs.pk, **said, ends_on="2099-09-30").status_code == 302
    with program_scope(program.pk):
        place = Workplace.objects.get(name="Tower")
    sub = factories.supplier(program, name="Framers", rung="suspended")
    work = {"contractor_id": runs.pk, "role": "general_contractor", "started_on": "2026-02-03"}
    assert post("engage", place.pk, **work).status_code == 302
    below = {"contractor_id": sub.pk, "role": "subcontractor", "started_on": "2026-02-03"}
    assert "Say who hired it." in post("engage", place.pk, **below).content.decode()
    assert post("engage", place.pk, **below, hired_by_id=runs.pk).status_code == 302
    housing = {"name": "Bunks", "country": "US", "disclosure_precision": "county", "supplier_id": sub.pk}
    assert post("add_housing", place.pk, **housing).status_code == 302
    assert post("move_site_end", place.pk, ends_on="2099-10-30", reason="Rain").status_code == 302

    page = client.get(reverse("programs:workplace", args=[program.slug, place.pk])).content.decode()
    for words in ("Framers", "Suspended", "Subcontractor", "Bunks", "Rain", "Who works for whom"):
        assert words in page, words
    supplier = client.get(reverse("programs:supplier", args=[program.slug, sub.pk])).content.decode()
    assert "Work on sites" in supplier
    assert "hired by Builders" in supplier
    with program_scope(program.pk):
        row = Engagement.objects.get(contractor=sub)
        day = row.started_on.isoformat()
    assert post("leave_site", row.pk, ended_on=day, reason="Done").status_code == 302
    page = client.get(reverse("programs:workplace", args=[program.slug, place.pk])).content.decode()
    assert "Who worked here before" in page
    with program_scope(program.pk):
        bunks = Workplace.objects.get(name="Bunks")
    page = client.get(reverse("programs:workplace", args=[program.slug, bunks.pk])).content.decode()
    assert "Housing provided at a site" in page
    assert "Tower" in page


def test_only_those_who_keep_the_list_change_a_site(client, program, director):
    place = site(program, by=director)
    factories.sign_in(client, factories.member(program, "educator"))
    assert client.get(reverse("programs:workplace", args=[program.slug, place.pk])).status_code == 200
    for name in ("engage", "add_housing", "move_site_end"):
        assert client.post(reverse(f"programs:{name}", args=[program.slug, place.pk])).status_code == 403
    with program_scope(program.pk):
        assert Participation.objects.count() == 1


# ── In portals ───────────────────────────────────────────────────────────────────────────────────


def in_portal(client, program, part, role="supplier_manager"):
    """`client`, signed in as somebody of an organization that takes part."""
    factories.sign_in(client, factories.member(program, role, organization=part.organization))

    def get(name, row):
        return client.get(reverse(f"programs:{name}", args=[program.slug, row.pk]))

    return get


def test_a_contractor_sees_the_site_on_which_it_works_and_those_it_hired(client, program, director):
    place, other = (site(program, by=director, name=name) for name in ("Tower", "Elsewhere"))
    account = factories.organization(OrganizationKind.SUPPLIER)
    people = chain(program, place, by=director, organization=account)
    stranger = factories.supplier(program, name="Stranger")
    hire(program, place, stranger, "subcontractor", people[0], by=director)
    get = in_portal(client, program, people[1])

    assert get("workplace", other).status_code == 404
    page = get("workplace", place).content.decode()
    assert "You see here your own part" in page
    assert [name in page for name in ("General", "Sub", "Broker", "Stranger", "Developer")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert "Tower" in get("supplier", people[1]).content.decode()
    with program_scope(program.pk):
        runner = place.supplier
    assert get("supplier", runner).status_code == 200
    listed = client.get(reverse("programs:workplaces", args=[program.slug])).content.decode()
    assert ("Tower" in listed, "Elsewhere" in listed) == (True, False)


def test_whoever_has_left_a_site_reads_it_no_more(client, program, director):
    place = site(program, by=director)
    account = factories.organization(OrganizationKind.SUPPLIER)
    people = chain(program, place, by=director, organization=account)
    with program_scope(program.pk, person_id=director.pk):
        row = Engagement.objects.get(contractor=people[1])
        sites.leave(engagement_id=row.pk, ended_on=AT.date(), reason="Private words", by=director, at=AT)
    get = in_portal(client, program, people[1])

    assert get("workplace", place).status_code == 404
    scope = program_scope(program.pk, Audience.SUPPLIER, organization_id=account.pk)
    with scope:
        assert not Engagement.objects.exists()


def test_who_runs_a_site_opens_its_page_without_the_words_of_the_staff(client, program, director):
    account = factories.organization(OrganizationKind.SUPPLIER)
    runner = factories.supplier(program, name="Runner", organization=account)
    place = site(program, supplier=runner, by=director)
    chain(program, place, by=director)
    later = LAST + dt.timedelta(days=60)
    with program_scope(program.pk, person_id=director.pk):
        sites.move_end(site_id=place.pk, ends_on=later, reason="Private words", by=director, at=AT)

    answer = in_portal(client, program, runner)("workplace", place)

    page = answer.content.decode()
    assert (answer.status_code, "Nobody of yours works here." in page) == (200, True)
    assert ("Private words" in page, "Developer" in page) == (False, False)


@pytest.mark.parametrize("role", ["supplier_manager", "brand_officer"])
def test_portals_open_a_workplace_and_lead_nowhere_that_is_refused(client, program, role):
    kind = OrganizationKind.BRAND if role == "brand_officer" else OrganizationKind.SUPPLIER
    account = factories.organization(kind)
    own = {"organization": account}
    brand = factories.brand(program, name="Buyer", **(own if role == "brand_officer" else {}))
    grower = factories.supplier(program, name="Grower", **(own if role == "supplier_manager" else {}))
    farm = factories.workplace(program, supplier=grower, name="Field")
    factories.sourcing(program, brand=brand, supplier=grower)
    get = in_portal(client, program, brand if role == "brand_officer" else grower, role)

    for name, row in (("workplace", farm), ("supplier", grower)):
        answer = get(name, row)
        page = answer.content.decode()
        assert (answer.status_code, "Buyer" in page) == (200, True)
        assert reverse("programs:brand", args=[program.slug, brand.pk]) not in page
