"""Who is a member, and changing that."""

import pytest
from django.urls import reverse

from tests import factories
from wsr.accounts import operations
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership
from wsr.history.models import Event, Payload
from wsr.tenancy import program_scope


@pytest.fixture
def observer(program):
    return factories.member(program, "observer")


def membership_of(program, person):
    with program_scope(program.pk):
        return Membership.objects.active().get(person=person)


def roles(program):
    with program_scope(program.pk):
        rows = Membership.objects.order_by("started_at", "id").values_list(
            "person__email", "role", "ended_at"
        )
        return [(email.split("-")[0], role, bool(ended)) for email, role, ended in rows]


def address(name, *args):
    return reverse(f"accounts:{name}", args=["garment", *args])


def test_a_changed_role_ends_one_membership_and_starts_another(program, director, observer, at):
    old = membership_of(program, observer)

    with program_scope(program.pk):
        operations.change_role(membership_id=old.pk, role=Role.PUBLISHER, by=director, at=at)

    assert roles(program) == [
        ("director", "director", False),
        ("observer", "observer", True),
        ("observer", "publisher", False),
    ]
    with program_scope(program.pk):
        assert list(Event.objects.values_list("event", flat=True)) == ["membership.role_changed"]


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.BRAND_OFFICER])
def test_the_same_role_and_a_role_on_another_side_are_refused(program, director, observer, at, role):
    held = membership_of(program, observer)

    with program_scope(program.pk), pytest.raises(operations.NothingToChange):
        operations.change_role(membership_id=held.pk, role=role, by=director, at=at)


def test_an_ended_membership_keeps_the_handover_note_in_history(program, director, observer, at):
    held = membership_of(program, observer)

    with program_scope(program.pk):
        operations.end_membership(membership_id=held.pk, handover="Rosa takes over.", by=director, at=at)
        assert "Rosa takes over." in Payload.objects.values_list("body", flat=True).get()

    assert roles(program)[-1] == ("observer", "observer", True)


def test_what_has_ended_cannot_end_again(program, director, observer, at):
    held = membership_of(program, observer)

    with program_scope(program.pk):
        operations.end_membership(membership_id=held.pk, handover="", by=director, at=at)
        with pytest.raises(operations.MembershipIsOver):
            operations.end_membership(membership_id=held.pk, handover="", by=director, at=at)


def test_the_last_director_stays(program, director, at):
    held = membership_of(program, director)

    with program_scope(program.pk):
        with pytest.raises(operations.LastDirector):
            operations.end_membership(membership_id=held.pk, handover="", by=director, at=at)
        with pytest.raises(operations.LastDirector):
            operations.change_role(membership_id=held.pk, role=Role.OBSERVER, by=director, at=at)


def test_one_of_two_directors_may_go(program, director, at):
    factories.member(program, "director")
    held = membership_of(program, director)

    with program_scope(program.pk):
        assert (
            operations.end_membership(membership_id=held.pk, handover="", by=director, at=at).ended_at == at
        )


def test_a_member_of_another_program_is_not_there(program, director, other_program, at):
    stranger = membership_of(other_program, factories.member(other_program, "observer"))

    with program_scope(program.pk), pytest.raises(Membership.DoesNotExist):
        operations.end_membership(membership_id=stranger.pk, handover="", by=director, at=at)


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_shows_role_organization_and_second_factor(client, program, director):
    factories.sign_in(client, director)
    officer = factories.member(program, "brand_officer")

    page = client.get(address("members")).content.decode()

    assert (page.count("Set up"), page.count("Not yet"), officer.email in page) == (1, 1, True)
    assert "Organization" in page


@pytest.mark.parametrize("others", [1, 3])
def test_the_number_of_queries_does_not_grow(client, program, director, others, django_assert_num_queries):
    factories.sign_in(client, director)
    for _ in range(others):
        factories.member(program, "brand_officer")
    client.get(address("members"))

    with django_assert_num_queries(18, exact=False):
        client.get(address("members"))


@pytest.mark.parametrize("name", ["members", "invite"])
@pytest.mark.parametrize("role", ["observer", "publisher", "brand_officer"])
def test_only_the_director_sees_members(client, program, role, name):
    factories.sign_in(client, factories.member(program, role))

    assert client.get(address(name)).status_code == 403


def test_a_stranger_finds_nothing(client, program, other_program):
    factories.sign_in(client, factories.member(other_program, "director"))

    assert client.get(address("members")).status_code == 404


def test_the_operator_finds_nothing_either(client, program):
    factories.sign_in(client, factories.person(is_staff=True, is_superuser=True))

    assert client.get(address("members")).status_code == 404


def test_inviting_by_the_form(client, program, director):
    factories.sign_in(client, director)

    client.post(address("invite"), {"email": "new@example.org", "role": "publisher"})

    page = client.get(address("members")).content.decode()
    assert ("new@example.org" in page, "On its way" in page) == (True, True)


def test_a_refusal_is_shown_in_the_form(client, program, director):
    factories.sign_in(client, director)

    response = client.post(address("invite"), {"email": "new@example.org", "role": "brand_officer"})

    assert (response.status_code, b"for which organization" in response.content) == (422, True)


def test_ending_by_the_form_needs_a_handover_note(client, program, director, observer):
    factories.sign_in(client, director)
    url = address("end_membership", membership_of(program, observer).pk)
    assert client.get(url).status_code == 200

    assert client.post(url, {"handover": " "}).status_code == 422
    assert client.post(url, {"handover": "Rosa takes over."}).status_code == 302
    assert client.get(url).status_code == 404


def test_changing_a_role_by_the_form(client, program, director, observer):
    factories.sign_in(client, director)
    url = address("change_role", membership_of(program, observer).pk)
    assert b"Brand compliance officer" not in client.get(url).content

    assert client.post(url, {"role": "finance"}).status_code == 302
    assert roles(program)[-1] == ("observer", "finance", False)


def test_the_last_director_reads_why_not(client, program, director):
    factories.sign_in(client, director)

    response = client.post(
        address("end_membership", membership_of(program, director).pk), {"handover": "Nobody."}
    )

    assert (response.status_code, b"A program needs a director" in response.content) == (422, True)


@pytest.mark.parametrize("name", ["resend", "revoke"])
def test_buttons_on_an_invitation(client, program, director, name, at):
    factories.sign_in(client, director)
    with program_scope(program.pk):
        invitation = operations.invite(email="new@example.org", role=Role.PUBLISHER, by=director, at=at)

    response = client.post(address(name, invitation.pk), follow=True)

    assert (response.status_code, b"new@example.org" in response.content) == (200, True)
