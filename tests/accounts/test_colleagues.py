"""What an organization outside the program does with its own people, and what it cannot."""

import re

import pytest
from django.db import ProgrammingError, connections, transaction
from django.urls import reverse

from programs.models import Participation
from programs.operations import participations
from tests import factories
from tests.factories import AT
from wsr.accounts import operations, queries
from wsr.accounts.grants import Role
from wsr.accounts.models import Invitation, Membership
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope


@pytest.fixture
def brand(program):
    """A brand with an account."""
    organization = factories.organization(name="Ours")
    return factories.brand(program, name="Ours", organization=organization)


@pytest.fixture
def officer(program, brand):
    """Its compliance officer."""
    return factories.member(program, "brand_officer", organization=brand.organization)


@pytest.fixture
def stranger(program):
    """Somebody of another brand in the same program."""
    return factories.member(program, "brand_officer")


def _portal(program, brand, person):
    return program_scope(
        program.pk, Audience.BRAND, person_id=person.pk, organization_id=brand.organization_id
    )


def test_an_officer_sees_and_invites_her_own(program, brand, officer, stranger, client):
    factories.sign_in(client, officer)

    page = client.get(reverse("accounts:colleagues", args=[program.slug])).content.decode()
    answer = client.post(
        reverse("accounts:invite_colleague", args=[program.slug]),
        {"email": "New@Example.org", "role": "brand_finance"},
    )

    assert officer.email in page
    assert stranger.email not in page
    assert answer.status_code == 302
    with program_scope(program.pk):
        made = Invitation.objects.get()
        assert (made.email, made.role, made.organization) == (
            "new@example.org",
            "brand_finance",
            brand.organization,
        )
        assert Outbox.objects.filter(kind="invitation", email="new@example.org").count() == 1


def test_only_who_signs_invites_who_signs(program, brand, officer, client):
    factories.sign_in(client, officer)

    answer = client.post(
        reverse("accounts:invite_colleague", args=[program.slug]),
        {"email": "new@example.org", "role": "brand_signatory"},
    )

    assert answer.status_code == 422
    with _portal(program, brand, officer), pytest.raises(operations.NotYours):
        operations.invite_colleague(
            email="new@example.org",
            role=Role.BRAND_SIGNATORY,
            roles=frozenset({Role.BRAND_OFFICER}),
            by=officer,
            at=AT,
        )


def test_the_last_who_may_invite_stays(program, brand, officer):
    with _portal(program, brand, officer):
        own = Membership.objects.get()
        with pytest.raises(operations.NotYours):
            operations.end_colleague(membership_id=own.pk, by=officer, at=AT)
    second = factories.member(program, "brand_signatory", organization=brand.organization)
    with _portal(program, brand, second):
        operations.end_colleague(membership_id=own.pk, by=second, at=AT)
        assert [row.email for row in queries.colleagues()] == [second.email]


def test_somebody_elses_people_do_not_exist(program, brand, officer, stranger, client):
    factories.sign_in(client, officer)
    with program_scope(program.pk):
        other = Membership.objects.get(person=stranger)

    assert client.get(reverse("accounts:end_colleague", args=[program.slug, other.pk])).status_code == 404
    assert client.post(reverse("accounts:end_colleague", args=[program.slug, other.pk])).status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_membership SET role = 'director'",
        (
            "INSERT INTO accounts_membership (program_id, person_id, role, started_at)"
            " SELECT program_id, person_id, 'director', now() FROM accounts_membership"
        ),
        "UPDATE accounts_invitation SET role = 'director'",
        "SELECT email FROM accounts_person",
        "SELECT name FROM accounts_person",
        "SELECT name FROM accounts_organization",
    ],
)
def test_raw_sql_of_a_portal_is_refused(program, brand, officer, statement):
    with (
        _portal(program, brand, officer),
        connections["default"].cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


def test_the_first_invitation_gives_a_brand_its_account(program, director, client):
    brand = factories.brand(program, name="Brand of three programs")
    known = factories.organization(name="brand of Three programs")
    factories.sign_in(client, director)

    answer = client.post(
        reverse("programs:invite_people", args=[program.slug, brand.pk]),
        {"email": "signs@example.org", "role": "brand_signatory"},
    )

    assert answer.status_code == 302
    with program_scope(program.pk):
        assert Participation.objects.get(pk=brand.pk).organization == known
        assert Invitation.objects.get().organization == known


def test_a_namesake_in_one_program_is_somebody_else(program, director):
    first, second = (factories.supplier(program, name="Padma", country=code) for code in ("BD", "PK"))
    with program_scope(program.pk):
        for number, supplier in enumerate((first, second)):
            participations.invite_people(
                participation_id=supplier.pk,
                email=f"{number}@example.org",
                role=Role.SUPPLIER_MANAGER,
                by=director,
                at=AT,
            )
        one, two = Participation.objects.filter(pk__in=[first.pk, second.pk])
        assert one.organization_id != two.organization_id
        with pytest.raises(participations.CannotTakePart):
            participations.invite_people(
                participation_id=first.pk, email="x@example.org", role=Role.DIRECTOR, by=director, at=AT
            )


def test_who_acts_for_two_is_one_at_a_time(program, brand, officer, client):
    other = factories.organization(name="Another brand")
    factories.brand(program, name="Another brand", organization=other)
    factories.member(program, "brand_finance", person=officer, organization=other)
    factories.sign_in(client, officer)
    home = reverse("ui:program", args=[program.slug])

    def acting() -> str:
        bar = client.get(home).content.decode()
        return re.search(r"Garment · ([^<]+)</span>", bar)[1]

    first = acting()
    answer = client.post(
        reverse("accounts:act_for"), {"program": program.slug, "organization": str(other.pk)}
    )

    assert first == "Ours"
    assert answer.status_code == 302
    assert acting() == "Another brand"
    finance_only = client.get(reverse("accounts:invite_colleague", args=[program.slug]))
    assert finance_only.status_code == 403  # the roles of one organization do not count for the other
    wrong = client.post(
        reverse("accounts:act_for"), {"program": program.slug, "organization": str(program.pk)}
    )
    assert wrong.status_code == 404


def test_a_brand_sees_its_suppliers_and_searches_them(program, brand, officer, client):
    supplier = factories.supplier(program, name="Supplier of ours", rung="probation")
    factories.sourcing(program, brand=brand, supplier=supplier)
    factories.workplace(program, supplier=supplier, name="Padma Mill")
    factories.workplace(program, name="Padma of somebody else")
    factories.sign_in(client, officer)

    suppliers = client.get(reverse("programs:suppliers", args=[program.slug])).content.decode()
    found = client.get(reverse("programs:workplaces", args=[program.slug]), {"q": "padma"}).content.decode()
    page = client.get(reverse("programs:supplier", args=[program.slug, supplier.pk]))
    saved = client.post(
        reverse("ui:views", args=[program.slug]),
        {"table": "suppliers", "page": "programs:suppliers", "name": "Mine", "query": ""},
    )
    views = client.get(reverse("ui:views", args=[program.slug])).content.decode()

    assert "Supplier of ours" in suppliers
    assert "Probation" in suppliers
    assert "Padma Mill" in found
    assert "somebody else" not in found
    assert page.status_code == 200
    assert saved.status_code == 302
    assert "Mine" in views
