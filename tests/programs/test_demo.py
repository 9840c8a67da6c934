"""The demo: whole, repeatable, and nowhere but in a demo."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from programs import demo
from programs.models import Participation, Sourcing, StandingEvent, Workplace
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def demos(settings):
    """A demo installation."""
    settings.DEMO = True
    return {program.slug: program for program in demo.build()}


def test_every_role_in_every_program_has_somebody(demos):
    assert set(demos) == {"garment-demo", "farms-demo", "dairy-demo"}
    for program in demos.values():
        with program_scope(program.pk):
            assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    somebody = Person.objects.get(email="farms.brand-officer@demo.example")
    assert somebody.check_password(demo.password_of_all())


def test_the_garment_program_has_a_few_mills_and_waits_for_its_list(demos):
    with program_scope(demos["garment-demo"].pk):
        assert Workplace.objects.count() == 3
        assert Participation.objects.brands().count() == 2
    with program_scope(demos["farms-demo"].pk):
        assert Workplace.objects.count() == 6
        assert StandingEvent.objects.count() == 8
        assert Sourcing.objects.exists()
        rungs = dict(Participation.objects.suppliers().values_list("name", "rung"))
        assert rungs["Demo Growers Three"] == "suspended"
        assert rungs["Demo Growers Four"] == "good_standing"


def test_a_second_run_makes_nothing(demos):
    people = Person.objects.count()

    assert demo.build() == []
    assert (Program.objects.count(), Person.objects.count()) == (3, people)


def test_it_is_quick(settings):
    settings.DEMO = True
    before = time.process_time()  # whatever else the machine is busy with
    demo.build()
    assert (
        time.process_time() - before < 45
    )  # with its agreements as PDF, and the libraries for that loaded first


def test_the_code_of_a_second_factor(demos, client):
    page = reverse("programs:demo_code")
    email = "farms.director@demo.example"
    factor = TOTP(Authenticator.objects.get(user__email=email))

    answer = client.post(page, {"asked": email})

    assert factor.validate_code(answer.context["code"])
    secret = generate_totp_secret()
    spaced = " ".join(secret[start : start + 4] for start in range(0, 32, 4)).lower()
    assert validate_totp_code(secret, client.post(page, {"asked": spaced}).context["code"])
    for wrong in ("somebody@example.org", "garment.director@demo.example", "no key"):
        assert client.post(page, {"asked": wrong}).status_code == 422


def test_the_commands_print_sign_ins_and_a_code(settings, capsys):
    settings.DEMO = True
    call_command("demo")
    said = capsys.readouterr().out
    assert demo.password_of_all() in said
    assert "garment.director@demo.example" in said
    assert "/demo/code/" in said

    call_command("demo_code", "dairy.director@demo.example")
    assert len(capsys.readouterr().out.strip()) == 6
    with pytest.raises(CommandError, match="no such demo person"):
        call_command("demo_code", "nobody@demo.example")


def test_nothing_of_it_exists_elsewhere(settings, client):
    settings.DEMO = False

    assert client.get(reverse("programs:demo_code")).status_code == 404
    for command in (["demo"], ["demo_code", "a@demo.example"]):
        with pytest.raises(CommandError, match="not a demo"):
            call_command(*command)
    assert not Program.objects.exists()


def test_a_real_persons_code_is_never_shown(demos):
    person = Person.objects.create_user("real@example.org", "correct horse battery")
    TOTP.activate(person, generate_totp_secret())

    assert demo.code_for("real@example.org", at=timezone.now()) is None


def test_the_command_starts_a_program_with_a_new_director(capsys):
    call_command(
        "start_program",
        name="Farms",
        slug="farms",
        blueprint="empty",
        director="New@example.org",
        time_zone="Asia/Dhaka",
    )

    assert "sets one with" in capsys.readouterr().out
    assert Program.objects.get().time_zone == "Asia/Dhaka"
    assert not Person.objects.get(email="new@example.org").has_usable_password()
    with pytest.raises(CommandError, match="already a program"):
        call_command(
            "start_program", name="Farms", slug="farms", blueprint="empty", director="other@example.org"
        )
    assert not Person.objects.filter(email="other@example.org").exists()
