"""Inviting people, and what becomes of the link."""

import datetime as dt

import pytest
from django.urls import reverse

from tests import factories
from tests.accounts.signing_in import confirm_address
from wsr.accounts import operations
from wsr.accounts.grants import Role
from wsr.accounts.models import Invitation, Membership, Organization, Person
from wsr.accounts.notices import invitation as prepare
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import engine_scope, program_scope

EMAIL = "new@example.org"
PASSWORD = "several words nobody guesses"


def events():
    return list(Event.objects.order_by("id").values_list("event", flat=True))


@pytest.fixture
def scoped(program, director):
    """Inside the program, as its director."""
    with program_scope(program.pk, person_id=director.pk):
        yield director


def send(by, at, email=EMAIL, role=Role.PUBLISHER, **more):
    return operations.invite(email=email, role=role, by=by, at=at, **more)


def test_an_invitation_is_kept_recorded_and_put_into_the_outbox(scoped, at):
    invitation = send(scoped, at, email=" New@Example.org ")

    row = Outbox.objects.get()
    assert (invitation.email, invitation.expires_at) == (EMAIL, at + dt.timedelta(days=14))
    assert (row.kind, row.email, row.person, row.language) == ("invitation", EMAIL, None, "en")
    assert events() == ["invitation.sent"]


def test_nothing_that_is_stored_opens_the_door(scoped, at):
    invitation = send(scoped, at)

    row = Outbox.objects.get()
    token = prepare(row)["url"].rstrip("/").rpartition("/")[2]

    assert token not in str(row.context)
    assert invitation.token_digest not in str(row.context) + token


def test_a_brand_role_creates_the_organization_once(scoped, at):
    first = send(scoped, at, role=Role.BRAND_OFFICER, new_organization="Fair  Brand")
    second = send(scoped, at, email="b@example.org", role=Role.BRAND_FINANCE, new_organization="fair brand")

    assert (first.organization, first.organization.kind) == (second.organization, "brand")
    assert Organization.objects.count() == 1


def test_a_brand_role_without_an_organization_is_refused(scoped, at):
    with pytest.raises(operations.NeedsOrganization):
        send(scoped, at, role=Role.BRAND_OFFICER)


def test_a_brand_role_for_a_supplier_is_refused(scoped, at):
    supplier = Organization.objects.create(name="Mill", kind="supplier")

    with pytest.raises(operations.NeedsOrganization):
        send(scoped, at, role=Role.BRAND_OFFICER, organization=supplier)


def test_the_same_invitation_twice_is_refused(scoped, at):
    send(scoped, at)

    with pytest.raises(operations.AlreadyInvited):
        send(scoped, at)


def test_after_it_expired_the_same_invitation_may_be_sent(scoped, at):
    send(scoped, at)

    send(scoped, at + dt.timedelta(days=15))

    assert Outbox.objects.count() == 2


def test_a_member_is_not_invited_to_her_own_role(scoped, at):
    with pytest.raises(operations.AlreadyMember):
        send(scoped, at, email=scoped.email, role=Role.DIRECTOR)


def test_nobody_is_on_two_sides(scoped, at):
    with pytest.raises(operations.TwoSides):
        send(scoped, at, email=scoped.email, role=Role.BRAND_OFFICER, new_organization="Fair Brand")


def test_sending_again_makes_a_new_link_and_ends_the_old(scoped, at):
    invitation = send(scoped, at)
    old = invitation.token_digest

    again = operations.resend(invitation_id=invitation.pk, by=scoped, at=at + dt.timedelta(days=20))

    assert again.token_digest != old
    assert again.expires_at == at + dt.timedelta(days=34)
    assert Outbox.objects.count() == 2
    assert events() == ["invitation.sent", "invitation.resent"]


def test_taken_back_it_is_over(scoped, at):
    invitation = send(scoped, at)

    operations.revoke(invitation_id=invitation.pk, by=scoped, at=at)

    assert events() == ["invitation.sent", "invitation.revoked"]
    for operation in (operations.revoke, operations.resend):
        with pytest.raises(operations.InvitationIsOver):
            operation(invitation_id=invitation.pk, by=scoped, at=at)


def test_another_programs_invitation_is_not_there(program, director, other_program, at):
    with program_scope(program.pk):
        invitation = send(director, at)

    with program_scope(other_program.pk):
        for operation in (operations.revoke, operations.resend):
            with pytest.raises(Invitation.DoesNotExist):
                operation(invitation_id=invitation.pk, by=director, at=at)


# ── The link ─────────────────────────────────────────────────────────────────────────────────────


def link_of(invitation):
    """The address in the message, as the relay writes it."""
    with engine_scope():
        url = prepare(Outbox.objects.order_by("-id").get(context__invitation=str(invitation.pk)))["url"]
    return "/" + url.split("/", 3)[3]


def invited(office, email=EMAIL, role=Role.PUBLISHER, at=None, **more):
    from django.utils import timezone

    with program_scope(office.program.pk, person_id=office.director.pk):
        return send(office.director, at or timezone.now(), email=email, role=role, **more)


def roles_of(office, person):
    with program_scope(office.program.pk):
        return list(Membership.objects.active().filter(person=person).values_list("role", flat=True))


def test_somebody_new_sets_name_and_password_and_is_in(client, office):
    link = link_of(invited(office))
    page = client.get(link)
    assert b"Publisher" in page.content
    assert "no-store" in page.headers["Cache-Control"]

    response = client.post(link, {"name": "Amal", "password": PASSWORD})

    person = Person.objects.get(email=EMAIL)
    assert response.headers["Location"] == reverse("ui:program", args=["garment"])
    assert (person.name, person.check_password(PASSWORD)) == ("Amal", True)
    assert roles_of(office, person) == ["publisher"]
    assert client.get(response.headers["Location"]).headers["Location"] == reverse("mfa_index")
    with program_scope(office.program.pk):
        assert events() == ["invitation.sent", "invitation.accepted"]


def test_a_weak_password_creates_nothing(client, office):
    response = client.post(link_of(invited(office)), {"name": "Amal", "password": "short"})

    assert response.status_code == 422
    assert b"too short" in response.content
    assert not Person.objects.filter(email=EMAIL).exists()


def test_the_link_works_once(client, office):
    link = link_of(invited(office))
    client.post(link, {"name": "Amal", "password": PASSWORD})
    client.post(reverse("account_logout"))

    response = client.get(link)

    assert (response.status_code, b"used already" in response.content) == (410, True)


def test_somebody_with_an_account_signs_in_first_and_accepts(client, office):
    person = factories.person(EMAIL)
    confirm_address(person)
    link = link_of(invited(office))
    assert f"next={link.replace('/', '%2F')}" in client.get(link).content.decode()
    factories.sign_in(client, person)
    assert b"Accept the invitation" in client.get(link).content

    response = client.post(link)

    assert response.headers["Location"] == reverse("ui:program", args=["garment"])
    assert roles_of(office, person) == ["publisher"]


def test_the_wrong_person_reads_a_sentence_and_gets_nothing(client, office):
    person = factories.person("wrong@example.org")
    factories.sign_in(client, person)
    link = link_of(invited(office))

    for response in (client.get(link), client.post(link)):
        assert (response.status_code, b"another e-mail address" in response.content) == (403, True)
    assert roles_of(office, person) == []


def test_the_operation_refuses_the_wrong_person_too(office, at):
    invitation = invited(office, at=at)
    token = link_of(invitation).rstrip("/").rpartition("/")[2]

    with pytest.raises(operations.NotForThisPerson):
        operations.accept(
            program_id=office.program.pk, token=token, person=factories.person("wrong@example.org"), at=at
        )


def test_an_expired_link_says_so(client, office, at):
    response = client.get(link_of(invited(office, at=at - dt.timedelta(days=400))))

    assert (response.status_code, b"has expired" in response.content) == (410, True)


def test_a_link_taken_back_says_so(client, office, at):
    invitation = invited(office)
    link = link_of(invitation)
    with program_scope(office.program.pk):
        operations.revoke(invitation_id=invitation.pk, by=office.director, at=at)

    response = client.post(link, {"name": "Amal", "password": PASSWORD})

    assert (response.status_code, b"taken back" in response.content) == (410, True)
    assert not Person.objects.filter(email=EMAIL).exists()


def test_an_invented_link_says_so(client, office):
    response = client.get(reverse("accounts:invitation", args=["invented"]))

    assert (response.status_code, b"does not work any more" in response.content) == (410, True)


def test_someone_on_the_other_side_may_not_accept(client, office):
    invitation = invited(office, role=Role.BRAND_OFFICER, new_organization="Fair Brand")
    person = factories.member(office.program, "observer", person=factories.person(EMAIL))
    factories.sign_in(client, person)

    response = client.post(link_of(invitation))

    assert (response.status_code, b"at the same time" in response.content) == (409, True)
    assert roles_of(office, person) == ["observer"]
